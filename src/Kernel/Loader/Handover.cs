// The last instructions in machine mode. Everything that can be delegated is; interrupts of machine mode are off for
// good.

using XousCloud.Guest;

namespace XousCloud.Kernel.Loader;

internal static unsafe class Handover
{
    private const uint PreviousPrivilege = 3 << 11;
    private const uint Supervisor = 1 << 11;

    public static void ToKernel(uint satp, uint entry, uint tags, uint processes, uint owners, uint extraOwners, uint stack)
    {
        Csr.Write(Csr.Mie, 0);
        Csr.Write(Csr.Medeleg, 0xFFFF_FFFF);
        Csr.Write(Csr.Mideleg, 0xFFFF_FFFF);
        Csr.Write(Csr.Mepc, entry);
        Csr.Clear(Csr.Mstatus, PreviousPrivilege);
        Csr.Set(Csr.Mstatus, Supervisor);
        Csr.Write(Csr.Satp, satp);
        Riscv.SfenceVma();
        Riscv.FenceI();
        ((delegate*<uint, uint, uint, uint, uint, void>)(delegate*<void>)&Return)(tags, processes, owners, extraOwners, stack);
    }

    /// <summary>a0 to a3 are the kernel's arguments already; a4 is its stack.</summary>
    [Naked]
    private static void Return()
    {
        Assembler.Mv(Register.Sp, Register.A4);
        Assembler.Li(Register.A7, 0);
        Assembler.Mret();
    }
}
