namespace XousCloud.Emulator.Firmware;

/// <summary>What a reader found in one file, before the files are put together.</summary>
internal sealed class ImportedFile(string name, FirmwareFormat format, ReadOnlyMemory<byte> bytes, int index)
{
    public string Name { get; } = name;

    public FirmwareFormat Format { get; } = format;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Position among the files of the import.</summary>
    public int Index { get; } = index;

    public List<Piece> Pieces { get; } = [];

    /// <summary>UF2: blocks in the file; else pieces.</summary>
    public int Parts => Format == FirmwareFormat.Uf2 ? Bytes.Length / Uf2Reader.BlockLength : Pieces.Count;

    /// <summary>The entry point that the file itself names.</summary>
    public uint? Entry { get; set; }

    public List<PreflightWarning> Warnings { get; } = [];

    public void Warn(string code, string message, uint? address = null) =>
        Warnings.Add(new PreflightWarning(code, $"{Name}: {message}", Name, address));

    public FirmwareFormatException Mistake(string code, string message, string advice) =>
        new(code, $"{Name}: {message}", advice);
}

/// <summary>A run of bytes that a file wants in memory.</summary>
/// <param name="File">The file.</param>
/// <param name="Part">UF2: the block's position in the file; ELF: the program header's; raw: 0.</param>
/// <param name="Address">Where it goes; already checked to lie in one memory, with all of its length.</param>
/// <param name="Length">Bytes to place.</param>
/// <param name="Bytes">The first of them; the rest are zeros.</param>
internal sealed record Piece(
    ImportedFile File, int Part, uint Address, uint Length, ReadOnlyMemory<byte> Bytes)
{
    public uint End => Address + Length;

    /// <summary>For messages: which part of which file.</summary>
    public string Origin => File.Format switch
    {
        FirmwareFormat.Uf2 => $"block {Part} of {File.Name}",
        FirmwareFormat.Elf => $"segment {Part} of {File.Name}",
        _ => File.Name,
    };
}
