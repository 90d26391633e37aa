// Instructions that C# has no words for.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

public static class Riscv
{
    /// <summary>
    /// One instruction without register operands, as its word. The compiler moves no memory access over it.
    /// </summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Instruction([ConstantExpected] uint word) => throw new PlatformNotSupportedException();

    /// <summary><c>fence rw, rw</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fence() => Instruction(0x0330_000F);

    /// <summary><c>fence.i</c>: what was stored before is what is executed after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FenceI() => Instruction(0x0000_100F);

    /// <summary>The core's own instruction that drops the data cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FlushDataCache() => Instruction(0x0000_500F);

    /// <summary><c>wfi</c>: waits until an enabled interrupt is pending, whether or not it is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wfi() => Instruction(0x1050_0073);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ebreak() => Instruction(0x0010_0073);

    /// <summary><c>sfence.vma</c> for everything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SfenceVma() => SfenceVma(0, 0);

    /// <summary><c>sfence.vma</c> for one virtual address (constant 0: all) of one address space (constant 0: all).</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SfenceVma(uint address, uint addressSpace) => throw new PlatformNotSupportedException();

    /// <summary><c>ecall</c> with a0 to a7, which come back changed; all other registers stay.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EnvironmentCallResult EnvironmentCall(
        uint a0, uint a1, uint a2, uint a3, uint a4, uint a5, uint a6, uint a7) => throw new PlatformNotSupportedException();

    /// <summary><c>ecall</c> with a0 to a3 alone; returns a0.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint EnvironmentCall(uint a0, uint a1, uint a2, uint a3) => throw new PlatformNotSupportedException();

    /// <summary>Waits for ever, with nothing that could wake the hart.</summary>
    [DoesNotReturn]
    public static void Halt()
    {
        Csr.Write(Csr.Mie, 0);
        while (true)
        {
            Wfi();
        }
    }
}

/// <summary>Registers a0 to a7 after an <c>ecall</c>.</summary>
public struct EnvironmentCallResult
{
    public uint A0;
    public uint A1;
    public uint A2;
    public uint A3;
    public uint A4;
    public uint A5;
    public uint A6;
    public uint A7;
}
