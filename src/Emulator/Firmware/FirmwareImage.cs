// Firmware files become one immutable image here: what stands where, where it starts, what it is.

namespace XousCloud.Emulator.Firmware;

/// <summary>A described, loadable set of firmware.</summary>
public sealed class FirmwareImage
{
    private FirmwareImage(
        IReadOnlyList<FirmwareSegment> segments, uint entryPoint, SymbolTable symbols, PreflightReport report)
    {
        Segments = segments;
        EntryPoint = entryPoint;
        Symbols = symbols;
        Report = report;
    }

    /// <summary>What is placed where: sorted by address, apart from each other, adjacent runs joined.</summary>
    public IReadOnlyList<FirmwareSegment> Segments { get; }

    /// <summary>The address that direct boot jumps to.</summary>
    public uint EntryPoint { get; }

    /// <summary>The implied board's id ("dabao", "dc34-badge", "baosec"), or null when any will do.</summary>
    public string? Board => Report.Board;

    /// <summary>Lower-case hex SHA-256 over segments and entry point: equal content, equal digest.</summary>
    public string Digest => Report.Digest;

    public SymbolTable Symbols { get; }

    public PreflightReport Report { get; }

    /// <summary>Reads files into an image. The same files, in any order, give the same content.</summary>
    /// <param name="files">One program, or a set such as loader, kernel and swap. The bytes are not trusted.</param>
    /// <param name="entry">The entry point, when the caller knows better than the files.</param>
    /// <exception cref="FirmwareFormatException">The files cannot be used; the code says why.</exception>
    public static FirmwareImage Import(IReadOnlyList<FirmwareFile> files, uint? entry = null) =>
        throw new NotImplementedException();
}
