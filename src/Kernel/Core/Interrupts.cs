// Interrupts to handlers in user space (xous-abi 5.5). A handler is thread 0 of its process; all lines are off while it
// runs, and it may make only the calls that cannot wait.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private const int LineCount = 32;

    /// <summary>The lines that may interrupt now, for the processor's mask.</summary>
    public readonly uint InterruptMask => IsInInterrupt ? 0 : claimedLines;

    /// <summary>Runs the handler of the lowest of the pending lines; nothing if none is claimed.</summary>
    public void Interrupt(uint pending)
    {
        uint claimed = pending & InterruptMask;
        if (claimed == 0)
        {
            return;
        }

        int line = BitOperations.TrailingZeroCount(claimed);
        uint owner = lines[line].Process;
        ref Process process = ref processes[(int)owner];
        ref ThreadContext handler = ref Context(owner, Process.InterruptThread);
        handler.Pc = lines[line].Handler;
        handler.A0 = (uint)line;
        handler.A1 = lines[line].Argument;
        handler.StackPointer = Context(owner, process.LastThread).StackPointer;
        handler.ReturnAddress = AddressMap.ReturnFromInterrupt;
        interruptedProcess = CurrentProcess;
        interruptedThread = CurrentThread;
        endsTurn = false;
        IsInInterrupt = true;
        CurrentProcess = owner;
        CurrentThread = Process.InterruptThread;
    }

    private void LeaveInterrupt()
    {
        IsInInterrupt = false;
        if (endsTurn || interruptedProcess == 0 || !processes[(int)interruptedProcess].Exists)
        {
            ScheduleNext();
        }
        else
        {
            RunOrSchedule(interruptedProcess, interruptedThread);
        }
    }

    private void ClaimInterrupt(ref ThreadContext context)
    {
        uint line = context.A1;
        if (line >= LineCount)
        {
            context.Answer(XousError.InterruptNotFound);
        }
        else if (lines[(int)line].Process != 0)
        {
            context.Answer(XousError.InterruptInUse);
        }
        else
        {
            lines[(int)line] = new InterruptLine { Process = CurrentProcess, Handler = context.A2, Argument = context.A3 };
            claimedLines |= 1u << (int)line;
            context.Answer(XousError.None);
        }
    }

    private void FreeInterrupt(ref ThreadContext context)
    {
        uint line = context.A1;
        if (line >= LineCount || lines[(int)line].Process != CurrentProcess)
        {
            context.Answer(XousError.InterruptNotFound);
        }
        else
        {
            FreeLine((int)line);
            context.Answer(XousError.None);
        }
    }

    private void FreeLine(int line)
    {
        lines[line] = default;
        claimedLines &= ~(1u << line);
    }

    private bool OwnsInterrupt(uint process)
    {
        for (int line = 0; line < LineCount; line++)
        {
            if (lines[line].Process == process)
            {
                return true;
            }
        }

        return false;
    }

    private void FreeLinesOf(uint process)
    {
        for (int line = 0; line < LineCount; line++)
        {
            if (lines[line].Process == process)
            {
                FreeLine(line);
            }
        }
    }

    private struct InterruptLine
    {
        public uint Process;
        public uint Handler;
        public uint Argument;
    }

    [InlineArray(LineCount)]
    private struct InterruptLines
    {
        private InterruptLine first;
    }
}
