// What happens between the entry and the exit: the cause is read, the kernel's logic does its part, and the processor
// is told what has changed.
//
//   1 a trap of a thread: an environment call, an interrupt, or a fault
//   2 who died is reported
//   3 while nobody can run, the hart waits for an interrupt and takes it
//   4 interrupt mask, address space and translations follow the kernel's state

using System.Runtime.CompilerServices;
using XousCloud.Guest;

namespace XousCloud.Kernel.Supervisor;

internal static unsafe class Trap
{
    private const uint InterruptBit = 1u << 31;
    private const uint EnvironmentCall = 8;
    private const uint SatpEnable = 1u << 31;

    /// <summary>The kernel's whole state; zero until <see cref="Boot"/> fills it.</summary>
    public static Kernel Kernel;

    private static uint satp;
    private static uint interruptMask;

    /// <summary>sepc and the registers are in the context that sscratch named. Returns the context of the thread that runs next.</summary>
    public static ThreadContext* OfThread()
    {
        uint cause = Csr.Read(Csr.Scause);
        if (cause == EnvironmentCall)
        {
            ref ThreadContext context = ref Kernel.CurrentContext;
            context.Pc += 4;
            if (Kernel.NeedsRandom(context.A0))
            {
                Kernel.Random = Trng.Draw();
            }

            Kernel.SystemCall(ref context);
        }
        else if ((cause & InterruptBit) != 0)
        {
            Kernel.Interrupt(Csr.Read(Csr.SupervisorInterruptPending));
        }
        else
        {
            Kernel.Fault(cause, Csr.Read(Csr.Stval));
        }

        if (Kernel.LastDeath.Process != 0)
        {
            Console.Report(in Kernel.LastDeath);
            Kernel.LastDeath = default;
        }

        return Next();
    }

    /// <summary>Waits until a thread can run, and makes the processor ready for it.</summary>
    public static ThreadContext* Next()
    {
        while (Kernel.CurrentProcess == 0)
        {
            Follow();
            Riscv.Wfi();
            Kernel.Interrupt(Csr.Read(Csr.SupervisorInterruptPending));
        }

        Follow();
        return (ThreadContext*)Unsafe.AsPointer(ref Kernel.CurrentContext);
    }

    private static void Follow()
    {
        if (Kernel.InterruptMask != interruptMask)
        {
            interruptMask = Kernel.InterruptMask;
            Csr.Write(Csr.SupervisorInterruptMask, interruptMask);
        }

        // Nobody is process 1 here: the address space of the kernel alone.
        uint process = Kernel.CurrentProcess == 0 ? Kernel.KernelProcess : Kernel.CurrentProcess;
        uint wanted = SatpEnable | (process << 22) | Kernel.CurrentRoot;
        if (wanted != satp)
        {
            satp = wanted;
            Csr.Write(Csr.Satp, wanted);
            Riscv.SfenceVma();
            Kernel.IsTranslationStale = false;
        }
        else if (Kernel.IsTranslationStale)
        {
            Riscv.SfenceVma();
            Kernel.IsTranslationStale = false;
        }
    }

    /// <summary>The kernel has faulted: nothing can be trusted any more.</summary>
    public static void OfKernel()
    {
        Console.ReportKernelFault(Csr.Read(Csr.Scause), Csr.Read(Csr.Sepc), Csr.Read(Csr.Stval));
        Riscv.Halt();
    }
}
