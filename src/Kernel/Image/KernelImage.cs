// The image that the loader reads at 0x600A_0000 (xous-abi 6.3): tags, and behind them what they point at. Offsets are
// from the first tag; a process's sections lie one behind the other, each on a word.

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Kernel.Image;

public static class KernelImage
{
    private const uint RamStart = 0x6100_0000;
    private const uint RamSize = 0x20_0000;
    private const uint Writable = 1;
    private const uint NotCopied = 2;
    private const uint Executable = 4;
    private const uint SectionLimit = 0xFF_FFFF;

    /// <summary>The pages that are no RAM and that processes may map, with their names (soc.md 2).</summary>
    private static readonly (uint Start, uint Length, string Name)[] Regions =
    [
        (0x4002_8000, 0x1_B000, "SCE_"),
        (0x5000_0000, 0x4_0000, "IFRM"),
        (0x5010_0000, 0x3_0000, "UDMA"),
        (0x5020_2000, 0x1000, "USB_"),
        (0xE000_0000, 0x2_0000, "CSR_"),
    ];

    /// <exception cref="InvalidDataException">A file is not what the loader could start.</exception>
    public static byte[] Build(ElfFile kernel, IReadOnlyList<(string Name, ElfFile File)> processes)
    {
        Segment text = kernel.Segments.SingleOrDefault(segment => segment.IsExecutable)
            ?? throw new InvalidDataException("The kernel has no code.");
        Segment? data = kernel.Segments.SingleOrDefault(segment => segment.IsWritable);
        (string Name, IReadOnlyList<Segment> Segments)[] split =
            [.. processes.Select(process => (process.Name, (IReadOnlyList<Segment>)[.. process.File.Segments.SelectMany(Split)]))];

        // The length of the tags does not depend on where the payload lies, so they are made twice.
        int tagBytes = Tags(0).Length;
        byte[] tags = Tags((uint)tagBytes);
        using var image = new MemoryStream();
        image.Write(tags);
        foreach (Segment segment in kernel.Segments.OrderBy(segment => segment.Address).Concat(split.SelectMany(process => process.Segments)))
        {
            image.Write(segment.Content);
            image.Write(new byte[Padding(segment.Content.Length)]);
        }

        return image.ToArray();

        byte[] Tags(uint payload)
        {
            var words = new List<uint>();
            uint offset = payload + (uint)kernel.Segments.Sum(Stored);
            Add(words, "MREx", [.. Regions.SelectMany(region => (uint[])[region.Start, region.Length, Four(region.Name), 0])]);
            for (int i = 0; i < split.Length; i++)
            {
                Add(words, "IniE", [offset, processes[i].File.EntryPoint, .. split[i].Segments.SelectMany(Section)]);
                offset += (uint)split[i].Segments.Sum(Stored);
            }

            uint dataStart = data?.Address ?? 0xFFD8_0000;
            uint dataSize = (uint)(data?.Content.Length ?? 0);
            Add(words, "XKrn", [payload, text.Address, (uint)text.Content.Length, dataStart, dataSize, (data?.Size ?? 0) - dataSize, kernel.EntryPoint]);
            Add(words, "PNam", Names(processes));
            var first = new List<uint>();
            Add(first, "XArg", [(uint)words.Count + 7, 1, RamStart, RamSize, Four("SRAM")]);
            return [.. first.Concat(words).SelectMany(word => BitConverter.GetBytes(word))];
        }
    }

    private static long Stored(Segment segment) => segment.Content.Length + Padding(segment.Content.Length);

    private static int Padding(int length) => -length & 3;

    private static uint[] Section(Segment segment)
    {
        if (segment.Size > SectionLimit)
        {
            throw new InvalidDataException("A segment is larger than 16 MiB.");
        }

        uint kind = (segment.IsWritable ? Writable : 0) | (segment.IsExecutable ? Executable : 0) | (segment.Content.Length == 0 ? NotCopied : 0);
        return [segment.Address, segment.Size | (kind << 24)];
    }

    /// <summary>A section is stored in full or not at all: a segment that ends in zeros is cut where a page begins.</summary>
    private static IEnumerable<Segment> Split(Segment segment)
    {
        uint stored = Math.Min(segment.Size, ((uint)segment.Content.Length + 4095) & ~4095u);
        if (stored > 0)
        {
            byte[] content = new byte[stored];
            segment.Content.CopyTo(content, 0);
            yield return segment with { Content = content, Size = stored };
        }

        if (segment.Size > stored)
        {
            yield return segment with { Address = segment.Address + stored, Content = [], Size = segment.Size - stored };
        }
    }

    private static uint[] Names(IReadOnlyList<(string Name, ElfFile File)> processes)
    {
        var words = new List<uint>();
        uint process = 1;
        foreach (string name in processes.Select(process => process.Name).Prepend("kernel"))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            words.Add(process++);
            words.Add((uint)bytes.Length);
            byte[] padded = new byte[bytes.Length + Padding(bytes.Length)];
            bytes.CopyTo(padded, 0);
            for (int i = 0; i < padded.Length; i += 4)
            {
                words.Add(BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(i)));
            }
        }

        return [.. words];
    }

    private static void Add(List<uint> words, string name, uint[] data)
    {
        byte[] bytes = [.. data.SelectMany(BitConverter.GetBytes)];
        words.Add(Four(name));
        words.Add(Crc16(bytes) | ((uint)data.Length << 16));
        words.AddRange(data);
    }

    private static uint Four(string name) => BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(name));

    /// <summary>CRC-16/X-25.</summary>
    public static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x8408 : crc >> 1;
            }
        }

        return (ushort)~crc;
    }
}
