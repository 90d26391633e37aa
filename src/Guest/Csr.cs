// Control and status registers. The number of a register is part of the instruction, so it must be constant.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

public static class Csr
{
    public const uint Sstatus = 0x100;
    public const uint Sie = 0x104;
    public const uint Stvec = 0x105;
    public const uint Sscratch = 0x140;
    public const uint Sepc = 0x141;
    public const uint Scause = 0x142;
    public const uint Stval = 0x143;
    public const uint Sip = 0x144;
    public const uint Satp = 0x180;
    public const uint Mstatus = 0x300;
    public const uint Misa = 0x301;
    public const uint Medeleg = 0x302;
    public const uint Mideleg = 0x303;
    public const uint Mie = 0x304;
    public const uint Mtvec = 0x305;
    public const uint Mscratch = 0x340;
    public const uint Mepc = 0x341;
    public const uint Mcause = 0x342;
    public const uint Mtval = 0x343;
    public const uint Mip = 0x344;
    public const uint Mcycle = 0xB00;
    public const uint Minstret = 0xB02;
    public const uint Mcycleh = 0xB80;
    public const uint Minstreth = 0xB82;
    public const uint Mvendorid = 0xF11;
    public const uint Marchid = 0xF12;
    public const uint Mimpid = 0xF13;
    public const uint Mhartid = 0xF14;

    /// <summary>The machine's mask of the 32 interrupt lines (VexRiscv).</summary>
    public const uint MachineInterruptMask = 0xBC0;

    /// <summary>The lines that are raised and in the machine's mask; read-only.</summary>
    public const uint MachineInterruptPending = 0xFC0;

    /// <summary>The supervisor's mask of the 32 interrupt lines.</summary>
    public const uint SupervisorInterruptMask = 0x9C0;

    /// <summary>The lines that are raised and in the supervisor's mask; read-only.</summary>
    public const uint SupervisorInterruptPending = 0xDC0;

    /// <summary><c>csrr</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read([ConstantExpected] uint number) => throw new PlatformNotSupportedException();

    /// <summary><c>csrw</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write([ConstantExpected] uint number, uint value) => throw new PlatformNotSupportedException();

    /// <summary><c>csrs</c>: sets the bits that are 1 in <paramref name="bits"/>.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Set([ConstantExpected] uint number, uint bits) => throw new PlatformNotSupportedException();

    /// <summary><c>csrc</c>: clears the bits that are 1 in <paramref name="bits"/>.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Clear([ConstantExpected] uint number, uint bits) => throw new PlatformNotSupportedException();

    /// <summary><c>csrrw</c>: returns the old content.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ReadWrite([ConstantExpected] uint number, uint value) => throw new PlatformNotSupportedException();

    /// <summary><c>csrrs</c>: returns the old content.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ReadSet([ConstantExpected] uint number, uint bits) => throw new PlatformNotSupportedException();

    /// <summary><c>csrrc</c>: returns the old content.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ReadClear([ConstantExpected] uint number, uint bits) => throw new PlatformNotSupportedException();
}
