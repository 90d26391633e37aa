namespace XousCloud.Emulator.Firmware;

/// <summary>What an import may cost, whatever the files claim.</summary>
public static class FirmwareLimits
{
    /// <summary>Bytes in all files together.</summary>
    public const int InputBytes = 64 * 1024 * 1024;

    /// <summary>Bytes placed by all files together, repeats counted; the memories hold far less.</summary>
    public const int PlacedBytes = 64 * 1024 * 1024;

    public const int Files = 32;

    /// <summary>Characters kept of a file's name.</summary>
    public const int NameCharacters = 128;

    /// <summary>Program headers in an ELF file.</summary>
    public const int ElfProgramHeaders = 64;

    /// <summary>Section headers looked through for a symbol table.</summary>
    public const int ElfSectionHeaders = 4096;

    /// <summary>Symbols kept of all files together.</summary>
    public const int Symbols = 128 * 1024;

    /// <summary>Characters kept of a symbol's name.</summary>
    public const int SymbolNameCharacters = 512;

    /// <summary>Characters of all symbol names together.</summary>
    public const int SymbolCharacters = 8 * 1024 * 1024;

    /// <summary>Ranges listed in a report.</summary>
    public const int ReportedWrites = 256;

    /// <summary>Warnings listed in a report.</summary>
    public const int ReportedWarnings = 64;
}
