// The kernel's first and last instructions. While a thread runs, sscratch has the address of its ThreadContext in the
// direct map; while the kernel runs it is 0, so that a trap out of the kernel itself is known for what it is. The
// kernel never runs with interrupts on, and its stack is empty whenever a thread runs.

using XousCloud.Guest;

namespace XousCloud.Kernel.Supervisor;

internal static unsafe class TrapEntry
{
    /// <summary>The top of the kernel's stack (xous-abi 1.1).</summary>
    private const int StackTop = unchecked((int)0xFFF8_0000);

    private const int ProgramCounter = 31 * 4;

    /// <summary>stvec. x1 to x31 stand in the context by their numbers less one, and behind them the program counter.</summary>
    [Naked]
    public static void Enter()
    {
        Label fromThread = default;
        Assembler.Csrrw(Register.T6, Csr.Sscratch, Register.T6);
        Assembler.Bne(Register.T6, Register.Zero, ref fromThread);
        Assembler.Li(Register.Sp, StackTop - 16);
        Assembler.Call(&Trap.OfKernel);
        Assembler.Mark(ref fromThread);
        for (Register register = Register.Ra; register < Register.T6; register++)
        {
            Assembler.Sw(register, Place(register), Register.T6);
        }

        Assembler.Csrrw(Register.T0, Csr.Sscratch, Register.Zero);
        Assembler.Csrr(Register.T1, Csr.Sepc);
        Assembler.Sw(Register.T0, Place(Register.T6), Register.T6);
        Assembler.Sw(Register.T1, ProgramCounter, Register.T6);
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Li(Register.Sp, StackTop - 16);
        Assembler.Call((delegate*<ThreadContext*>)&Trap.OfThread);
        Assembler.Jump(&Leave);
    }

    /// <summary>a0: the context of the thread that goes on. Its reservation for sc.w is dropped: another thread may have had the word.</summary>
    [Naked]
    public static void Leave()
    {
        Assembler.Mv(Register.T6, Register.A0);
        Assembler.Csrw(Csr.Sscratch, Register.T6);
        Assembler.Lw(Register.T0, ProgramCounter, Register.T6);
        Assembler.Csrw(Csr.Sepc, Register.T0);
        Assembler.ScW(Register.Zero, Register.Zero, Register.Sp);
        for (Register register = Register.Ra; register <= Register.T6; register++)
        {
            Assembler.Lw(register, Place(register), Register.T6);
        }

        Assembler.Sret();
    }

    private static int Place(Register register) => 4 * ((int)register - 1);
}
