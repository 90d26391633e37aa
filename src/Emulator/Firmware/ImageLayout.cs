// Puts the pieces of all files together: sorted, joined, and checked where they overlap.

namespace XousCloud.Emulator.Firmware;

/// <summary>A range that one file writes, without gaps.</summary>
internal sealed record FileRange(ImportedFile File, uint Address, uint Length);

internal sealed class ImageLayout
{
    private readonly List<FirmwareSegment> segments = [];
    private readonly List<FileRange> ranges = [];
    private readonly PreflightWarning?[,] overlaps; // by the numbers of both files

    private ImageLayout(IReadOnlyList<ImportedFile> files)
    {
        overlaps = new PreflightWarning?[files.Count, files.Count];
        Piece[] pieces = [.. files.SelectMany(file => file.Pieces)];
        Array.Sort(pieces, Compare);
        for (int start = 0; start < pieces.Length;)
        {
            int count = RunLength(pieces.AsSpan(start), out uint end);
            segments.Add(Join(pieces.AsSpan(start, count), end));
            start += count;
        }

        CollectRanges(files, pieces);
    }

    /// <summary>Sorted by address; none touches the next.</summary>
    public IReadOnlyList<FirmwareSegment> Segments => segments;

    /// <summary>Sorted by address, then by file.</summary>
    public IReadOnlyList<FileRange> Ranges => ranges;

    /// <summary>One warning for each pair of files that write the same bytes to the same place.</summary>
    public IEnumerable<PreflightWarning> Overlaps => overlaps.OfType<PreflightWarning>();

    /// <exception cref="FirmwareFormatException">Two pieces want different bytes at one address.</exception>
    public static ImageLayout Of(IReadOnlyList<ImportedFile> files) => new(files);

    private static int Compare(Piece left, Piece right)
    {
        int order = left.Address.CompareTo(right.Address);
        order = order != 0 ? order : left.File.Index.CompareTo(right.File.Index);
        return order != 0 ? order : left.Part.CompareTo(right.Part);
    }

    // Memories do not touch each other, so a run never spans two.
    private static int RunLength(ReadOnlySpan<Piece> pieces, out uint end)
    {
        end = pieces[0].End;
        int count = 1;
        for (; count < pieces.Length && pieces[count].Address <= end; count++)
        {
            end = Math.Max(end, pieces[count].End);
        }

        return count;
    }

    private FirmwareSegment Join(ReadOnlySpan<Piece> pieces, uint end)
    {
        uint start = pieces[0].Address;
        byte[] bytes = new byte[end - start];
        uint written = start;
        Piece furthest = pieces[0];
        for (int index = 0; index < pieces.Length; index++)
        {
            Piece piece = pieces[index];
            uint overlap = Math.Min(piece.End, written) - piece.Address;
            if (overlap > 0)
            {
                Span<byte> present = bytes.AsSpan((int)(piece.Address - start), (int)overlap);
                if (FirstDifference(present, piece.Bytes.Span) is int difference)
                {
                    throw Contradiction(pieces[..index], piece, piece.Address + (uint)difference);
                }

                // Pieces are sorted, so the one that reaches furthest covers the overlap's first byte.
                WarnOverlap(furthest, piece);
            }

            if (overlap < piece.Bytes.Length)
            {
                ReadOnlySpan<byte> rest = piece.Bytes.Span[(int)overlap..];
                rest.CopyTo(bytes.AsSpan((int)(piece.Address + overlap - start)));
            }

            if (piece.End > written)
            {
                written = piece.End;
                furthest = piece;
            }
        }

        return new FirmwareSegment(ImageMemories.Of(start), start, bytes);
    }

    private static int? FirstDifference(ReadOnlySpan<byte> present, ReadOnlySpan<byte> content)
    {
        int both = Math.Min(present.Length, content.Length);
        int same = present[..both].CommonPrefixLength(content);
        if (same < both)
        {
            return same;
        }

        int nonZero = present[both..].IndexOfAnyExcept((byte)0);
        return nonZero < 0 ? null : both + nonZero;
    }

    private static FirmwareFormatException Contradiction(ReadOnlySpan<Piece> earlier, Piece piece, uint address)
    {
        foreach (Piece other in earlier)
        {
            if (address - other.Address < other.Length)
            {
                return new FirmwareFormatException(
                    OverlapCode(other, piece),
                    $"{other.Origin} and {piece.Origin} both write 0x{address:X8}, with different bytes",
                    other.File == piece.File
                        ? "The file contradicts itself. Build it again."
                        : "These files do not belong together. Bring only those of one build, each once.");
            }
        }

        throw new InvalidOperationException($"0x{address:X8} is written by no piece");
    }

    private void WarnOverlap(Piece other, Piece piece)
    {
        overlaps[other.File.Index, piece.File.Index] ??= new PreflightWarning(
            "overlap_identical",
            $"{other.Origin} and {piece.Origin} write the same bytes at 0x{piece.Address:X8}",
            piece.File.Name,
            piece.Address);
    }

    private static string OverlapCode(Piece one, Piece other) => (one.File.Format, other.File.Format) switch
    {
        (FirmwareFormat.Uf2, FirmwareFormat.Uf2) => "uf2_overlap",
        (FirmwareFormat.Elf, FirmwareFormat.Elf) when one.File == other.File => "elf_segments_overlap",
        _ => "files_overlap",
    };

    private void CollectRanges(IReadOnlyList<ImportedFile> files, Piece[] pieces)
    {
        var open = new FileRange?[files.Count];
        foreach (Piece piece in pieces)
        {
            ref FileRange? range = ref open[piece.File.Index];
            if (range is FileRange current && piece.Address <= current.Address + current.Length)
            {
                uint end = Math.Max(current.Address + current.Length, piece.End);
                range = current with { Length = end - current.Address };
                continue;
            }

            if (range is FileRange finished)
            {
                ranges.Add(finished);
            }

            range = new FileRange(piece.File, piece.Address, piece.Length);
        }

        ranges.AddRange(open.OfType<FileRange>());
        ranges.Sort((left, right) =>
            left.Address != right.Address
                ? left.Address.CompareTo(right.Address)
                : left.File.Index.CompareTo(right.File.Index));
    }
}
