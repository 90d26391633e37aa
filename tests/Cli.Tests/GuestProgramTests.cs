// Each guest program's own proof, as its head states it, through the command line.

namespace XousCloud.Cli.Tests;

public class GuestProgramTests
{
    [Theory]
    [InlineData("absent", "absent: 156 ok, 0 failed")]
    [InlineData("aes", "aes: 7 ok, 0 failed")]
    [InlineData("always_on", "always_on: 10 ok, 0 failed")]
    [InlineData("crypto", "crypto: 16 ok, 0 failed")]
    [InlineData("mmu", "mmu: 77 ok, 0 failed")]
    [InlineData("paging_demand", "paging_demand: 5 ok, 0 failed")]
    [InlineData("rram", "rram: 30 ok, 0 failed")]
    [InlineData("slots", "slots: 29 ok, 0 failed")]
    [InlineData("selfmod", "selfmod: 7 ok, 0 failed")]
    public void A_program_that_checks_itself_finds_nothing_wrong_on_either_engine(string name, string verdict)
    {
        string[] run = ["run", Guests.Elf(name), "--until", @"\d+ ok, \d+ failed\r\n", "--hash"];

        CliResult threaded = Xous.Cloud([.. run, "--engine", "threaded"]).Expect(0);
        CliResult stepped = Xous.Cloud([.. run, "--engine", "stepper"]).Expect(0);

        Assert.EndsWith(verdict + "\r\n", threaded.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", threaded.Text, StringComparison.Ordinal);
        Assert.Equal(threaded.Text, stepped.Text);
        Assert.Equal(threaded.LastErrorLine, stepped.LastErrorLine);
    }

    [Fact]
    public void Iox_finds_nothing_wrong_and_sees_PROG_pressed_and_released()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("iox"), "--press", "PROG", "--after", @"iox: \d+ ok, \d+ failed\r\n",
            "--until", "PROG released").Expect(0);

        Assert.Contains("iox: 17 ok, 0 failed\r\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("PROG pressed\r\n", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Usb_cdc_echoes_over_USB_and_the_statistics_say_what_the_host_found()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("usb_cdc"), "--console", "usb", "--send", "hello\\r", "--until", "HELLO\\r", "--stats").Expect(0);

        Assert.Equal("HELLO\r", result.Text);
        Assert.Contains(
            "usb           configured, 1209:0001 XousCloud, Echo, 0001, 3 interfaces, --console usb is open", result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Hello_greets_each_second()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("hello"), "--until", @"i=1\)\r\n").Expect(0);

        Assert.Equal("Hello, world! (i=0)\r\nHello, world! (i=1)\r\n", result.Text);
        Assert.Matches(@", 1\.00\d* s", result.Error);
    }

    [Fact]
    public void Tick_is_never_late_by_a_millisecond()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("tick"), "--until", @"tick 1000 at .*\r\n").Expect(0);

        string[] lines = result.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        int start = int.Parse(lines[0].Split(' ')[2]);
        Assert.Equal($"start at {start} ms", lines[0]);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"tick {100 * i} at {start + (1000 * i)} ms"), lines[1..]);
    }

    [Fact]
    public void Timer0_boops_two_seconds_after_its_beep_and_again_after_PROG()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("timer0"), "--press", "PROG", "--after", "boop 1\r\n", "--until", @"beep 2\.\.\.\r\n").Expect(0);

        Assert.Equal("beep 1...\r\nboop 1\r\nbeep 2...\r\n", result.Text);
        Assert.Matches(@", 2\.1\d* s", result.Error); // and the 100 ms of the press
    }

    [Fact]
    public void Usb_devcap_sees_each_software_event_and_names_the_controller()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("usb_devcap"), "--until", @"DEVCAP = .*\r\n").Expect(0);

        string set = "after the software event: EV_PENDING = 0x00000001\r\n";
        string cleared = "after clearing it: EV_PENDING = 0x00000000\r\n";
        Assert.Equal(set + cleared + set + cleared + "USB DEVCAP = 0x20014401\r\n", result.Text);
    }

    [Fact]
    public void Reset_boots_five_times_and_knows_why()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("reset"), "--until", "reset: done\r\n").Expect(0);

        string[] boots = [.. result.Text.Split("\r\n").Where(line => line.StartsWith("boot ", StringComparison.Ordinal))];
        Assert.Equal(5, boots.Length);
        Assert.All(boots[1..], boot => Assert.EndsWith("reset causes 020", boot, StringComparison.Ordinal));
    }
}
