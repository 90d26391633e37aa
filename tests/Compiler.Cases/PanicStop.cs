// Where a failed check of the cases ends: at an address of the test machine, which stops there and looks at a0 and a1.
using XousCloud.Guest;

namespace XousCloud.Compiler.Cases;

internal static unsafe class PanicStop
{
    private const uint Address = 0x611F_F004;

    [PanicHandler]
    public static void Panic(PanicKind kind, uint returnAddress) =>
        ((delegate*<PanicKind, uint, void>)Address)(kind, returnAddress);
}
