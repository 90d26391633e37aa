// A chip without a running CPU: registers are written and read as the bus does it, and time passes event by
// event. What the outside would see is collected.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.Peripherals;

internal sealed class Chip : IMachineObserver, IDisposable
{
    private readonly Machine machine;

    /// <param name="cold">As silicon comes out of reset, or as boot1 leaves it.</param>
    /// <param name="seed">The device's seed.</param>
    /// <param name="factory">How the chip was made.</param>
    /// <param name="image">What stands in its memory.</param>
    /// <param name="board">What it is soldered on.</param>
    public Chip(
        bool cold = true,
        ulong seed = 0,
        FactorySettings? factory = null,
        IEnumerable<(uint Address, ReadOnlyMemory<byte> Bytes)>? image = null,
        string board = "dabao")
    {
        machine = new Machine(new MachineOptions
        {
            Image = new MachineImage("no firmware", 0x6006_0300, image ?? []),
            Board = Board.Find(board)!,
            Engine = EngineKind.Stepper,
            Cold = cold,
            Seed = seed,
            Factory = factory ?? FactorySettings.None,
        })
        {
            Observer = this,
        };
    }

    public List<(ConsolePort Port, byte Value, ulong Cycle)> Output { get; } = [];

    public List<(int Pin, bool Level, ulong Cycle)> PinChanges { get; } = [];

    public List<UnmodelledAccess> Unmodelled { get; } = [];

    public Machine Machine => machine;

    public SystemOnChip Soc => machine.Soc;

    public ulong Now => Soc.Now;

    public uint Lines => Soc.InterruptLines;

    public string Text => Encoding.Latin1.GetString([.. Output.Select(output => output.Value)]);

    public uint Read(uint address)
    {
        MappedBlock block = Block(address);
        return block.Peripheral.Read(address - block.Base);
    }

    public void Write(uint address, uint value) => Write(address, value, uint.MaxValue);

    /// <summary>A store of a half-word, as the CPU puts it on the bus.</summary>
    public void Write16(uint address, ushort value)
    {
        int shift = (int)(address & 2) * 8;
        Write(address & ~3u, (uint)value << shift, 0xFFFFu << shift);
    }

    /// <summary>A store to a memory or block, as the CPU puts it on the bus.</summary>
    public void Store(uint address, uint value, uint lanes = uint.MaxValue)
    {
        MemoryRegion? region = Soc.Memory.Find(address);
        if (region is null)
        {
            Write(address, value, lanes);
        }
        else if (region.StoreTarget is { } target)
        {
            target.Store(address, value, lanes);
        }
        else
        {
            Soc.Memory.TryWrite(address, BitConverter.GetBytes(value));
        }
    }

    /// <summary>A load of a word, as the CPU does it now; where it faults, the value is null.</summary>
    public uint? CpuLoad(uint address) => machine.Hart.Memory.TryLoad(address, 4, out uint value) ? value : null;

    /// <summary>What stands in memory, as a debugger sees it.</summary>
    public uint Load(uint address)
    {
        byte[] word = new byte[4];
        Assert.True(Soc.Memory.TryRead(address, word));
        return BitConverter.ToUInt32(word);
    }

    /// <summary>Lets time pass until the RRAM answers again, and with it the core.</summary>
    public void PassWrite() => Pass(Math.Max(Soc.CoreStalledUntil, Now) - Now);

    /// <summary>Lets time pass.</summary>
    public void Pass(ulong cycles)
    {
        ulong target = Soc.Now + cycles;
        while (Soc.Events.NextDue <= target)
        {
            Soc.Now = Math.Max(Soc.Now, Soc.Events.NextDue);
            Soc.Events.RunDue(Soc.Now);
        }

        Soc.Now = target;
    }

    public void PassUntil(Func<bool> reached, ulong atMost = 1_000_000_000)
    {
        ulong limit = Soc.Now + atMost;
        while (!reached())
        {
            Assert.True(Soc.Events.NextDue <= limit, "Nothing that could end the wait is due in time.");
            Soc.Now = Math.Max(Soc.Now, Soc.Events.NextDue);
            Soc.Events.RunDue(Soc.Now);
        }
    }

    public void Reset(ResetKind kind) => machine.Apply(MachineInput.PressReset(kind));

    public void ConsoleOutput(ConsolePort port, byte value, ulong cycle) => Output.Add((port, value, cycle));

    public void PinChanged(int pin, bool level, ulong cycle) => PinChanges.Add((pin, level, cycle));

    void IMachineObserver.Unmodelled(UnmodelledAccess access) => Unmodelled.Add(access);

    public void Dispose() => machine.Dispose();

    private void Write(uint address, uint value, uint lanes)
    {
        MappedBlock block = Block(address);
        block.Peripheral.Write(address - block.Base, value, lanes);
    }

    private MappedBlock Block(uint address) =>
        Soc.Bus.Find(address) ?? throw new ArgumentException($"There is no block at 0x{address:x8}.");
}
