// The way into generated code and out of it. Code is entered with the state and the place to begin at, as a C function
// is, and left by a jump to one of the exits, which put the guest's registers back into the HartState and return.
// Generated code calls nothing and keeps nothing on the stack, so there is nothing to unwind.

using System.Runtime.CompilerServices;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Entrance and exits, written once at the start of the code.</summary>
internal sealed unsafe class CodeGate
{
    /// <summary>The value of <see cref="HartState.Site"/> after leaving for a place that is in <see cref="HartState.Pc"/>.</summary>
    public const uint NoSite = uint.MaxValue;

    // What the C convention of this system wants kept.
    private static readonly HostRegister[] Kept =
        [HostRegister.Rbx, HostRegister.Rbp, HostRegister.R12, HostRegister.R13, HostRegister.R14, HostRegister.R15];

    private readonly delegate* unmanaged<HartState*, byte*, void> enter;

    /// <summary>Writes the gate.</summary>
    /// <param name="emitter">Has begun at the place where the gate is to be.</param>
    /// <param name="runsAt">Where the gate will be when it runs.</param>
    public CodeGate(Emitter emitter, byte* runsAt)
    {
        enter = (delegate* unmanaged<HartState*, byte*, void>)runsAt;
        WriteEntrance(emitter);

        SiteExit = runsAt + emitter.Position;
        emitter.Mov(Placement.Site, HostRegister.Rax);
        emitter.Mov(Placement.Address, HostRegister.Rcx);
        Label leave = emitter.NewLabel();
        emitter.Jump(leave);

        PlaceExit = runsAt + emitter.Position;
        emitter.Mov(Placement.Pc, HostRegister.Rax);
        emitter.Mov(Placement.Site, NoSite);
        emitter.Bind(leave);
        WriteExit(emitter);
    }

    /// <summary>Leaves at a site: its number is in eax, for an access the address in ecx.</summary>
    public byte* SiteExit { get; }

    /// <summary>Leaves because the code for an address is not at hand: the address is in eax.</summary>
    public byte* PlaceExit { get; }

    // Compiled in full at once: code that was compiled ahead of time makes such calls by way of the runtime.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Enter(HartState* state, byte* code) => enter(state, code);

    private static void WriteEntrance(Emitter emitter)
    {
        foreach (HostRegister register in Kept)
        {
            emitter.Push(register);
        }

        emitter.Lea64(Placement.State, HostOperand.At(HostRegister.Rdi, Placement.Bias));
        emitter.Mov64(HostRegister.Rax, HostRegister.Rsi);
        emitter.Mov64(Placement.Tables, Placement.TablesInState);
        emitter.Mov64(Placement.Budget, Placement.BudgetInState);
        foreach ((int guest, HostRegister host) in Placement.Pinned)
        {
            emitter.Mov(host, Placement.InState(guest));
        }

        emitter.JumpThrough(HostRegister.Rax);
    }

    private static void WriteExit(Emitter emitter)
    {
        foreach ((int guest, HostRegister host) in Placement.Pinned)
        {
            emitter.Mov(Placement.InState(guest), host);
        }

        emitter.Mov64(Placement.BudgetInState, Placement.Budget);
        for (int i = Kept.Length - 1; i >= 0; i--)
        {
            emitter.Pop(Kept[i]);
        }

        emitter.Ret();
    }
}
