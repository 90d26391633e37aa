// What users get wrong: each is refused before anything runs, with a code, the reason and what to do.

using System.Text;

namespace XousCloud.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string firmware;

    public BadInputTests() => firmware = scratch.File("program.bin", [0x6F, 0, 0, 0]) + "@0x60060000";

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Arguments_that_do_not_parse_are_refused()
    {
        foreach (string[] arguments in new string[][] { ["run"], ["run", firmware, "--until"], ["fly"], [] })
        {
            CliResult result = Xous.Cloud(arguments).Expect(2);
            Assert.Empty(result.Output);
            Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_unknown_option_is_called_that() =>
        Xous.Cloud("run", firmware, "--colour", "blue").ExpectBadInput("option_unknown");

    [Theory]
    [InlineData("console_unknown", "--console", "uart9")]
    [InlineData("board_unknown", "--board", "breadboard")]
    [InlineData("engine_unknown", "--engine", "steam")]
    [InlineData("time_invalid", "--max-time", "10")]
    [InlineData("time_invalid", "--max-time", "-1s")]
    [InlineData("time_invalid", "--max-time", "99999999999999999999s")]
    [InlineData("time_invalid", "--max-wall-time", "1000c")]
    [InlineData("time_invalid", "--power-cut", "soon")]
    [InlineData("seed_invalid", "--seed", "tulip")]
    [InlineData("counter_invalid", "--counter", "80")]
    [InlineData("counter_invalid", "--counter", "256=1")]
    [InlineData("counter_invalid", "--counter", "80=4294967296")]
    [InlineData("address_invalid", "--entry", "0x160060000")]
    [InlineData("regex_invalid", "--until", "(")]
    [InlineData("regex_invalid", "--until", "(?=ahead)")]
    [InlineData("escape_invalid", "--send", @"\q")]
    [InlineData("after_alone", "--after", "prompt")]
    [InlineData("button_unknown", "--press", "EJECT")]
    [InlineData("symbol_unknown", "--stop-on-write", "main")]
    [InlineData("dump_invalid", "--dump", "0x61000000:4096")]
    [InlineData("dump_invalid", "--dump", "0x61000000:0:file")]
    [InlineData("address_outside_memory", "--dump", "0x61000000:0x200001:file")]
    [InlineData("address_outside_memory", "--dump", "0xffffffff:2:file")]
    [InlineData("ipc_file_invalid", "--ipc", "/no/such/folder/file")]
    [InlineData("dump_file_invalid", "--dump", "0x61000000:4:/no/such/folder/file")]
    public void An_option_with_a_bad_value_is_refused(string code, string option, string value) =>
        Xous.Cloud("run", firmware, option, value).ExpectBadInput(code);

    [Fact]
    public void A_regular_expression_that_would_explode_is_refused_or_bounded()
    {
        Xous.Cloud("run", firmware, "--until", "(a{1000}){1000}").ExpectBadInput("regex_invalid");
        Xous.Cloud("run", firmware, "--until", "(a+)+$", "--max-time", "1000c").Expect(4);
    }

    [Fact]
    public void Text_for_a_port_that_only_transmits_is_refused() =>
        Xous.Cloud("run", firmware, "--console", "duart", "--send", "x").ExpectBadInput("console_cannot_receive");

    [Fact]
    public void Files_that_cannot_be_read_are_refused()
    {
        Xous.Cloud("run", scratch.Path("nothing.uf2")).ExpectBadInput("file_not_found");
        Xous.Cloud("run", scratch.Path("no/such/folder.uf2")).ExpectBadInput("file_not_found");
        Xous.Cloud("run", Path.GetTempPath()).ExpectBadInput("file_unreadable");
        Xous.Cloud("run", "").ExpectBadInput("file_unreadable");
        Xous.Cloud("run", "/dev/zero").ExpectBadInput("file_too_large");
    }

    [Fact]
    public void Damaged_firmware_is_refused_with_the_code_of_the_import()
    {
        byte[] block = Uf2Block(0x6006_0000);
        Xous.Cloud("run", scratch.File("cut.uf2", block[..500])).ExpectBadInput("uf2_truncated");
        Xous.Cloud("run", scratch.File("outside.uf2", Uf2Block(0x2000_0000))).ExpectBadInput("address_outside_memory");
        Xous.Cloud("run", scratch.File("text.txt", Encoding.ASCII.GetBytes("hello"))).ExpectBadInput("raw_needs_address");
        byte[] other = [.. block];
        other[28] ^= 1;
        Xous.Cloud("run", scratch.File("other.uf2", other)).ExpectBadInput("uf2_wrong_family");
    }

    [Fact]
    public void A_file_name_that_ends_like_an_address_is_still_a_file()
    {
        string odd = scratch.File("odd@1234", Uf2Block(0x6006_0000));

        Assert.Contains("odd@1234: UF2", Xous.Cloud("inspect", odd).Expect(0).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("address_outside_image", "--at", "0x61000000")]
    [InlineData("address_misaligned", "--at", "0x60060001")]
    [InlineData("count_invalid", "--count", "0")]
    public void Disassembly_of_what_is_not_there_is_refused(string code, string option, string value) =>
        Xous.Cloud("disassemble", firmware, option, value).ExpectBadInput(code);

    private static byte[] Uf2Block(uint address)
    {
        byte[] block = new byte[512];
        uint[] header = [0x0A32_4655, 0x9E5D_5157, 0x2000, address, 256, 0, 1, 0xA7D7_6373];
        for (int i = 0; i < header.Length; i++)
        {
            BitConverter.GetBytes(header[i]).CopyTo(block, 4 * i);
        }

        BitConverter.GetBytes(0x0AB1_6F30u).CopyTo(block, 508);
        return block;
    }
}
