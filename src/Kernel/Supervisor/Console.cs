// What the kernel itself says, on the DUART at the address where the loader has mapped it: deaths of processes, and its
// own.

using System.Diagnostics.CodeAnalysis;
using XousCloud.Guest;

namespace XousCloud.Kernel.Supervisor;

internal static class Console
{
    private const uint Txd = 0xFFCF_0000;
    private const uint Sr = 0xFFCF_0008;

    public static void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            while (Mmio.Read32(Sr) != 0)
            {
            }

            Mmio.Write32(Txd, value);
        }
    }

    public static void WriteHexadecimal(uint number)
    {
        Span<byte> digits = stackalloc byte[8];
        var text = new Text(digits);
        text.AppendHexadecimal(number);
        Write(text.Written);
    }

    public static void WriteDecimal(uint number)
    {
        Span<byte> digits = stackalloc byte[10];
        var text = new Text(digits);
        text.AppendDecimal(number);
        Write(text.Written);
    }

    /// <summary>"process 5 thread 2 ended: cause 0xF at 0x00010234, value 0x00000000".</summary>
    public static void Report(in DeathReport death)
    {
        Write("process "u8);
        WriteDecimal(death.Process);
        Write(" thread "u8);
        WriteDecimal(death.Thread);
        Write(" ended"u8);
        Fault(death.Cause, death.Pc, death.Value);
    }

    public static void ReportKernelFault(uint cause, uint pc, uint value)
    {
        Write("kernel fault"u8);
        Fault(cause, pc, value);
    }

    private static void Fault(uint cause, uint pc, uint value)
    {
        Write(": cause "u8);
        WriteDecimal(cause);
        Write(" at 0x"u8);
        WriteHexadecimal(pc);
        Write(", value 0x"u8);
        WriteHexadecimal(value);
        Write("\r\n"u8);
    }

    /// <summary>A failed check in the kernel: a bug of ours.</summary>
    [PanicHandler]
    [DoesNotReturn]
    public static void Panic(PanicKind kind, uint returnAddress)
    {
        Write("kernel panic: "u8);
        Write(DefaultPanicHandler.NameOf(kind));
        Write(" at "u8);
        if (PanicTable.TryFind(returnAddress, out PanicPlace place))
        {
            Write(place.File);
            Write(":"u8);
            WriteDecimal(place.Line);
        }
        else
        {
            Write("0x"u8);
            WriteHexadecimal(returnAddress);
        }

        Write("\r\n"u8);
        Riscv.Halt();
    }
}
