// `xouscloud run --gdb` with the debugger that people use, gdb-multiarch, on our own guest programs; and with a socket, as
// nobody should use it.

using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace XousCloud.Cli.Tests;

public sealed partial class GdbTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public void A_breakpoint_in_RRAM_is_hit_at_its_line_and_the_stack_is_shown()
    {
        string said = Debug(
            "tick", "break main", "continue", "next", "break on_trap", "continue", "backtrace", "info registers mcause priv", "kill");
        Assert.Matches(@"Breakpoint 1, main \(\) at tick\.c:\d+\s+\d+\s+console_start\(\);", said);
        Assert.Matches(@"\d+\s+ticktimer_start\(\);", said);
        Assert.Matches(@"Breakpoint 2, on_trap \(\) at tick\.c", said);
        Assert.Matches(@"#0  on_trap \(\).*\n#1 .* in main \(\) at tick\.c", said);
        Assert.Matches(@"mcause\s+0x8000000b", said);
        Assert.Matches(@"priv\s+0x3\s+prv:3 \[Machine\]", said);
    }

    [Fact]
    public void A_program_in_CSharp_is_stopped_at_a_line_shown_by_its_names_and_stepped()
    {
        int line = Guests.LineOf("csharp/traps", "Duart.Write(name);");
        int after = Guests.LineOf("csharp/traps", "Duart.Write(isRight");
        string said = Debug(
            "csharp/traps", $"break Program.cs:{line}", "continue", "backtrace", "next", "break Traps.Program.OnTrap", "delete 1", "continue", "kill");
        Assert.Matches($@"Breakpoint 1, Traps\.Program\.Report \(\) at .*Program\.cs:{line}\s+{line}\s+Duart\.Write\(name\);", said);
        Assert.Matches(
            @"#0  Traps\.Program\.Report \(\).*\n#1 .* in Traps\.Program\.Registers \(\) at .*\n#2 .* in Traps\.Program\.Main \(\) at .*Program\.cs:\d+", said);
        Assert.Matches($@"\n{after}\s+Duart\.Write\(isRight", said);
        Assert.Matches(@"Breakpoint 2, Traps\.Program\.OnTrap \(\) at .*Program\.cs:\d+", said);
    }

    [Fact]
    public void A_variable_is_watched_and_changed()
    {
        string said = Debug(
            "tick", "break main", "continue", "watch ticks", "continue", "continue", "print ticks", "set var ticks = 98", "continue",
            "print ticks", "delete", "rwatch sticky", "continue", "monitor cycles", "kill");
        Assert.Matches(@"Old value = 0\s+New value = 1", said);
        Assert.Contains("$1 = 2", said, StringComparison.Ordinal);
        Assert.Contains("$2 = 99", said, StringComparison.Ordinal);
        Assert.Matches(@"Hardware read watchpoint \d+: sticky", said);
        Assert.Matches(@"cycle \d+, [\d.]+ ms", said);
    }

    [Fact]
    public void Single_steps_count_instructions_and_a_reset_begins_anew()
    {
        string said = Debug(
            "hello", "stepi", "stepi", "info registers pc", "break main", "continue", "monitor reset", "flushregs", "info registers pc",
            "continue", "info symbol $pc", "kill");
        MatchCollection counters = ProgramCounter().Matches(said);
        Assert.True(counters.Count == 2 && counters[0].Value != counters[1].Value, said);
        Assert.Matches(@"main in section \.text", said);
    }

    [Fact]
    public void Memory_is_read_through_the_page_tables_of_who_was_stopped()
    {
        string said = Debug(
            "paging_demand", "break *0x10000", "continue", "info registers priv satp", "x/2i $pc", "print *(int*)0x00800000", "kill");
        Assert.Matches(@"priv\s+0x0\s+prv:0 \[User/Application\]", said);
        Assert.Matches(@"satp\s+0x8", said);
        Assert.Matches(@"=> 0x10000:", said);
        Assert.Contains("Cannot access memory at address 0x800000", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_register_is_not_read_behind_the_guest_s_back() =>
        Assert.Contains("Cannot access memory at address 0x40042008", Debug("hello", "print *(int*)0x40042008", "kill"), StringComparison.Ordinal);

    [Fact]
    public void The_guest_s_death_is_a_signal_with_its_reason()
    {
        string said = Debug("crash_jump", "continue", "info registers mcause", "kill");
        Assert.Contains("SIGSEGV", said, StringComparison.Ordinal);
        Assert.Matches(@"guest died at pc 0x", said);
    }

    [Fact]
    public void A_run_goes_on_when_the_debugger_lets_go_of_it()
    {
        using Process process = Start("tick", out int port, "--until", "tick 300 at");
        Gdb("tick", port, "break on_trap", "continue", "detach");
        Assert.Contains("tick 300 at", Xous.Finish(process).Expect(0).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_runs_for_ever_is_interrupted()
    {
        using Process process = Start("tick", out int port);
        using Socket socket = Connect(port);
        Assert.Equal("OK", Ask(socket, "QStartNoAckMode"));
        socket.Send("+"u8);
        SendPacket(socket, "vCont;c");
        socket.Send([0x03]);
        Assert.Equal("T02thread:1;", ReadPacket(socket));
        Assert.Equal("T02thread:1;", Ask(socket, "?"));
        SendPacket(socket, "k");
        Assert.Contains("ended by the debugger", Xous.Finish(process).Expect(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_packet_or_no_command_harms_nothing()
    {
        using Process process = Start("hello", out int port);
        using (Socket rude = Connect(port))
        {
            rude.Send("$m0,4"u8); // and gone in the middle of it
        }

        using Socket socket = Connect(port);
        socket.Send("garbage$g#00"u8);
        Assert.Equal('-', ReadByte(socket));
        SendPacket(socket, new string('a', 0x5000));
        Assert.Equal('-', ReadByte(socket));
        Assert.Equal("OK", Ask(socket, "QStartNoAckMode"));
        socket.Send("+"u8);
        string[] malformed =
        [
            "", "m", "m,", "mzz,1", "m0", "m0,1,2", "M0,1", "M0,1:", "M0,2:0", "X0,ffffffff:a", "p", "pzzz", "P1", "P1=", "P1=1234567", "G00",
            "Z0", "Z0,x,1", "Z2,0", "Z9,0,0", "Z2,0,0", "vCont;", "vCont;x", "qXfer:features:read:target.xml:", "qXfer:features:read:target.xml:z,1",
            "qXfer:features:read:other:0,1", "qRcmd,", "qRcmd,6", "qRcmd,zz", "H", "T", "!", "\u0001", "czzzzzzzzz", "bs",
        ];
        foreach (string packet in malformed)
        {
            string answer = Ask(socket, packet);
            Assert.True(answer.Length < 200, $"'{packet}' got '{answer}'");
        }

        Assert.Equal("", Ask(socket, "m60060300,0"));
        Assert.Equal("E0e", Ask(socket, "mfffffffe,4"));
        Assert.Equal(8, Ask(socket, "m60060300,4").Length);
        Assert.Equal((0x4000 - 2), Ask(socket, "m61000000,ffffffff").Length);
        Assert.Equal(33 * 8, Ask(socket, "g").Length);
        SendPacket(socket, "k");
        Xous.Finish(process).Expect(0);
    }

    [Fact]
    public void A_debugger_that_stops_in_the_middle_of_a_packet_does_not_keep_the_run_from_ending()
    {
        Process process = Start("hello", out int port);
        using Socket socket = Connect(port);
        Assert.Equal("OK", Ask(socket, "QStartNoAckMode"));
        socket.Send("$m0"u8);
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        Assert.Contains("terminated at cycle 0", Xous.Finish(process).Expect(5).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_debugger_that_goes_away_takes_its_stops_with_it()
    {
        using Process process = Start("tick", out int port);
        using (Socket first = Connect(port))
        {
            Assert.Equal("OK", Ask(first, "Z2,61000000,200000")); // every store to SRAM
            SendPacket(first, "c");
            Assert.StartsWith("T05watch:61", ReadPacket(first), StringComparison.Ordinal);
        }

        using Socket second = Connect(port);
        SendPacket(second, "c");
        Assert.StartsWith(
            "start at",
            await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        second.Send([0x03]);
        Assert.Equal("T02thread:1;", ReadPacket(second));
        SendPacket(second, "k");
        Xous.Finish(process).Expect(0);
    }

    [Fact]
    public void A_port_that_is_none_or_is_taken_and_a_second_way_to_stop_are_refused()
    {
        Xous.Cloud("run", Guests.Elf("hello"), "--gdb", "65536").ExpectBadInput("gdb_port_invalid");
        Xous.Cloud("run", Guests.Elf("hello"), "--gdb", "0", "--stop-on-write", "main").ExpectBadInput("gdb_and_stop_on_write");
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string port = ((IPEndPoint)taken.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Xous.Cloud("run", Guests.Elf("hello"), "--gdb", port).ExpectBadInput("gdb_port_unusable");
    }

    // A run under gdb with these commands; what gdb said.
    private static string Debug(string guest, params string[] commands)
    {
        using Process process = Start(guest, out int port);
        try
        {
            return Gdb(guest, port, commands);
        }
        finally
        {
            process.Kill();
        }
    }

    private static Process Start(string guest, out int port, params string[] options)
    {
        Process process = Xous.Start(["run", Guests.Elf(guest), "--gdb", "0", .. options]);
        string line = process.StandardError.ReadLine()!;
        port = int.Parse(Port().Match(line).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        return process;
    }

    private static string Gdb(string guest, int port, params string[] commands)
    {
        string[] arguments =
        [
            "-nx", "-batch", "-ex", "set confirm off", "-ex", "set pagination off", "-ex", "set width 0", "-ex", $"file {Guests.Elf(guest)}",
            "-ex", $"target remote 127.0.0.1:{port}", .. commands.SelectMany(command => new[] { "-ex", command }),
        ];
        ProcessStartInfo start = new("gdb-multiarch", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process gdb = Process.Start(start)!;
            Task<string> errors = gdb.StandardError.ReadToEndAsync();
            Task<string> output = gdb.StandardOutput.ReadToEndAsync();
            if (!gdb.WaitForExit(Limit))
            {
                gdb.Kill();
                Assert.Fail("gdb did not end.");
            }

            return output.Result + errors.Result;
        }
        catch (Win32Exception)
        {
            Assert.Skip("gdb-multiarch is not installed on this machine.");
            throw;
        }
    }

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Limit.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static string Ask(Socket socket, string packet)
    {
        SendPacket(socket, packet);
        return ReadPacket(socket);
    }

    private static void SendPacket(Socket socket, string payload)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(payload);
        socket.Send([(byte)'$', .. bytes, (byte)'#', .. Encoding.ASCII.GetBytes($"{(byte)bytes.Sum(b => b):x2}")]);
    }

    private static string ReadPacket(Socket socket)
    {
        while (ReadByte(socket) != '$')
        {
        }

        StringBuilder text = new();
        for (char read = ReadByte(socket); read != '#'; read = ReadByte(socket))
        {
            text.Append(read);
        }

        ReadByte(socket);
        ReadByte(socket);
        return text.ToString();
    }

    private static char ReadByte(Socket socket)
    {
        byte[] one = new byte[1];
        Assert.Equal(1, socket.Receive(one));
        return (char)one[0];
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+);")]
    private static partial Regex Port();

    [GeneratedRegex(@"pc\s+0x[0-9a-f]+")]
    private static partial Regex ProgramCounter();
}
