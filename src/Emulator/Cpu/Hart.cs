using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Executes instructions up to a horizon.</summary>
internal interface IEngine
{
    /// <summary>Executes until the cycle is reached or <see cref="SystemOnChip.Attention"/> is set.</summary>
    void Run(ulong horizon);
}

internal sealed class SteppingEngine(Hart hart) : IEngine
{
    public void Run(ulong horizon) => hart.SkipTo(horizon);
}

internal sealed class ThreadedInterpreter(Hart hart) : IEngine
{
    public void Run(ulong horizon) => hart.SkipTo(horizon);
}

/// <summary>The CPU core.</summary>
public sealed class Hart(SystemOnChip soc) : IDisposable
{
    public bool IsWaiting { get; private set; }

    public GuestDeath? Death { get; private set; }

    public uint Pc { get; private set; }

    /// <summary>Instructions retired since power-on.</summary>
    public ulong InstructionsRetired { get; private set; }

    /// <summary>A general register, x0 to x31.</summary>
    public uint Register(int number) => 0;

    /// <summary>Every implemented CSR with its name and value, in the order of numbers.</summary>
    public IEnumerable<(string Name, ushort Number, uint Value)> ControlRegisters() => [];

    /// <summary>Reads memory as the core sees it now, through the MMU when it is on. For debuggers: no side effects.</summary>
    public bool TryReadVirtual(uint address, Span<byte> destination) => soc.Memory.TryRead(address, destination);

    internal void TakePendingInterrupt()
    {
    }

    internal void SkipTo(ulong cycle) => soc.Now = cycle;

    internal void WatchWrites(uint address, Action hit)
    {
    }

    internal void State(StateStream state)
    {
    }

    internal void AfterLoad()
    {
    }

    internal void Reset(uint vector) => Pc = vector;

    internal void EnterFromBoot1(uint entry) => Pc = entry;

    public void Dispose()
    {
    }
}
