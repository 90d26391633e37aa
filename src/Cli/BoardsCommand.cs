// `xouscloud boards`: what a device can be.

using System.CommandLine;
using System.Text;
using XousCloud.Emulator.Boards;

namespace XousCloud.Cli;

internal static class BoardsCommand
{
    public static Command Create(Streams streams)
    {
        Command command = new("boards", "List the boards.");
        command.SetAction(_ =>
        {
            StringBuilder text = new();
            foreach (Board board in Board.All)
            {
                string buttons = string.Join(", ", board.Buttons.Select(button => $"{button.Name} on {Pin.Name(button.Pin)}"));
                text.Append($"{board.Id}: {board.Name}; console {board.Console.ToString().ToLowerInvariant()}");
                text.Append(buttons.Length > 0 ? $"; buttons {buttons}" : "");
                string keys = string.Join(", ", board.Keys.Select(key => key.Name));
                text.Append(keys.Length > 0 ? $"; keys {keys}\n" : "\n");
            }

            streams.WriteOutput(text.ToString());
            return (int)ExitCode.Met;
        });
        return command;
    }
}
