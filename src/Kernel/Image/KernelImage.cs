// The image that the loader reads at 0x600A_0000 (xous-abi 6.3): tags, and on the next page what they point at. Offsets
// are from the first tag. A process's sections lie one behind the other, each on a word; where it runs in place, on
// whole pages, so that each page of RRAM that it can see is its own.

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
    private const uint PageMask = 4095;

    /// <summary>
    /// The pages that are no RAM and that processes may map, with their names (soc.md 2). The controller of RRAM is not among
    /// them: who has it can rewrite the kernel.
    /// </summary>
    private static readonly (uint Start, uint Length, string Name)[] Regions =
    [
        (0x4002_0000, 0x3000, "SCEM"),
        (0x4002_8000, 0x1_B000, "SCE_"),
        (0x4004_3000, 0x3000, "APB_"),
        (0x4005_2000, 0x3000, "SENS"),
        (0x4006_0000, 0x6000, "AO__"),
        (0x5000_0000, 0x4_0000, "IFRM"),
        (0x5010_0000, 0x3_0000, "UDMA"),
        (0x5020_2000, 0x1000, "USB_"),
        (0xE000_0000, 0x2_0000, "CSR_"),
    ];

    /// <exception cref="InvalidDataException">A file is not what the loader could start.</exception>
    public static byte[] Build(ElfFile kernel, IReadOnlyList<ProcessFile> processes)
    {
        if (kernel.Segments.OrderBy(segment => segment.Address).ToArray() is not [{ IsExecutable: true, IsWritable: false } text, .. { Length: <= 1 } rest]
            || rest.Any(segment => !segment.IsWritable || segment.IsExecutable))
        {
            throw new InvalidDataException("The kernel is not one segment of code, and at most one of data behind it.");
        }

        Segment? data = rest.SingleOrDefault();
        Segment[][] sections = [.. processes.Select(SectionsOf)];
        using var payload = new MemoryStream();
        Store(payload, text);
        if (data is not null)
        {
            Store(payload, data);
        }

        uint[] offsets = new uint[processes.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            payload.Write(new byte[processes[i].RunsInPlace ? -payload.Length & PageMask : 0]);
            offsets[i] = (uint)payload.Length;
            foreach (Segment section in sections[i])
            {
                Store(payload, section);
            }
        }

        // The length of the tags does not depend on where the payload lies, so they are made twice.
        byte[] image = new byte[(Tags(0).Length + PageMask) & ~PageMask];
        Tags((uint)image.Length).CopyTo(image, 0);
        return [.. image, .. payload.ToArray()];

        byte[] Tags(uint start)
        {
            var words = new List<uint>();
            Add(words, "MREx", [.. Regions.SelectMany(region => (uint[])[region.Start, region.Length, Four(region.Name), 0])]);
            for (int i = 0; i < sections.Length; i++)
            {
                string name = processes[i].RunsInPlace ? "IniF" : "IniE";
                Add(words, name, [start + offsets[i], processes[i].File.EntryPoint, .. sections[i].SelectMany(Describe)]);
            }

            uint dataStart = data?.Address ?? 0xFFD8_0000;
            uint dataSize = (uint)(data?.Content.Length ?? 0);
            Add(words, "XKrn", [start, text.Address, (uint)text.Content.Length, dataStart, dataSize, (data?.Size ?? 0) - dataSize, kernel.EntryPoint]);
            Add(words, "PNam", Names(processes));
            var first = new List<uint>();
            Add(first, "XArg", [(uint)words.Count + 7, 1, RamStart, RamSize, Four("SRAM")]);
            return [.. first.Concat(words).SelectMany(word => BitConverter.GetBytes(word))];
        }
    }

    private static void Store(MemoryStream payload, Segment segment)
    {
        payload.Write(segment.Content);
        payload.Write(new byte[Padding(segment.Content.Length)]);
    }

    private static int Padding(int length) => -length & 3;

    private static uint[] Describe(Segment segment)
    {
        if (segment.Size > SectionLimit)
        {
            throw new InvalidDataException("A segment is larger than 16 MiB.");
        }

        uint kind = (segment.IsWritable ? Writable : 0) | (segment.IsExecutable ? Executable : 0) | (segment.Content.Length == 0 ? NotCopied : 0);
        return [segment.Address, segment.Size | (kind << 24)];
    }

    private static Segment[] SectionsOf(ProcessFile process)
    {
        if (process.File.Segments.Any(segment => (segment.Address & PageMask) != 0))
        {
            throw new InvalidDataException($"A segment of {process.Name} does not begin on a page.");
        }

        return [.. process.File.Segments.OrderBy(segment => segment.Address).SelectMany(segment => Split(segment, process.RunsInPlace))];
    }

    /// <summary>A section is stored in full or not at all: a segment that ends in zeros is cut where a page begins.</summary>
    private static IEnumerable<Segment> Split(Segment segment, bool inWholePages)
    {
        uint pages = ((uint)segment.Content.Length + PageMask) & ~PageMask;
        uint stored = inWholePages ? pages : Math.Min(segment.Size, pages);
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

    private static uint[] Names(IReadOnlyList<ProcessFile> processes)
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
