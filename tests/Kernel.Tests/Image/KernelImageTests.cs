// The image tool on the host: what it writes for programs that are made up here, and what it refuses.

using System.Buffers.Binary;
using System.Text;
using XousCloud.Emulator.Firmware;
using XousCloud.Kernel.Image;

namespace XousCloud.Kernel.Tests.Image;

public class KernelImageTests
{
    private const uint ImageBase = 0x600A_0000;
    private const uint Page = 4096;

    private static readonly ElfFile kernel = new(0xFFD0_0004,
    [
        new Segment(0xFFD0_0000, Bytes(5001, 1), 5001, false, true),
        new Segment(0xFFD8_0000, Bytes(10, 2), 9000, true, false),
    ]);

    private static readonly ElfFile program = new(0x1_0008,
    [
        new Segment(0x1_0000, Bytes(4099, 3), 4099, false, true),
        new Segment(0x1000_0000, Bytes(6, 4), 9000, true, false),
    ]);

    private static readonly ProcessFile[] processes = [new("copied", program), new("there", program, RunsInPlace: true), new("x", program)];

    private sealed record Tag(string Name, ushort Check, uint[] Data);

    [Fact]
    public void Tags_come_in_the_vendor_s_order_and_carry_their_check()
    {
        byte[] image = KernelImage.Build(kernel, processes);
        Tag[] tags = Tags(image);
        Assert.Equal(["XArg", "MREx", "IniE", "IniF", "IniE", "XKrn", "PNam"], tags.Select(tag => tag.Name));
        Assert.Equal([(uint)tags.Sum(tag => 2 + tag.Data.Length), 1u, 0x6100_0000u, 0x20_0000u], tags[0].Data[..4]);
        Assert.All(tags, tag => Assert.Equal(KernelImage.Crc16([.. tag.Data.SelectMany(BitConverter.GetBytes)]), tag.Check));
    }

    [Fact]
    public void The_kernel_lies_on_a_page_with_its_data_behind_its_code()
    {
        byte[] image = KernelImage.Build(kernel, processes);
        uint[] data = Tags(image).Single(tag => tag.Name == "XKrn").Data;
        Assert.Equal([0xFFD0_0000u, 5001u, 0xFFD8_0000u, 10u, 8990u, 0xFFD0_0004u], data[1..]);
        Assert.Equal(0u, data[0] % Page);
        Assert.Equal(Bytes(5001, 1), image[(int)data[0]..][..5001]);
        Assert.Equal(Bytes(10, 2), image[(int)(data[0] + 5004)..][..10]);
    }

    [Fact]
    public void A_process_s_sections_are_in_rising_order_and_stored_in_full_or_not_at_all()
    {
        byte[] image = KernelImage.Build(kernel, processes);
        Tag tag = Tags(image)[2];
        Assert.Equal([0x1_0008u, 0x1_0000u, 4099u | (4u << 24), 0x1000_0000u, Page | (1u << 24), 0x1000_1000u, (9000 - Page) | (3u << 24)], tag.Data[1..]);
        Assert.Equal(Bytes(4099, 3), image[(int)tag.Data[0]..][..4099]);
        Assert.Equal(Bytes(6, 4), image[(int)(tag.Data[0] + 4100)..][..6]);
    }

    [Fact]
    public void What_runs_in_place_has_the_pages_that_it_shows_to_itself()
    {
        byte[] image = KernelImage.Build(kernel, processes);
        Tag tag = Tags(image)[3];
        Assert.Equal([0x1_0008u, 0x1_0000u, (2 * Page) | (4u << 24), 0x1000_0000u, Page | (1u << 24)], tag.Data[1..6]);
        Assert.Equal(0u, (ImageBase + tag.Data[0]) % Page);
        byte[] expected = new byte[2 * Page];
        Bytes(4099, 3).CopyTo(expected, 0);
        Assert.Equal(expected, image[(int)tag.Data[0]..][..expected.Length]);
    }

    [Fact]
    public void Names_stand_by_process_number()
    {
        uint[] data = Tags(KernelImage.Build(kernel, processes))[^1].Data;
        var names = new Dictionary<uint, string>();
        for (int at = 0; at < data.Length;)
        {
            byte[] bytes = [.. data[(at + 2)..].SelectMany(BitConverter.GetBytes)];
            names.Add(data[at], Encoding.UTF8.GetString(bytes[..(int)data[at + 1]]));
            at += 2 + (((int)data[at + 1] + 3) / 4);
        }

        Assert.Equal(new Dictionary<uint, string> { [1] = "kernel", [2] = "copied", [3] = "there", [4] = "x" }, names);
    }

    [Fact]
    public void The_other_regions_are_whole_pages_apart_from_each_other_and_few()
    {
        uint[] data = Tags(KernelImage.Build(kernel, []))[1].Data;
        uint end = 0;
        uint pages = 0;
        for (int i = 0; i < data.Length; i += 4)
        {
            Assert.Equal(0u, (data[i] | data[i + 1]) % Page);
            Assert.True(data[i] >= end, $"0x{data[i]:X8} overlaps what is before.");
            end = data[i] + data[i + 1];
            pages += data[i + 1] / Page;
        }

        Assert.InRange(pages, 1u, 2000u);
        Assert.InRange(data.Length / 4, 1, PageTracker.RegionLimit);
    }

    [Fact]
    public void The_file_has_a_block_of_a_kernel_that_counts_all_of_it_as_signed()
    {
        PreflightReport report = FirmwareImage.Import([new FirmwareFile("xous.elf", XousFile.Build(Loader(), kernel, processes))]).Report;
        SignatureHeader header = report.Headers.Single(header => header.Address == 0x6009_FD00);
        Assert.Equal((true, 0x100u, true), (header.StartsWithJump, header.Function, header.SignedBytesPresent));
        Assert.Equal((uint)(768 - 132 + KernelImage.Build(kernel, processes).Length), header.SignedLength);
        Assert.Equal(SignatureCheck.None, header.SignatureCheck);
        Assert.Equal(0x6006_0300u, report.Entry);
    }

    [Fact]
    public void A_file_of_segments_is_read_as_it_was_written()
    {
        ElfFile read = ElfFile.Read(program.Write());
        Assert.Equal(program.EntryPoint, read.EntryPoint);
        Assert.Equal(program.Segments.Select(Text), read.Segments.Select(Text));

        static string Text(Segment segment) =>
            $"{segment.Address:X} {segment.Size} {segment.IsWritable} {segment.IsExecutable} {Convert.ToHexString(segment.Content)}";
    }

    [Fact]
    public void A_raw_loader_starts_at_its_first_word()
    {
        ElfFile raw = ElfFile.Raw(XousFile.LoaderBase, Loader().Segments[0].Content);
        Assert.Equal(0x6006_0000u, FirmwareImage.Import([new FirmwareFile("xous.elf", XousFile.Build(raw, kernel, []))]).EntryPoint);
    }

    [Fact]
    public void What_the_loader_could_not_start_is_refused()
    {
        const string Parts = "The kernel is not one segment of code, and at most one of data behind it.";
        Refused(Parts, Loader(), kernel with { Segments = [kernel.Segments[1]] });
        Refused(Parts, Loader(), kernel with { Segments = [.. kernel.Segments, kernel.Segments[1]] });
        Refused(Parts, Loader(), kernel with { Segments = [kernel.Segments[0] with { IsWritable = true }] });
        Refused("A segment of x does not begin on a page.", Loader(), kernel, Of(0x1_0010, 16));
        Refused("A segment is larger than 16 MiB.", Loader(), kernel, Of(0x1_0000, 0x200_0000));
        Refused("The loader does not start at 0x60060000.", Of(0x6006_1000, 16).File, kernel);
        Refused("The loader has no signature block in front.", ElfFile.Raw(XousFile.LoaderBase, new byte[1000]), kernel);
        Refused("The loader reaches into the kernel's image.", ElfFile.Raw(XousFile.LoaderBase, new byte[0x3FD01]), kernel);

        static void Refused(string message, ElfFile loader, ElfFile kernel, params ProcessFile[] processes) =>
            Assert.Equal(message, Assert.Throws<InvalidDataException>(() => XousFile.Build(loader, kernel, processes)).Message);

        static ProcessFile Of(uint address, uint size) => new("x", new ElfFile(address, [new Segment(address, [1], size, false, true)]));
    }

    [Fact]
    public void Files_that_are_cut_off_or_lie_about_their_sizes_are_refused()
    {
        byte[] whole = program.Write();
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] broken = (byte[])whole.Clone();
            broken[random.Next(116)] = (byte)random.Next(256);
            Try(broken);
            Try(whole[..random.Next(whole.Length)]);
        }

        static void Try(byte[] file)
        {
            try
            {
                ElfFile.Read(file);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static ElfFile Loader()
    {
        byte[] content = new byte[1001];
        "ymuy3oaB"u8.CopyTo(content.AsSpan(136));
        return new ElfFile(0x6006_0300, [new Segment(XousFile.LoaderBase, content, 1001, false, true)]);
    }

    private static byte[] Bytes(int count, byte seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static Tag[] Tags(byte[] image)
    {
        var tags = new List<Tag>();
        uint words = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(8));
        for (int at = 0; at < words * 4;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at + 6));
            tags.Add(new Tag(
                Encoding.ASCII.GetString(image, at, 4),
                BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at + 4)),
                [.. Enumerable.Range(0, size).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at + 8 + (i * 4))))]));
            at += 8 + (size * 4);
        }

        return [.. tags];
    }
}
