// The shared ends of all checks: one small function for each kind of panic, which passes the kind and the place of the
// check, its return address, to the guest's handler.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

/// <summary>The panic stubs of one image.</summary>
public sealed class PanicSymbols
{
    private const int Breakpoint = 0x0010_0073;

    private readonly SortedDictionary<PanicKind, FunctionSymbol> symbols = [];

    /// <summary>The kinds that have been asked for.</summary>
    public IReadOnlyCollection<PanicKind> Used => symbols.Keys;

    /// <summary>The stub <c>panic.Kind</c>.</summary>
    public FunctionSymbol For(PanicKind kind)
    {
        if (!symbols.TryGetValue(kind, out FunctionSymbol? symbol))
        {
            symbol = new FunctionSymbol($"panic.{kind}") { NeverReturns = true };
            symbols.Add(kind, symbol);
        }

        return symbol;
    }

    /// <summary>The code of every stub that was asked for: the kind goes into a0, the return address into a1.</summary>
    /// <param name="handler">The guest's function that takes both and never returns; without one the stub stops at an <c>ebreak</c>.</param>
    public IReadOnlyList<MachineFunction> Stubs(FunctionSymbol? handler)
    {
        List<MachineFunction> stubs = [];
        foreach ((PanicKind kind, FunctionSymbol symbol) in symbols)
        {
            MachineFunction stub = new(symbol);
            stub.Code.Add(new MachineInstruction { Op = MachineOp.Addi, Rd = Registers.A0, Imm = (int)kind, Label = -1 });
            stub.Code.Add(new MachineInstruction { Op = MachineOp.Addi, Rd = Registers.A0 + 1, Rs1 = Registers.Ra, Label = -1 });
            if (handler is null)
            {
                stub.Labels.Add(stub.Code.Count);
                stub.Code.Add(new MachineInstruction { Op = MachineOp.Raw, Imm = Breakpoint, Label = -1 });
            }

            stub.Code.Add(new MachineInstruction { Op = MachineOp.Jal, Symbol = handler, Label = handler is null ? 0 : -1 });
            stubs.Add(stub);
        }

        return stubs;
    }
}
