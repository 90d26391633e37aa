// Chooses a reader by what a file contains, never by its name.

namespace XousCloud.Emulator.Firmware;

internal static class FileReader
{
    public static ImportedFile Read(FirmwareFile source, string name, int index, SymbolCollector symbols)
    {
        ReadOnlySpan<byte> bytes = source.Bytes.Span;
        FirmwareFormat format = Uf2Reader.Recognises(bytes) ? FirmwareFormat.Uf2
            : ElfReader.Recognises(bytes) ? FirmwareFormat.Elf
            : FirmwareFormat.Raw;
        var file = new ImportedFile(name, format, source.Bytes, index);
        if (bytes.IsEmpty)
        {
            throw file.Mistake("image_empty", "is empty", "Bring the file again; nothing of it arrived.");
        }

        if (format != FirmwareFormat.Raw && source.RawAddress is uint address)
        {
            throw file.Mistake(
                "address_not_allowed",
                $"is a {(format == FirmwareFormat.Uf2 ? "UF2" : "ELF")} file, which carries its own addresses, but 0x{address:X8} was given for it",
                "Leave the address out.");
        }

        switch (format)
        {
            case FirmwareFormat.Uf2:
                Uf2Reader.Read(file);
                break;
            case FirmwareFormat.Elf:
                ElfReader.Read(file, symbols);
                break;
            default:
                RawReader.Read(file, source.RawAddress);
                break;
        }

        return file;
    }
}
