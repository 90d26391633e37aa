// The integer registers by their ABI names, and the sets that the ILP32 calling convention makes of them.

namespace XousCloud.Compiler.Backend;

internal static class Registers
{
    /// <summary>x0; as an operand of an <see cref="Instruction"/> it also stands for "none".</summary>
    public const int Zero = 0;
    public const int Ra = 1;
    public const int Sp = 2;
    public const int T0 = 5;
    public const int T1 = 6;
    public const int T2 = 7;
    public const int A0 = 10;

    /// <summary>How many words of arguments travel in registers, from a0 on.</summary>
    public const int ArgumentCount = 8;

    /// <summary>Numbers from here on are virtual registers.</summary>
    public const int FirstVirtual = 32;

    public const uint Arguments = 0x0003_FC00;

    /// <summary>a0–a7 and t0–t6: what a call may change.</summary>
    public const uint CallerSaved = Arguments | 0xF000_00E0;

    /// <summary>s0–s11.</summary>
    public const uint CalleeSaved = 0x0FFC_0300;

    /// <summary>Everything that values may live in: all but x0, ra, sp, gp and tp.</summary>
    public const uint Allocatable = CallerSaved | CalleeSaved;

    /// <summary>s0, s1, a0–a5: what most compressed instructions can name.</summary>
    public const uint Compressible = 0x0000_FF00;

    private static readonly string[] names =
    [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];

    public static bool IsVirtual(int register) => register >= FirstVirtual;

    public static bool IsIn(int register, uint set) => register < FirstVirtual && (set >> register & 1) != 0;

    public static string Name(int register) => register < FirstVirtual ? names[register] : $"v{register}";
}
