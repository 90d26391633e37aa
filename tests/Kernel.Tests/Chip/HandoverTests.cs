// What the loader gives a kernel, as a stub in the kernel's place sees it; and processes that run from RRAM.

using System.Text;
using XousCloud.Kernel.Image;

namespace XousCloud.Kernel.Tests.Chip;

public class HandoverTests(ITestOutputHelper output)
{
    private const ulong TenthOfASecond = 35_000_000;

    [Theory]
    [InlineData(false, "00000000")]
    [InlineData(true, "00000001")] // talk is copied; echo's code and constants are one page
    public void A_kernel_gets_what_it_is_promised_and_no_page_is_writable_and_executable(bool runsInPlace, string pages)
    {
        byte[] file = XousRun.Build(
            XousRun.Guest("stub"), new ProcessFile("talk", XousRun.Guest("talk")), new ProcessFile("echo", XousRun.Guest("echo"), runsInPlace));
        using var run = new XousRun(file, TenthOfASecond);
        output.WriteLine(run.Text);
        Assert.Equal(
            [
                "loader: 02 processes",
                "registers: ok",
                "tags: ok",
                "data: ok",
                "supervisor mode: ok",
                "null: ok",
                "guard below the stack: ok",
                "text is not writable: ok",
                "other regions: ok",
                "the kernel's space: ok",
                "spaces of processes: ok",
                "starts of processes: ok",
                "every page once: ok",
                $"in place:   pages {pages}",
                "done",
                "",
            ],
            run.Text.Split("\r\n"));
        Assert.Null(run.Death);
    }

    [Fact]
    public void Processes_that_run_from_RRAM_do_the_same_as_copied_ones()
    {
        using var copied = new XousRun(XousRun.Build("talk", "echo"), TenthOfASecond);
        byte[] file = XousRun.Build(
            ElfFile.Read(XousRun.Product("Supervisor")),
            new ProcessFile("talk", XousRun.Guest("talk"), RunsInPlace: true),
            new ProcessFile("echo", XousRun.Guest("echo"), RunsInPlace: true));
        using var inPlace = new XousRun(file, TenthOfASecond);
        Assert.Contains("a server's death: ok", copied.Text, StringComparison.Ordinal);
        Assert.Equal(copied.Text, inPlace.Text);
        Assert.True(inPlace.IsWaiting);
    }

    [Theory]
    [InlineData("XArg", 2, 0x6000_0000u, "the image is for another RAM")]
    [InlineData("XArg", 3, 0x40_0000u, "the image is for another RAM")]
    [InlineData("MREx", 0, 0x6110_0000u, "an extra region is malformed")] // in RAM
    [InlineData("MREx", 0, 0x60FF_F000u, "an extra region is malformed")] // reaches into it
    [InlineData("MREx", 1, 0x3001u, "an extra region is malformed")]
    [InlineData("MREx", 1, 0xFFFF_F000u, "an extra region is malformed")] // around the end of addresses
    [InlineData("MREx", 1, 0x0200_0000u, "too many extra pages")]
    [InlineData("IniE", -2, 0x5369_6E49u, "there is no swap")] // its name
    [InlineData("IniE", 2, 0x7FFF_F000u, "two sections share a page")] // the stack is there
    [InlineData("IniE", 2, 0x7FFE_0000u, "two sections share a page")] // the stack may grow to there
    [InlineData("IniE", 2, 0xFFD0_0000u, "a section's address is malformed")]
    [InlineData("IniE", 2, 0u, "a section's address is malformed")]
    [InlineData("IniE", 3, 0x04FF_FFFFu, "a section lies outside the image")]
    [InlineData("IniE", 3, 0x02FF_FFFFu, "the image does not fit into SRAM")]
    [InlineData("IniE", -1, 0xFFFF_0000u, "a tag is malformed")] // its length
    [InlineData("XKrn", 2, 0x0008_1000u, "the kernel's tag is malformed")]
    [InlineData("XKrn", 6, 0xFFD8_0000u, "the kernel's tag is malformed")]
    [InlineData("XKrn", -2, 0u, "there is no kernel")]
    [InlineData("XArg", -2, 0u, "no image at 0x600A0000")]
    [InlineData("XArg", 0, 0xFFFF_FFFFu, "no image at 0x600A0000")]
    public void A_tag_that_is_malformed_ends_in_a_message(string tag, int word, uint value, string message)
    {
        byte[] file = XousRun.Build("echo");
        BitConverter.TryWriteBytes(file.AsSpan(file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(tag)) + 8 + (word * 4)), value);
        using var run = new XousRun(file, TenthOfASecond);
        Assert.Equal($"loader: {message}\r\n", run.Text);
        Assert.True(run.IsWaiting);
    }

    [Theory]
    [InlineData(0u, 4u, "a section that stays in RRAM is not on whole pages")] // its offset, off by a word
    [InlineData(3u, 4u, "a section that stays in RRAM is not on whole pages")] // its size
    [InlineData(0u, 0x0100_0000u, "a section lies outside the image")]
    [InlineData(2u, 4u, "a section's address is malformed")]
    public void A_process_that_cannot_run_in_place_ends_in_a_message(uint word, uint added, string message)
    {
        byte[] file = XousRun.Build(
            ElfFile.Read(XousRun.Product("Supervisor")), new ProcessFile("echo", XousRun.Guest("echo"), RunsInPlace: true));
        int at = file.AsSpan().IndexOf("IniF"u8) + 8 + ((int)word * 4);
        BitConverter.TryWriteBytes(file.AsSpan(at), BitConverter.ToUInt32(file, at) + added);
        using var run = new XousRun(file, TenthOfASecond);
        Assert.Equal($"loader: {message}\r\n", run.Text);
        Assert.True(run.IsWaiting);
    }
}
