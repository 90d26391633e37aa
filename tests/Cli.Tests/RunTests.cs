// `xouscloud run` on our own guest programs: the console, what goes in, and that a run is a value.

using System.Text;
using XousCloud.Emulator;

namespace XousCloud.Cli.Tests;

public class RunTests
{
    [Fact]
    public void The_console_goes_to_standard_output_byte_for_byte()
    {
        // The guest echoes in upper case; every byte but CR, which ends its line.
        byte[] typed = [.. Enumerable.Range(0, 256).Where(b => b != '\r').Select(b => (byte)b)];
        string escaped = string.Concat(typed.Select(b => $@"\x{b:x2}"));
        byte[] echoed = [.. typed.Select(b => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b)];
        byte[] expected =
        [
            .. Encoding.ASCII.GetBytes("ready\r\n"), .. echoed, .. Encoding.ASCII.GetBytes("\r\n[255 bytes]\r\n"),
        ];
        string[] arguments =
            ["run", Guests.Elf("echo"), "--send", escaped + @"\r", "--after", "ready\r\n", "--until", "bytes]\r\n"];

        Assert.Equal(expected, Xous.Cloud(arguments).Expect(0).Output);
        Assert.Equal(expected, Xous.Finish(Xous.Start(arguments)).Expect(0).Output);
    }

    [Fact]
    public void More_text_than_the_receiver_holds_arrives_whole()
    {
        string typed = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i:d4}"));

        CliResult result = Xous.Cloud(
            "run", Guests.Elf("echo"), "--send", typed + @"\r", "--after", "ready\r\n", "--until", @"\[4000 bytes\]\r\n").Expect(0);

        Assert.Equal($"ready\r\n{typed}\r\n[4000 bytes]\r\n", result.Text);
    }

    [Fact]
    public void Steps_happen_in_order_and_the_last_pattern_counts_only_after_them()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("echo"),
            "--after", "ready", "--send", @"one\r",
            "--send", @"three\r", "--after", @"\[3 bytes\]\r\n",
            "--until", @"bytes\]\r\n").Expect(0);

        Assert.Equal("ready\r\nONE\r\n[3 bytes]\r\nTHREE\r\n[5 bytes]\r\n", result.Text);
    }

    [Fact]
    public void A_button_is_pressed_and_released()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("uart"), "--press", "PROG", "--after", "millis", "--until", "hello, world!.*\r\n").Expect(0);

        Assert.Equal(2, result.Text.Split("hello, world!").Length - 1);
    }

    [Fact]
    public void A_key_of_a_board_s_matrix_is_pressed_and_released()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("keypad"), "--board", "dc34-badge",
            "--press", "up", "--after", "ready", "--press", "CENTER", "--after", "0,2 up", "--until", "1,2 up").Expect(0);

        Assert.Equal(
            "keypad ready\r\nboth sources\r\nkey 0,2 down\r\nkey 0,2 up\r\nkey 1,2 down\r\nkey 1,2 up", result.Text);
    }

    [Fact]
    public void The_same_run_gives_the_same_hash_on_every_engine_and_at_every_pace()
    {
        string[] run =
        [
            "run", Guests.Elf("echo"), "--send", @"hash\r", "--after", "ready", "--until", @"4 bytes", "--hash",
        ];
        string hash = Xous.Cloud(run).Expect(0).LastErrorLine;

        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, Xous.Cloud(run).Expect(0).LastErrorLine);
        Assert.Equal(hash, Xous.Cloud([.. run, "--engine", "stepper"]).Expect(0).LastErrorLine);
        Assert.Equal(hash, Xous.Cloud([.. run, "--engine", "threaded", "--stats"]).Expect(0).LastErrorLine);
        Assert.Equal(hash, Xous.Cloud([.. run, "--real"]).Expect(0).LastErrorLine);
        Assert.Equal(hash, Xous.Finish(Xous.Start(run)).Expect(0).LastErrorLine);
    }

    [Fact]
    public void Another_input_gives_another_hash()
    {
        string Hash(string text) => Xous.Cloud(
            "run", Guests.Elf("echo"), "--send", text + @"\r", "--after", "ready", "--until", "bytes", "--hash").Expect(0).LastErrorLine;

        Assert.NotEqual(Hash("abcd"), Hash("abce"));
    }

    [Fact]
    public void The_run_ends_at_the_byte_that_matches_and_not_later()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("idle"), "--until", "rea").Expect(0);

        Assert.Equal("rea", result.Text);
    }

    [Fact]
    public void A_raw_binary_runs_at_its_address()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Binary("idle") + "@0x6006_0000", "--entry", "0x60060000", "--until", "ready").Expect(0);

        Assert.Equal("ready", result.Text);
    }

    [Fact]
    public void Memory_is_dumped_as_the_run_left_it()
    {
        using ScratchFolder scratch = new();
        byte[] firmware = File.ReadAllBytes(Guests.Binary("idle"));

        Xous.Cloud(
            "run", Guests.Binary("idle") + "@0x60060000", "--until", "ready",
            "--dump", $"0x60060000:{firmware.Length}:{scratch.Path("rram.bin")}",
            "--dump", $"0x61000000:0x200000:{scratch.Path("sram.bin")}").Expect(0);

        Assert.Equal(firmware, File.ReadAllBytes(scratch.Path("rram.bin")));
        byte[] sram = File.ReadAllBytes(scratch.Path("sram.bin"));
        Assert.Equal(0x20_0000, sram.Length);
        Assert.Contains(sram, b => b != 0);
    }

    [Fact]
    public void A_chip_is_made_with_the_counters_asked_for()
    {
        using ScratchFolder scratch = new();

        Xous.Cloud(
            "run", Guests.Elf("idle"), "--until", "ready", "--counter", "200=0x1234", "--counter", "80=0", "--developer-mode",
            "--dump", $"0x603da000:0x2000:{scratch.Path("counters.bin")}").Expect(0);

        byte[] counters = File.ReadAllBytes(scratch.Path("counters.bin"));
        uint Counter(int number) => BitConverter.ToUInt32(counters, number * 32);
        Assert.Equal(
            (0x1234u, 0u, 1u),
            (Counter(200), Counter(OneWayCounter.BootWait), Counter(OneWayCounter.DeveloperMode)));
    }

    [Fact]
    public void Power_is_cut_at_the_times_asked_for_and_what_was_stored_is_there_again()
    {
        string[] run =
        [
            "run", Guests.Elf("settings"), "--after", "start 1", "--send", @"alpha\r", "--power-cut", "100ms",
            "--power-cut", "70000000c", "--until", @"start 3.*\r\n", "--hash",
        ];
        CliResult result = Xous.Cloud(run).Expect(0);

        Assert.Equal(
            "settings: start 1, name ''\r\nstored 'alpha'\r\n"
            + "settings: start 2, name 'alpha'\r\nsettings: start 3, name 'alpha'\r\n",
            result.Text);
        Assert.Equal(result.LastErrorLine, Xous.Cloud([.. run, "--engine", "stepper"]).Expect(0).LastErrorLine);
    }

    [Fact]
    public void What_is_not_modelled_is_named_with_address_and_pc_on_standard_error()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("unmodelled"), "--until", "done").Expect(0);

        Assert.Equal("done", result.Text);
        Assert.Matches(
            @"not modelled: write of 0x0000005a to DUART\S* at 0x40042040, pc 0x[0-9a-f]{8} <write_of_unused_offset\+0x0>",
            result.Error);
    }

    [Fact]
    public void A_silent_console_points_to_the_port_that_printed()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("idle"), "--console", "uart0", "--max-time", "10ms").Expect(4);

        Assert.Empty(result.Output);
        Assert.Contains("uart2 printed 7 bytes, not shown; --console uart2 shows them", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_name_the_pads_that_changed()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("blinky"), "--max-time", "1100ms", "--stats").Expect(4);

        Assert.Empty(result.Output);
        Assert.Contains("cycles        385000000\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("virtual time  1.100000 s\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("pin PB12", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cold_start_without_a_boot_stage_dies_at_the_reset_vector()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("idle"), "--cold", "--until", "ready").Expect(3);

        Assert.Contains("guest died at pc 0x6000000", result.Error, StringComparison.Ordinal);
    }
}
