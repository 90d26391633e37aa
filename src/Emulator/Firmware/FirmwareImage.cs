// Firmware files become one immutable image here: what stands where, where it starts, what it is.

using System.Buffers.Binary;
using System.Security.Cryptography;

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
    public static FirmwareImage Import(IReadOnlyList<FirmwareFile> files, uint? entry = null)
    {
        CheckLimits(files);
        var symbols = new SymbolCollector();
        List<ImportedFile> read = ReadAll(files, symbols);
        if (read.Sum(file => file.Pieces.Sum(piece => (long)piece.Length)) > FirmwareLimits.PlacedBytes)
        {
            throw new FirmwareFormatException(
                "image_too_large",
                $"the files place more than {FirmwareLimits.PlacedBytes} bytes, most of them several times",
                "Bring only the files of one build, each once.");
        }

        ImageLayout layout = ImageLayout.Of(read);
        if (layout.Segments.Count == 0)
        {
            throw new FirmwareFormatException(
                "image_empty", "the files hold nothing to place in memory", "Bring a program: UF2, ELF or a raw binary.");
        }

        ImageEntry start = ImageEntry.Choose(entry, read, layout.Segments);
        var table = new SymbolTable(symbols.Symbols);
        PreflightReport report = Describe(read, layout, start, table.Count);
        return new FirmwareImage(layout.Segments, start.Address, table, report);
    }

    private static void CheckLimits(IReadOnlyList<FirmwareFile> files)
    {
        if (files.Count == 0)
        {
            throw new FirmwareFormatException("image_empty", "there is no file", "Bring at least one file.");
        }

        if (files.Count > FirmwareLimits.Files)
        {
            throw new FirmwareFormatException(
                "image_too_many_files",
                $"there are {files.Count} files; at most {FirmwareLimits.Files} make an image",
                "Bring only the files of one build.");
        }

        long size = files.Sum(file => (long)file.Bytes.Length);
        if (size > FirmwareLimits.InputBytes)
        {
            throw new FirmwareFormatException(
                "image_too_large",
                $"the files have {size} bytes together; at most {FirmwareLimits.InputBytes} are read",
                "Strip debug information (objcopy --strip-debug), or bring fewer files.");
        }
    }

    private static List<ImportedFile> ReadAll(IReadOnlyList<FirmwareFile> files, SymbolCollector symbols)
    {
        var read = new List<ImportedFile>(files.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int index = 0; index < files.Count; index++)
        {
            string name = FileNames.Clean(files[index].Name, index, out string? change);
            string unique = name;
            for (int copy = 2; !names.Add(unique); copy++)
            {
                unique = $"{name} ({copy})";
            }

            ImportedFile file = FileReader.Read(files[index], unique, index, symbols);
            if (change != null)
            {
                file.Warn("file_name_changed", change);
            }

            read.Add(file);
        }

        return read;
    }

    private static PreflightReport Describe(
        IReadOnlyList<ImportedFile> files, ImageLayout layout, ImageEntry entry, int symbols)
    {
        IReadOnlyList<SignatureHeader> headers = SignatureHeaders.FindAll(layout.Segments);
        (string? board, string boardReason) = ImageBoard.Implied(layout.Segments, headers);
        (List<PreflightWrite> writes, int leftOut) = DescribeWrites(layout.Ranges, headers);
        return new PreflightReport(
            [.. files.Select(file => new PreflightFile(
                file.Name, file.Format, file.Bytes.Length, file.Parts, file.Entry))],
            writes,
            leftOut,
            headers,
            board,
            boardReason,
            entry.Address,
            entry.Source,
            entry.Reason,
            DigestOf(layout.Segments, entry.Address),
            symbols,
            [.. ImageWarnings.Of(files, layout.Segments, headers, entry)
                .Concat(layout.Overlaps)
                .Take(FirmwareLimits.ReportedWarnings)]);
    }

    private static (List<PreflightWrite> Writes, int LeftOut) DescribeWrites(
        IReadOnlyList<FileRange> ranges, IReadOnlyList<SignatureHeader> headers)
    {
        var writes = new List<PreflightWrite>();
        int leftOut = 0;
        foreach (FileRange range in ranges)
        {
            if (writes.Count >= FirmwareLimits.ReportedWrites)
            {
                leftOut++;
                continue;
            }

            FirmwareMemory memory = ImageMemories.Of(range.Address);
            foreach ((uint address, uint length, string region) in ImageRegions.Split(range.Address, range.Length, headers))
            {
                writes.Add(new PreflightWrite(range.File.Name, address, length, memory, region));
            }
        }

        return (writes, leftOut);
    }

    // The canonical form: a name and version, the entry point, then each segment as address, length and bytes, all
    // numbers little-endian. An address names its memory.
    private static string DigestOf(IReadOnlyList<FirmwareSegment> segments, uint entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> words = stackalloc byte[8];
        hash.AppendData("XousCloud firmware 1\0"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(words, entry);
        hash.AppendData(words[..4]);
        foreach (FirmwareSegment segment in segments)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(words, segment.Address);
            BinaryPrimitives.WriteUInt32LittleEndian(words[4..], (uint)segment.Bytes.Length);
            hash.AppendData(words);
            hash.AppendData(segment.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
