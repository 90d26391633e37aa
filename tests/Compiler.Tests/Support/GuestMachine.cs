// The emulated chip as a place to call functions: a program in SRAM, a call with words in a0 to a7, and what came of it.
//
// The last page of SRAM belongs to the machine. A function returns to its start, a failed check ends behind it (the
// program's panic handler jumps there with the kind in a0 and the return address in a1), a trap behind that, and the
// machine stops at each. The stack is below the page.

using System.Globalization;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests;

internal enum CallEnd
{
    Returned,
    Panicked,
    Trapped,

    /// <summary>It took more instructions than it was given.</summary>
    TimedOut,
}

/// <summary>How a call ended.</summary>
/// <param name="End">Where it stopped.</param>
/// <param name="A0">The first result word, or the kind of the panic, or the trap's mcause.</param>
/// <param name="A1">The second result word, or the panic's return address, or the trap's mepc.</param>
/// <param name="Instructions">How many it took.</param>
internal readonly record struct CallResult(CallEnd End, uint A0, uint A1, ulong Instructions)
{
    public PanicKind? Panic => End == CallEnd.Panicked ? (PanicKind)A0 : null;

    public override string ToString() => End switch
    {
        CallEnd.Returned => string.Create(CultureInfo.InvariantCulture, $"a0=0x{A0:X8} a1=0x{A1:X8}"),
        CallEnd.Panicked => string.Create(CultureInfo.InvariantCulture, $"panic {(PanicKind)A0} (ra 0x{A1:X8})"),
        CallEnd.Trapped => string.Create(CultureInfo.InvariantCulture, $"trap {A0} at 0x{A1:X8}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"no end after {Instructions} instructions"),
    };
}

internal sealed class GuestMachine : IDisposable
{
    public const uint ReturnStop = 0x611F_F000;
    public const uint PanicStop = ReturnStop + 4;
    public const uint TrapStop = ReturnStop + 8;
    private const uint ResetVector = 0x6000_0000;

    private readonly Machine machine;
    private readonly uint globalPointer;

    /// <param name="segments">Addresses in SRAM and their content.</param>
    /// <param name="globalPointer">What gp holds at every call.</param>
    public GuestMachine(IEnumerable<(uint Address, ReadOnlyMemory<byte> Bytes)> segments, uint globalPointer = 0)
    {
        this.globalPointer = globalPointer;
        machine = new Machine(new MachineOptions
        {
            Image = new MachineImage("call", ResetVector, [(ResetVector, Boot()), .. segments]),
            Board = Board.Find("dabao")!,
            Engine = EngineKind.Threaded,
            Cold = true,
        });
        machine.Debug.AddBreakpoint(ReturnStop);
        machine.Debug.AddBreakpoint(PanicStop);
        machine.Debug.AddBreakpoint(TrapStop);
        if (machine.Run(100) != RunStop.Requested || machine.Hart.Pc != ReturnStop)
        {
            throw new InvalidOperationException("The test machine does not start.");
        }
    }

    /// <summary>Calls a function with the words in a0 to a7.</summary>
    public CallResult Call(uint address, ReadOnlySpan<uint> arguments, ulong instructions = 1_000_000)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            machine.Hart.SetRegister((int)Register.A0 + i, arguments[i]);
        }

        machine.Hart.SetRegister((int)Register.Sp, ReturnStop);
        machine.Hart.SetRegister((int)Register.Gp, globalPointer);
        machine.Hart.SetRegister((int)Register.Ra, ReturnStop);
        machine.Hart.SetPc(address);
        machine.Debug.ClearHit();
        ulong before = machine.Hart.InstructionsRetired;
        RunStop stop = machine.Run(instructions);
        ulong taken = machine.Hart.InstructionsRetired - before;
        if (stop != RunStop.Requested)
        {
            return new CallResult(CallEnd.TimedOut, 0, 0, taken);
        }

        return machine.Hart.Pc switch
        {
            ReturnStop => new CallResult(CallEnd.Returned, Word(Register.A0), Word(Register.A1), taken),
            PanicStop => new CallResult(CallEnd.Panicked, Word(Register.A0), Word(Register.A1), taken),
            _ => new CallResult(CallEnd.Trapped, Control("mcause"), Control("mepc"), taken),
        };
    }

    public uint Word(Register register) => machine.Hart.Register((int)register);

    public bool TryRead(uint address, Span<byte> target) => machine.Soc.Memory.TryRead(address, target);

    public void Dispose() => machine.Dispose();

    private uint Control(string name) => machine.Hart.ControlRegisters().First(register => register.Name == name).Value;

    /// <summary>Traps go to their stop, and the machine to where a function would return.</summary>
    private static byte[] Boot() => HostAssembler.Assemble(static () =>
    {
        Assembler.Li(Register.T0, unchecked((int)TrapStop));
        Assembler.Csrw(Csr.Mtvec, Register.T0);
        Assembler.Li(Register.T0, unchecked((int)ReturnStop));
        Assembler.Jalr(Register.Zero, 0, Register.T0);
    });
}
