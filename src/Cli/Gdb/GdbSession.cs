// A debugger's session with a run: its commands, one after the other. The machine stands still unless one of them lets it
// go on. Facts: GDB manual, appendix Remote Protocol, Packets and General Query Packets. A command that is not known gets an
// empty answer, as the protocol has it.

using System.Text;
using XousCloud.Emulator;

namespace XousCloud.Cli.Gdb;

/// <summary>How a session ended.</summary>
internal enum GdbSessionEnd
{
    /// <summary>The connection is gone; the machine stands where it stood.</summary>
    Disconnected,

    /// <summary>The run goes on without a debugger.</summary>
    Detached,

    /// <summary>The debugger ended the run, or the run is over.</summary>
    Over,
}

/// <summary>Serves one debugger.</summary>
internal sealed class GdbSession(LocalRun run, GdbConnection connection, StopSignals signals)
{
    private const int SIGINT = 2;
    private const int SIGTRAP = 5;
    private const int SIGSEGV = 11;

    private readonly GdbTarget target = new(run.Machine);
    private string lastStop = "";

    /// <summary>How the run ended, once it has.</summary>
    public RunEnd? RunEnd { get; private set; }

    /// <summary>Answers commands until the session ends.</summary>
    public GdbSessionEnd Serve()
    {
        lastStop = target.StopReply(SIGTRAP);
        while (true)
        {
            if (connection.Read() is not { } packet)
            {
                return GdbSessionEnd.Disconnected;
            }

            if (packet.Payload is null)
            {
                continue; // an interrupt that came too late: the machine stands
            }

            if (Handle(packet) is { } ended)
            {
                return ended;
            }
        }
    }

    private GdbSessionEnd? Handle(GdbPacket packet)
    {
        string command = packet.Text;
        switch (command)
        {
            case "k" or "vKill;1":
                RunEnd = run.EndByDebugger();
                if (command != "k") // which has no answer
                {
                    connection.Write(GdbTarget.Ok);
                }

                return GdbSessionEnd.Over;
            case "D" or "D;1":
                connection.Write(GdbTarget.Ok);
                return GdbSessionEnd.Detached;
            case "QStartNoAckMode":
                connection.Write(GdbTarget.Ok);
                connection.Acknowledges = false;
                return null;
        }

        if (Motion(command) is not { } steps)
        {
            connection.Write(Answer(packet));
            return null;
        }

        connection.Write(lastStop = steps ? Step() : Continue());
        return lastStop[0] == 'W' ? GdbSessionEnd.Over : null;
    }

    // Whether a command steps (true) or continues (false); null for any other. An address to go on at sets the pc. Of the
    // actions of a vCont the first is meant: there is one thread.
    private bool? Motion(string command)
    {
        const string ForThreads = "vCont;";
        bool forThreads = command.StartsWith(ForThreads, StringComparison.Ordinal);
        string action = forThreads ? command[ForThreads.Length..].Split(';', ':')[0] : command;
        if (action.Length == 0 || action[0] is not ('c' or 'C' or 's' or 'S'))
        {
            return null;
        }

        if (!forThreads && (action[0] is 'c' or 's') && action.Length > 1)
        {
            if (!GdbTarget.TryNumber(action[1..], out uint pc))
            {
                return null;
            }

            run.Machine.Hart.SetPc(pc);
        }

        return action[0] is 's' or 'S';
    }

    private string Step()
    {
        run.Machine.Debug.ClearHit();
        run.StepByDebugger();
        return Stopped(interrupted: false);
    }

    // Beyond the breakpoint where the machine stands, then on.
    private string Continue()
    {
        run.Machine.Debug.ClearHit();
        run.StepByDebugger();
        bool interrupted = false;
        RunEnd = run.Machine.Debug.Hit is null ? run.RunFor(signals, () => run.Machine.Debug.Hit is not null || (interrupted = IsInterrupted())) : null;
        return Stopped(interrupted);
    }

    private bool IsInterrupted()
    {
        Machine machine = run.Machine;
        bool waitsForEver = machine.IsWaiting && machine.NextEvent is null;
        return connection.Wait(waitsForEver ? GdbConnection.Glance : TimeSpan.Zero);
    }

    private string Stopped(bool interrupted)
    {
        if (RunEnd is { Code: ExitCode.GuestDied } death)
        {
            Print(death.Message + "\n");
            RunEnd = null; // the debugger may look around and reset
            return target.StopReply(SIGSEGV);
        }

        return RunEnd is { } end ? $"W{(int)end.Code:x2}" : target.StopReply(interrupted ? SIGINT : SIGTRAP);
    }

    private string Answer(GdbPacket packet)
    {
        string command = packet.Text;
        if (command.Length == 0)
        {
            return "";
        }

        string rest = command[1..];
        switch (command[0])
        {
            case '?':
                return lastStop;
            case 'g':
                return target.ReadRegisters();
            case 'G':
                return target.WriteRegisters(rest);
            case 'p':
                return target.ReadRegister(rest);
            case 'P':
                return target.WriteRegister(rest);
            case 'm':
                return target.ReadMemory(rest);
            case 'M' when rest.Split(':') is [string range, string digits]:
                return GdbTarget.TryBytes(digits, out byte[] bytes) ? target.WriteMemory(range, bytes) : GdbTarget.Malformed;
            case 'X' when rest.Split(':', 2) is [string range, string body]:
                return target.WriteMemory(range, Encoding.Latin1.GetBytes(body));
            case 'M' or 'X':
                return GdbTarget.Malformed;
            case 'Z' or 'z':
                return target.ChangeStop(rest, command[0] == 'Z');
            case 'H' or 'T':
                return GdbTarget.Ok; // there is one thread
            case 'q':
                return Query(command);
            default:
                return command == "vCont?" ? "vCont;c;C;s;S" : "";
        }
    }

    private string Query(string command)
    {
        string[] parts = command.Split([':', ',', ';'], 2);
        switch (parts[0])
        {
            case "qSupported":
                return $"PacketSize={GdbConnection.LongestPayload:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+";
            case "qAttached":
                return "1";
            case "qC":
                return "QC1";
            case "qfThreadInfo":
                return "m1";
            case "qsThreadInfo":
                return "l";
            case "qXfer" when parts is [_, string transfer] && transfer.StartsWith("features:read:target.xml:", StringComparison.Ordinal):
                return Part(TargetDescription.Xml(run.Machine.Hart), transfer.Split(':')[^1]);
            case "qRcmd" when parts is [_, string digits]:
                return GdbTarget.TryBytes(digits, out byte[] bytes) ? Monitor(Encoding.Latin1.GetString(bytes).Trim()) : GdbTarget.Malformed;
            default:
                return "";
        }
    }

    // monitor COMMAND.
    private string Monitor(string command)
    {
        switch (command)
        {
            case "reset":
                run.Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
                run.Machine.Debug.ClearHit();
                lastStop = target.StopReply(SIGTRAP);
                return Said("The power was switched off and on.\n");
            case "cycles":
                return Said($"cycle {run.Machine.Cycle}, {VirtualTime.Text(run.Machine.Nanoseconds)}\n");
            default:
                return Said("monitor reset: switch the power off and on\nmonitor cycles: the time\n");
        }
    }

    private static string Part(string text, string range)
    {
        string[] sides = range.Split(',');
        if (sides.Length != 2 || !GdbTarget.TryNumber(sides[0], out uint offset) || !GdbTarget.TryNumber(sides[1], out uint length))
        {
            return GdbTarget.Malformed;
        }

        int from = (int)Math.Min(offset, (uint)text.Length);
        int count = (int)Math.Min(Math.Min(length, GdbConnection.LongestPayload - 1), (uint)(text.Length - from));
        return string.Concat(from + count == text.Length ? "l" : "m", text.AsSpan(from, count));
    }

    private static string Said(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private void Print(string text) => connection.Write("O" + Said(text));
}
