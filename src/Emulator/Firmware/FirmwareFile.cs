namespace XousCloud.Emulator.Firmware;

/// <summary>One file as the user brought it.</summary>
/// <param name="Name">Its name; a path is tolerated and only its last part is kept.</param>
/// <param name="Bytes">Its content, untrusted. It must not change while the import runs.</param>
/// <param name="RawAddress">Where a raw binary goes; UF2 and ELF files carry their own addresses.</param>
public sealed record FirmwareFile(string Name, ReadOnlyMemory<byte> Bytes, uint? RawAddress = null);
