// What the outside does during a run: send this text and press that button, each after some output and in order,
// then wait for the last pattern. Each pattern looks only at what was printed since the step before it, so that
// a prompt that was answered does not count again.

using System.Text;
using XousCloud.Emulator.Boards;

namespace XousCloud.Cli;

/// <summary>Something to do, and the output that it waits for; null to do it at once.</summary>
internal abstract record ScriptStep(ConsolePattern? After);

/// <summary>Types on the console.</summary>
internal sealed record SendText(ReadOnlyMemory<byte> Bytes, ConsolePattern? After) : ScriptStep(After);

/// <summary>Presses a button or key for a moment.</summary>
internal sealed record Press(BoardSwitch Switch, ConsolePattern? After) : ScriptStep(After);

/// <summary>Follows the output of one console and says when something is to be done.</summary>
internal sealed class RunScript
{
    // Enough for the window after the older half has been dropped.
    private const int KeptCharacters = 16 * ConsolePattern.Window;

    private readonly IReadOnlyList<ScriptStep> steps;
    private readonly ConsolePattern? until;
    private readonly char[] text = new char[KeptCharacters];
    private int length;
    private int lineStart;
    private int from;
    private int taken;

    public RunScript(IReadOnlyList<ScriptStep> steps, ConsolePattern? until)
    {
        this.steps = steps;
        this.until = until;
        Look();
    }

    /// <summary>Whether all steps were taken and the last pattern was found.</summary>
    public bool IsMet { get; private set; }

    /// <summary>Whether <see cref="TakeStep"/> has something.</summary>
    public bool HasStep { get; private set; }

    /// <summary>The pattern that is waited for now, or null where none is.</summary>
    public ConsolePattern? Awaited => taken < steps.Count ? steps[taken].After : until;

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
        bool due = !IsMet && !HasStep && Look();
        if (value == '\n')
        {
            lineStart = length;
        }

        return due;
    }

    /// <summary>The next thing to do; output is looked at afresh from here on.</summary>
    public ScriptStep TakeStep()
    {
        ScriptStep step = steps[taken++];
        from = length;
        HasStep = false;
        Look();
        return step;
    }

    private bool Look()
    {
        bool found = Awaited is { } pattern
            ? pattern.IsIn(text.AsSpan(0, length), lineStart, from)
            : taken < steps.Count;
        HasStep = found && taken < steps.Count;
        IsMet = found && taken == steps.Count;
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
