// Tries what should be refused: the trap entry skips the instruction, and scause says what it was.

using XousCloud.Guest;

namespace Stub;

internal static unsafe class Probe
{
    private const uint None = 0xFFFF;
    private const uint IllegalInstruction = 2;
    private const uint LoadPageFault = 13;
    private const uint StorePageFault = 15;

    public static bool MachineRegisterIsRefused()
    {
        Begin();
        ((delegate*<void>)&ReadMachineStatus)();
        return Csr.Read(Csr.Scause) == IllegalInstruction;
    }

    public static bool LoadIsRefused(uint address)
    {
        Begin();
        ((delegate*<uint, void>)(delegate*<void>)&Load)(address);
        return Csr.Read(Csr.Scause) == LoadPageFault && Csr.Read(Csr.Stval) == address;
    }

    public static bool StoreIsRefused(uint address)
    {
        Begin();
        ((delegate*<uint, void>)(delegate*<void>)&Store)(address);
        return Csr.Read(Csr.Scause) == StorePageFault && Csr.Read(Csr.Stval) == address;
    }

    private static void Begin()
    {
        Csr.Write(Csr.Stvec, (uint)(delegate*<void>)&Skip);
        Csr.Write(Csr.Scause, None);
    }

    [Naked]
    private static void Skip()
    {
        Assembler.Csrw(Csr.Sscratch, Register.T0);
        Assembler.Csrr(Register.T0, Csr.Sepc);
        Assembler.Addi(Register.T0, Register.T0, 4);
        Assembler.Csrw(Csr.Sepc, Register.T0);
        Assembler.Csrr(Register.T0, Csr.Sscratch);
        Assembler.Sret();
    }

    [Naked]
    private static void ReadMachineStatus()
    {
        Assembler.Csrr(Register.T0, Csr.Mstatus);
        Assembler.Ret();
    }

    [Naked]
    private static void Load()
    {
        Assembler.Lw(Register.T0, 0, Register.A0);
        Assembler.Ret();
    }

    [Naked]
    private static void Store()
    {
        Assembler.Sw(Register.Zero, 0, Register.A0);
        Assembler.Ret();
    }
}
