// The loop of an SPIM's command list: what stands between RPT and RPT_END is recorded first and executed after.
// Facts: RTL of udma_qspi's control: a buffer of five commands that turns round; the count is looked at when the
// first of them comes up, so that one is executed once more when the loop ends; a matched RX_CHECK ends the loop
// with the command that comes up next.

namespace XousCloud.Emulator.Peripherals;

/// <summary>RPT, RPT_END and what is between.</summary>
public sealed class SpimLoop
{
    private const int Capacity = 5;

    private const uint STATUS_MATCHED = 1;
    private const uint STATUS_END = 2;

    private readonly uint[] body = new uint[Capacity];
    [Derived("limited when it is loaded")]
    private int length;
    [Derived("limited when it is loaded")]
    private int next;
    private uint left;
    private bool matched;

    /// <summary>Between RPT and RPT_END: commands are kept and not executed.</summary>
    public bool IsRecording { get; private set; }

    /// <summary>Commands come from the loop and not from the channel.</summary>
    public bool IsReplaying { get; private set; }

    /// <summary>How the last loop ended: 0 not yet, 1 by a match, 2 by its count.</summary>
    public uint Status { get; private set; }

    /// <summary>RPT.</summary>
    /// <param name="count">How often.</param>
    public void Begin(uint count)
    {
        Array.Clear(body);
        length = next = 0;
        left = count;
        IsRecording = true;
        Status = 0;
    }

    /// <summary>Keeps a command; one more than there is room for is lost.</summary>
    public void Record(uint command)
    {
        if (length < Capacity)
        {
            body[length++] = command;
        }
    }

    /// <summary>RPT_END.</summary>
    public void Replay()
    {
        IsRecording = false;
        IsReplaying = true;
    }

    /// <summary>RX_CHECK has compared.</summary>
    public void Check(bool result) => matched = result;

    /// <summary>The next command of the loop.</summary>
    /// <returns>False where the loop is empty: the block waits for a command that never comes.</returns>
    public bool TryNext(out uint command)
    {
        command = 0;
        if (length == 0)
        {
            return false;
        }

        bool first = next == 0;
        command = body[next];
        next = (next + 1) % length;
        if (matched || (first && left == 0))
        {
            Status = matched ? STATUS_MATCHED : STATUS_END;
            matched = IsReplaying = false;
        }
        else if (first)
        {
            left--;
        }

        return true;
    }

    public void Reset()
    {
        Begin(0);
        matched = IsRecording = IsReplaying = false;
    }

    public void State(StateStream state)
    {
        bool recording = IsRecording;
        bool replaying = IsReplaying;
        uint status = Status;
        state.U32s(body);
        state.I32(ref length);
        state.I32(ref next);
        state.U32(ref left);
        state.Bool(ref matched);
        state.Bool(ref recording);
        state.Bool(ref replaying);
        state.U32(ref status);
        length = Math.Clamp(length, 0, Capacity);
        next = length == 0 ? 0 : (int)((uint)next % (uint)length);
        IsRecording = recording;
        IsReplaying = replaying;
        Status = status;
    }
}
