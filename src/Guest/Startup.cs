// The first code of a program: stack and global pointer, .data, .bss, the entry point; behind it the hart waits for ever.
// mtvec is left as the boot stage set it: a program that takes traps sets its own.

namespace XousCloud.Guest;

internal static unsafe class Startup
{
    private const uint MachineInterruptEnable = 8;

    [Naked]
    [RuntimeHelper("start")]
    public static void Start()
    {
        Assembler.Csrrci(Register.Zero, Csr.Mstatus, MachineInterruptEnable);
        Assembler.Csrw(Csr.Mie, Register.Zero);
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.LoadAddress(Register.Sp, LinkerSymbols.RamEnd());
        Assembler.Jump(&Run);
    }

    /// <summary>No static field holds its content before the loops are through; there is no frame to return to.</summary>
    private static void Run()
    {
        uint* source = LinkerSymbols.DataLoad();
        uint* target = LinkerSymbols.DataStart();
        uint* end = LinkerSymbols.DataEnd();
        while (target < end)
        {
            *target++ = *source++;
        }

        target = LinkerSymbols.BssStart();
        end = LinkerSymbols.BssEnd();
        while (target < end)
        {
            *target++ = 0;
        }

        LinkerSymbols.EntryPoint()();
        Riscv.Halt();
    }
}
