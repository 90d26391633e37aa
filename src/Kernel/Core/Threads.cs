// Threads (xous-abi 5.3). A thread exists while its bit is set in its process's Threads.

using System.Numerics;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private void CreateThread(ref ThreadContext context)
    {
        uint stack = context.A2;
        uint length = context.A3;
        if (length <= 16 || stack > uint.MaxValue - length)
        {
            context.Answer(XousError.BadAddress);
            return;
        }

        ref Process process = ref processes[(int)CurrentProcess];
        uint thread = process.NextThread;
        for (uint i = 0; i < Process.ThreadLimit && (thread < Process.FirstThread || (process.Threads & (1u << (int)thread)) != 0); i++)
        {
            thread = (thread + 1) % Process.ThreadLimit;
        }

        if (thread < Process.FirstThread || (process.Threads & (1u << (int)thread)) != 0)
        {
            context.Answer(XousError.ThreadNotAvailable);
            return;
        }

        process.NextThread = (byte)thread;
        ref ThreadContext started = ref Context(CurrentProcess, thread);
        started.Clear();
        started.Pc = context.A1;
        started.StackPointer = (stack + length - 16) & ~15u;
        started.ReturnAddress = AddressMap.ExitThread;
        started.A0 = context.A4;
        started.A1 = context.A5;
        started.A2 = context.A6;
        started.A3 = context.A7;
        process.Threads |= 1u << (int)thread;
        MakeReady(CurrentProcess, thread);
        context.Answer(ResultTag.ThreadId, thread);
        Run(CurrentProcess, thread);
    }

    private void JoinThread(ref ThreadContext context)
    {
        uint thread = context.A1;
        if (thread == CurrentThread)
        {
            context.Answer(XousError.ThreadNotAvailable);
        }
        else if (thread is < Process.FirstThread or >= Process.ThreadLimit
            || (processes[(int)CurrentProcess].Threads & (1u << (int)thread)) == 0)
        {
            context.Answer(ResultTag.Scalar1); // it has ended before
        }
        else
        {
            Block(CurrentProcess, CurrentThread, new Wait(WaitKind.Thread, 0, (byte)thread));
            ScheduleNext();
        }
    }

    /// <summary>
    /// The running thread has returned; who joins it gets its value. A process without threads ends, unless interrupts keep it
    /// going.
    /// </summary>
    private void ExitThread(uint value)
    {
        ref Process process = ref processes[(int)CurrentProcess];
        uint thread = CurrentThread;
        process.Threads &= ~(1u << (int)thread);
        SetReady(CurrentProcess, process.Ready & ~(1u << (int)thread));
        uint waiting = process.Threads & ~process.Ready;
        while (waiting != 0)
        {
            uint joiner = (uint)BitOperations.TrailingZeroCount(waiting);
            waiting &= waiting - 1;
            Wait wait = WaitOf(CurrentProcess, joiner);
            if (wait.Kind == WaitKind.Thread && wait.Slot == thread)
            {
                Context(CurrentProcess, joiner).Answer(ResultTag.Scalar1, value);
                MakeReady(CurrentProcess, joiner);
            }
        }

        if (process.Threads == 0 && !OwnsInterrupt(CurrentProcess))
        {
            EndProcess(CurrentProcess);
        }
        else if (process.Ready != 0)
        {
            Run(CurrentProcess, NextOf(process.Ready, thread));
        }
        else
        {
            ScheduleNext();
        }
    }
}
