// `xouscloud run`: the options, and their way into a RunRequest.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal sealed class RunCommand
{
    private const uint DefaultSeconds = 10;
    private const uint DefaultSecondsOfUntil = 60;

    private readonly Argument<string[]> files = SharedOptions.Files();
    private readonly Option<string?> entry = SharedOptions.Entry();
    private readonly Option<string?> board = new("--board")
    {
        HelpName = "BOARD",
        Description = "The board; `xouscloud boards` lists them. Default: the one that the firmware implies, else dabao.",
    };

    private readonly Option<string?> console = new("--console")
    {
        HelpName = "PORT",
        Description = "The port that goes to standard output and that --send talks to: uart0 to uart3, duart, usb. "
            + "Default: the board's console.",
    };

    private readonly Option<string?> until = new("--until")
    {
        HelpName = "REGEX",
        Description = "End with code 0 as soon as the console's output matches, after all --send and --press. "
            + $"A match spans at most {ConsolePattern.Window} bytes.",
    };

    private readonly Option<string[]> send = new("--send")
    {
        HelpName = "TEXT",
        Description = @"Type this, with \r \n \t \e \0 \\ \xNN as escapes. May stand several times; "
            + "all --send and --press happen in the order in which they stand.",
    };

    private readonly Option<string[]> press = new("--press")
    {
        HelpName = "BUTTON",
        Description = "Press this button or key of the board for 100 ms of virtual time, such as PROG or Up.",
    };

    private readonly Option<string[]> after = new("--after")
    {
        HelpName = "REGEX",
        Description = "Hold the --send or --press beside it until the output since the previous one matches. "
            + "Without it they happen at once; text that comes before the firmware listens is lost, as on the chip.",
    };

    private readonly Option<string?> maxTime = new("--max-time")
    {
        HelpName = "VIRTUAL",
        Description = "End with code 4 at this virtual time: 10s, 500ms, 250us, or CPU cycles as 1000c. "
            + $"Default: {DefaultSeconds}s, with --until, --send or --press {DefaultSecondsOfUntil}s.",
    };

    private readonly Option<string?> maxWallTime = new("--max-wall-time")
    {
        HelpName = "TIME",
        Description = "End with code 5 after this time of the host, such as 90s. Default: no limit.",
    };

    private readonly Option<bool> realTime = new("--real")
    {
        Description = "Run no faster than real time. Default: as fast as this computer can.",
    };

    private readonly Option<string?> engine = new("--engine")
    {
        HelpName = "ENGINE",
        Description = "How instructions are executed: translator (the host's code), threaded (on every host), stepper (the slow "
            + "reference), or auto (the default: translator where the host allows it). The result is the same.",
    };

    private readonly Option<bool> cold = new("--cold")
    {
        Description = "Start at the reset vector as silicon does. Default: at the firmware's entry, in the state boot1 leaves.",
    };

    private readonly Option<string[]> powerCut = new("--power-cut")
    {
        HelpName = "VIRTUAL",
        Description = "Switch the power off and on at this virtual time, such as 500ms or 1000c: RRAM and flash keep what "
            + "they hold, a line that is being written is the old one. May stand several times.",
    };

    private readonly Option<string?> seed = new("--seed")
    {
        HelpName = "N",
        Description = "Where the device's randomness comes from. Default: 0.",
    };

    private readonly Option<string[]> counter = new("--counter")
    {
        HelpName = "N=V",
        Description = "Make the chip with one-way counter N, 0 to 255, at V. May stand several times. "
            + $"{OneWayCounter.BootWait} is bootwait, {OneWayCounter.BoardType} the board type, "
            + $"{OneWayCounter.DeveloperMode} developer mode. Default: as the board's maker sets them.",
    };

    private readonly Option<bool> developerMode = new("--developer-mode")
    {
        Description = "Make the chip as one that has run firmware of the developer key: its keys are erased, and loaders take "
            + $"kernels of that key. The same as --counter {OneWayCounter.DeveloperMode}=1.",
    };

    private readonly Option<string?> stopOnWrite = new("--stop-on-write")
    {
        HelpName = "ADDR|SYMBOL",
        Description = "End after a store to this word: with code 0, or 1 if something else is still waited for.",
    };

    private readonly Option<string?> gdb = new("--gdb")
    {
        HelpName = "PORT",
        Description = "Wait at the first instruction for a GDB (gdb-multiarch) at this port of 127.0.0.1, 0 for one that is "
            + "free. There is no limit of time then, unless --max-time or --max-wall-time sets one.",
    };

    private readonly Option<string[]> dump = new("--dump")
    {
        HelpName = "ADDR:LEN:FILE",
        Description = "Write this part of physical memory to a file at the end. May stand several times.",
    };

    private readonly Option<bool> hash = new("--hash")
    {
        Description = "Print the hash of the machine's final state as the last line of standard error.",
    };

    private readonly Option<bool> stats = new("--stats")
    {
        Description = "Print cycles, virtual time, instructions and speed to standard error.",
    };

    private readonly Option<bool> os = new("--os")
    {
        Description = "Print what a Xous was doing at the end to standard error: processes, servers, interrupt lines.",
    };

    private readonly Option<string?> ipc = new("--ipc")
    {
        HelpName = "FILE",
        Description = "Write each message between processes of a Xous to a file, as it is sent, received and answered; "
            + "- is standard error.",
    };

    /// <summary>The command, ready to be put into a command line.</summary>
    public Command Create(Streams streams)
    {
        Command command = new("run", "Run firmware on an emulated device, on this computer.")
        {
            files, board, console, until, send, press, after, maxTime, maxWallTime, realTime, engine, entry, cold, powerCut, seed, counter,
            developerMode, stopOnWrite, gdb, dump, hash, stats, os, ipc,
        };
        command.SetAction(parsed => (int)RunSession.Run(Read(parsed), streams));
        return command;
    }

    private RunRequest Read(ParseResult parsed)
    {
        FirmwareImage image = SharedOptions.Import(parsed, files, entry);
        Board chosen = ReadBoard(parsed.GetValue(board), image);
        uint? watched = parsed.GetValue(stopOnWrite) is { } place
            ? SharedOptions.AddressOrSymbol(place, image, stopOnWrite.Name)
            : null;
        List<ScriptStep> steps = ReadSteps(parsed, chosen);
        ConsolePattern? pattern = parsed.GetValue(until) is { } text ? new ConsolePattern(text, until.Name) : null;
        int? gdbPort = ReadGdbPort(parsed.GetValue(gdb));
        if (gdbPort is not null && watched is not null)
        {
            throw new BadInputException(
                "gdb_and_stop_on_write", "--stop-on-write ends the run that --gdb has in its hands.", "Watch the word in gdb: watch *(int*)ADDR.");
        }

        ConsolePort port = ReadPort(parsed.GetValue(console), chosen);
        if (port == ConsolePort.Duart && steps.OfType<SendText>().Any())
        {
            throw new BadInputException(
                "console_cannot_receive", "--send: DUART only transmits.", "Choose a UART or usb with --console.");
        }

        return new RunRequest
        {
            Image = image,
            Board = chosen,
            Console = port,
            Steps = steps,
            Until = pattern,
            MaxTime = gdbPort is not null && parsed.GetValue(maxTime) is null
                ? VirtualTime.Seconds(uint.MaxValue)
                : ReadMaxTime(parsed.GetValue(maxTime), pattern is not null || steps.Count > 0),
            MaxWallTime = ReadWallTime(parsed.GetValue(maxWallTime)),
            RealTime = parsed.GetValue(realTime),
            Engine = ReadEngine(parsed.GetValue(engine)),
            Cold = parsed.GetValue(cold),
            PowerCuts = [.. (parsed.GetValue(powerCut) ?? []).Select(text => ReadTime(text, powerCut.Name))],
            Seed = ReadSeed(parsed.GetValue(seed)),
            Factory = ReadFactory(parsed.GetValue(counter) ?? [], parsed.GetValue(developerMode)),
            StopOnWrite = watched,
            GdbPort = gdbPort,
            Dumps = [.. (parsed.GetValue(dump) ?? []).Select(ReadDump)],
            ShowHash = parsed.GetValue(hash),
            ShowStatistics = parsed.GetValue(stats),
            ShowOs = parsed.GetValue(os),
            IpcFile = parsed.GetValue(ipc),
        };
    }

    private static Board ReadBoard(string? id, FirmwareImage image)
    {
        string wanted = id ?? image.Board ?? "dabao";
        return Board.Find(wanted) ?? throw new BadInputException(
            "board_unknown",
            id is null ? $"The firmware is for the board '{wanted}', which there is none of yet." : $"There is no board '{wanted}'.",
            $"Choose one with --board: {string.Join(", ", Board.All.Select(known => known.Id))}.");
    }

    private static ConsolePort ReadPort(string? name, Board board)
    {
        if (name is null)
        {
            return board.Console;
        }

        foreach (ConsolePort port in Enum.GetValues<ConsolePort>())
        {
            if (string.Equals(port.ToString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return port;
            }
        }

        throw new BadInputException("console_unknown", $"There is no port '{name}'.", "Choose uart0 to uart3, duart, or usb.");
    }

    private static EngineKind ReadEngine(string? name) => name switch
    {
        null or "auto" => EngineKind.Auto,
        "translator" => EngineKind.Translator,
        "threaded" => EngineKind.Threaded,
        "stepper" => EngineKind.Stepper,
        _ => throw new BadInputException(
            "engine_unknown", $"There is no engine '{name}'.", "Choose auto, translator, threaded or stepper."),
    };

    private static int? ReadGdbPort(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort ? port
        : throw new BadInputException("gdb_port_invalid", $"--gdb: '{text}' is not a port.", "Write a number up to 65535, or 0 for a free port.");

    private static ulong ReadSeed(string? text) => text is null ? 0
        : Numbers.TryParse(text, out ulong value) ? value
        : throw new BadInputException("seed_invalid", $"--seed: '{text}' is not a number of 64 bits.", "Write it like 42 or 0x2a.");

    private static FactorySettings ReadFactory(string[] settings, bool developerMode)
    {
        if (settings.Length == 0 && !developerMode)
        {
            return FactorySettings.None;
        }

        Dictionary<int, uint> counters = [];
        foreach (string setting in settings)
        {
            string[] sides = setting.Split('=');
            if (sides.Length != 2 || !Numbers.TryParse(sides[0], out uint number) || number >= OneWayCounter.Count
                || !Numbers.TryParse(sides[1], out uint value))
            {
                throw new BadInputException(
                    "counter_invalid", $"--counter: '{setting}' is not N=V.", "Write it like 80=1; N is 0 to 255, V a number of 32 bits.");
            }

            counters[(int)number] = value;
        }

        if (developerMode)
        {
            counters.TryAdd(OneWayCounter.DeveloperMode, 1);
        }

        return new FactorySettings(counters);
    }

    private VirtualTime ReadMaxTime(string? text, bool waits)
    {
        if (text is null)
        {
            return VirtualTime.Seconds(waits ? DefaultSecondsOfUntil : DefaultSeconds);
        }

        return ReadTime(text, maxTime.Name);
    }

    private static VirtualTime ReadTime(string text, string option) =>
        VirtualTime.TryParse(text, out VirtualTime? time) ? time : throw new BadInputException(
            "time_invalid",
            $"{option}: '{text}' is not a length of time.",
            "Write it with its unit: 10s, 500ms, 250us, 40ns, or 1000c for CPU cycles.");

    private static TimeSpan? ReadWallTime(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return VirtualTime.TryParse(text, out VirtualTime? time) && time.Nanoseconds is { } nanoseconds
            ? TimeSpan.FromMicroseconds(nanoseconds / 1e3)
            : throw new BadInputException(
                "time_invalid", $"--max-wall-time: '{text}' is not a length of time.", "Write it with its unit: 90s, 500ms.");
    }

    // Pairs --send and --press with --after by where they stand, which the parser's arrays no longer say.
    private List<ScriptStep> ReadSteps(ParseResult parsed, Board board)
    {
        List<ScriptStep> steps = [];
        ConsolePattern? early = null;
        bool open = false;
        string option = "";
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type != TokenType.Argument)
            {
                option = token.Value;
                continue;
            }

            if (option == send.Name || option == press.Name)
            {
                steps.Add(option == send.Name
                    ? new SendText(EscapedText.ToBytes(token.Value, option), early)
                    : new Press(ReadSwitch(token.Value, board), early));
                open = early is null;
                early = null;
            }
            else if (option == after.Name)
            {
                ConsolePattern pattern = new(token.Value, option);
                if (open)
                {
                    steps[^1] = steps[^1] with { After = pattern };
                    open = false;
                }
                else if (early is null)
                {
                    early = pattern;
                }
                else
                {
                    throw AfterAlone();
                }
            }

            option = "";
        }

        return early is null ? steps : throw AfterAlone();
    }

    private static BoardSwitch ReadSwitch(string name, Board board) => board.FindSwitch(name)
        ?? throw new BadInputException(
            "button_unknown",
            $"The board '{board.Id}' has no button or key '{name}'.",
            $"It has: {string.Join(", ", board.Switches.Select(known => known.Name))}.");

    private static BadInputException AfterAlone() => new(
        "after_alone", "--after stands without a --send or --press.", "Write them in pairs: --send TEXT --after REGEX.");

    private static MemoryDump ReadDump(string text)
    {
        string[] parts = text.Split(':', 3);
        if (parts.Length == 3 && parts[2].Length > 0
            && Numbers.TryParse(parts[0], out uint address) && Numbers.TryParse(parts[1], out uint length) && length > 0)
        {
            return new MemoryDump(address, length, parts[2]);
        }

        throw new BadInputException(
            "dump_invalid", $"--dump: '{text}' is not ADDR:LEN:FILE.", "Write it like 0x61000000:4096:memory.bin.");
    }
}
