// Who runs next. Processes take turns, and inside a process its threads do; a turn ends when the thread that has it
// waits, yields, or is interrupted by the tick of a process in user space (ReturnToParent). A message or an answer
// hands the rest of the turn over to the thread that can go on with it. There are no priorities.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>Gives the processor to the next process that can use it, or to nobody.</summary>
    public void ScheduleNext()
    {
        // Those behind the turn first: the rest of its word, the other word, and its word from the beginning.
        uint behind = uint.MaxValue << (int)turn;
        bool isLow = turn < 32;
        if (RunOneOf((isLow ? readyLow : readyHigh) & behind, isLow ? 1u : 33)
            || RunOneOf(isLow ? readyHigh : readyLow, isLow ? 33u : 1)
            || RunOneOf(isLow ? readyLow : readyHigh, isLow ? 1u : 33))
        {
            return;
        }

        CurrentProcess = 0;
        CurrentThread = 0;
    }

    private bool RunOneOf(uint waiting, uint first)
    {
        while (waiting != 0)
        {
            uint process = first + (uint)BitOperations.TrailingZeroCount(waiting);
            waiting &= waiting - 1;
            uint ready = Runnable(process);
            if (ready != 0)
            {
                turn = process % Process.Limit;
                Run(process, NextOf(ready, processes[(int)process].LastThread));
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetReady(uint process, uint ready)
    {
        processes[(int)process].Ready = ready;
        uint bit = 1u << (int)(process - 1);
        ref uint word = ref process <= 32 ? ref readyLow : ref readyHigh;
        word = ready != 0 ? word | bit : word & ~bit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run(uint process, uint thread)
    {
        CurrentProcess = process;
        CurrentThread = thread;
        processes[(int)process].LastThread = (byte)thread;
    }

    /// <summary>The running thread goes on if it still can, else the next one does.</summary>
    private void RunOrSchedule(uint process, uint thread)
    {
        if ((Runnable(process) & (1u << (int)thread)) != 0)
        {
            Run(process, thread);
        }
        else
        {
            ScheduleNext();
        }
    }

    /// <summary>While an exception handler runs, it is the only thread of its process that may.</summary>
    private uint Runnable(uint process)
    {
        ref Process state = ref processes[(int)process];
        return state.ExceptionOf == 0 ? state.Ready : state.Ready & (1u << (int)Process.ExceptionThread);
    }

    private static uint NextOf(uint ready, uint last)
    {
        uint behind = ready & (uint)(-2 << (int)last);
        return (uint)BitOperations.TrailingZeroCount(behind != 0 ? behind : ready);
    }

    private void MakeReady(uint process, uint thread)
    {
        WaitOf(process, thread) = default;
        SetReady(process, processes[(int)process].Ready | (1u << (int)thread));
    }

    private void Block(uint process, uint thread, Wait wait)
    {
        WaitOf(process, thread) = wait;
        SetReady(process, processes[(int)process].Ready & ~(1u << (int)thread));
    }

    /// <summary>The running thread waits; when it is ready again, it executes its ecall again.</summary>
    private void BlockAndRetry(Wait wait)
    {
        CurrentContext.Pc -= 4;
        Block(CurrentProcess, CurrentThread, wait);
        ScheduleNext();
    }

    /// <summary>Makes all threads ready that wait for this kind of thing, and for this server if it is about one.</summary>
    private void WakeAll(WaitKind kind, uint server)
    {
        for (uint process = 2; process <= Process.Limit; process++)
        {
            if (!processes[(int)process].Exists)
            {
                continue;
            }

            uint waiting = processes[(int)process].Threads & ~processes[(int)process].Ready;
            while (waiting != 0)
            {
                uint thread = (uint)BitOperations.TrailingZeroCount(waiting);
                waiting &= waiting - 1;
                Wait wait = WaitOf(process, thread);
                if (wait.Kind == kind && (kind == WaitKind.Server || wait.Server == server))
                {
                    MakeReady(process, thread);
                }
            }
        }
    }
}
