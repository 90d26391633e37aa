// The whole command line: parses, runs a command, and turns every way to end into an exit code and a message.

using System.CommandLine;
using System.CommandLine.Parsing;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="arguments">As the shell gives them, without the program's name.</param>
    /// <param name="streams">Where it writes.</param>
    public static ExitCode Run(IReadOnlyList<string> arguments, Streams streams)
    {
        RootCommand root = new("Runs firmware for the Baochip-1x on an emulated device.")
        {
            new RunCommand().Create(streams),
            new InspectCommand().Create(streams),
            new DisassembleCommand().Create(streams),
            BoardsCommand.Create(streams),
        };

        // No response files: text to send may well start with "@".
        ParseResult parsed = root.Parse(
            arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                streams.Error.WriteLine($"error: {error.Message}");
            }

            string command = parsed.CommandResult.Command == root ? "" : $" {parsed.CommandResult.Command.Name}";
            streams.Error.WriteLine($"`xouscloud{command} --help` says what there is.");
            return ExitCode.BadInput;
        }

        try
        {
            using StreamWriter help = new(streams.Output, leaveOpen: true);
            return (ExitCode)parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = help, Error = streams.Error });
        }
        catch (BadInputException e)
        {
            return BadInput(e.Code, e.Message, e.Advice, streams.Error);
        }
        catch (FirmwareFormatException e)
        {
            return BadInput(e.Code, e.Message, e.Advice, streams.Error);
        }
        catch (Exception e) when (e is OutOfMemoryException or IOException or UnauthorizedAccessException)
        {
            streams.Error.WriteLine($"error: the host cannot: {e.Message}");
            return ExitCode.HostLimit;
        }
        catch (Exception e)
        {
            streams.Error.WriteLine("internal error: this is a fault of xouscloud, please report it with the firmware.");
            streams.Error.WriteLine(e);
            return ExitCode.Internal;
        }
    }

    private static ExitCode BadInput(string code, string message, string advice, TextWriter error)
    {
        error.WriteLine($"error {code}: {message}");
        error.WriteLine(advice);
        return ExitCode.BadInput;
    }
}
