// What a run does with the console: send this text after that output, in order, then wait for the last pattern.
// Each pattern looks only at what was printed since the text before it was sent, so that a prompt that was
// answered does not count again.

using System.Text;

namespace XousCloud.Cli;

/// <summary>Text to send, and the output that it waits for; null to send at once.</summary>
internal sealed record ConsoleSend(ReadOnlyMemory<byte> Bytes, ConsolePattern? After);

/// <summary>Follows the output of one console and says when something is to be done.</summary>
internal sealed class ConsoleScript
{
    // Enough for the window after the older half has been dropped.
    private const int KeptCharacters = 4 * ConsolePattern.Window;

    private readonly IReadOnlyList<ConsoleSend> sends;
    private readonly ConsolePattern? until;
    private readonly char[] text = new char[KeptCharacters];
    private int length;
    private int lineStart;
    private int from;
    private int sent;

    public ConsoleScript(IReadOnlyList<ConsoleSend> sends, ConsolePattern? until)
    {
        this.sends = sends;
        this.until = until;
        Look();
    }

    /// <summary>Whether all was sent and the last pattern was found.</summary>
    public bool IsMet { get; private set; }

    /// <summary>Whether <see cref="TakeSend"/> has something.</summary>
    public bool HasSend { get; private set; }

    /// <summary>The pattern that is waited for now, or null where none is.</summary>
    public ConsolePattern? Awaited => sent < sends.Count ? sends[sent].After : until;

    /// <summary>The last lines printed, for a message about what did not come.</summary>
    public string Tail
    {
        get
        {
            ReadOnlySpan<char> tail = text.AsSpan(0, length).TrimEnd();
            tail = tail[Math.Max(0, tail.Length - 120)..];
            StringBuilder shown = new();
            foreach (char c in tail[(tail.LastIndexOf('\n') + 1)..])
            {
                shown.Append(char.IsControl(c) ? '.' : c);
            }

            return shown.ToString();
        }
    }

    /// <summary>Takes one byte of output.</summary>
    /// <returns>Whether there is something to do now.</returns>
    public bool Add(byte value)
    {
        if (length == text.Length)
        {
            Drop(length / 2);
        }

        text[length++] = (char)value;
        bool due = !IsMet && !HasSend && Look();
        if (value == '\n')
        {
            lineStart = length;
        }

        return due;
    }

    /// <summary>The next text to send; output is looked at afresh from here on.</summary>
    public ReadOnlyMemory<byte> TakeSend()
    {
        ReadOnlyMemory<byte> bytes = sends[sent++].Bytes;
        from = length;
        HasSend = false;
        Look();
        return bytes;
    }

    private bool Look()
    {
        bool found = Awaited is { } pattern
            ? pattern.IsIn(text.AsSpan(0, length), lineStart, from)
            : sent < sends.Count;
        HasSend = found && sent < sends.Count;
        IsMet = found && sent == sends.Count;
        return found;
    }

    private void Drop(int count)
    {
        text.AsSpan(count, length - count).CopyTo(text);
        length -= count;
        lineStart = Math.Max(0, lineStart - count);
        from = Math.Max(0, from - count);
    }
}
