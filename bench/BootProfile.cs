// Where the time of a boot goes. The machine runs in short slices of virtual time; what a slice took of the wall is
// put down to the instruction that stands at its end: to its kind, to the mode and process that it runs in, and, if
// it is a load or store of a device register, to the block. With some hundred thousand slices that is a fair sample;
// slices in which nothing was executed (the core waited, or a waiting loop passed) are counted apart.

using System.Diagnostics;
using System.Globalization;
using XousCloud.Emulator;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Bench;

internal sealed class BootProfile(Machine machine)
{
    // A prime, so that no loop of the guest keeps step with it.
    private const ulong SliceCycles = 19_997;

    private readonly Dictionary<string, long> kinds = [];
    private readonly Dictionary<string, long> places = [];
    private readonly Dictionary<string, long> blocks = [];
    private long total;
    private long waiting;

    /// <summary>Runs for one slice, or to the next event while the core waits.</summary>
    public void Slice()
    {
        ulong executed = machine.InstructionsExecuted;
        ulong cycles = machine.IsWaiting && machine.NextEvent is { } next ? next - machine.Cycle + 1 : SliceCycles;
        long start = Stopwatch.GetTimestamp();
        machine.Run(Math.Max(cycles, 1));
        long took = Stopwatch.GetTimestamp() - start;
        total += took;
        if (machine.InstructionsExecuted == executed)
        {
            waiting += took;
            return;
        }

        Add(places, Place(), took);
        if (Next() is not { } instruction)
        {
            return;
        }

        Add(kinds, Kind(instruction.Operation), took);
        if (Block(instruction) is { } block)
        {
            Add(blocks, block, took);
        }
    }

    /// <summary>Prints the shares, the largest first, and keeps them as figures.</summary>
    public void Report(Dictionary<string, double> figures)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"wall time in the profiled run {(double)total / Stopwatch.Frequency:f1} s"));
        figures["boot.share_percent.nothing_executed"] = Share(waiting);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nothing executed {Share(waiting):f1} %"));
        Print("executing in", "mode", places, figures);
        Print("at an instruction", "instruction", kinds, figures);
        Print("of these, at a register of", "block", blocks, figures);
    }

    private void Print(string title, string name, Dictionary<string, long> shares, Dictionary<string, double> figures)
    {
        Console.WriteLine(title);
        foreach ((string what, long ticks) in shares.OrderByDescending(share => share.Value))
        {
            figures[$"boot.share_percent.{name}.{what}"] = Share(ticks);
            if (Share(ticks) >= 0.05)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-28} {Share(ticks),6:f1} %"));
            }
        }
    }

    private double Share(long ticks) => 100.0 * ticks / Math.Max(1, total);

    private static void Add(Dictionary<string, long> shares, string what, long took) =>
        shares[what] = shares.GetValueOrDefault(what) + took;

    private string Place() => machine.Hart.Privilege switch
    {
        Privilege.Machine => "loader",
        Privilege.Supervisor => "kernel",
        _ => $"process {(machine.Hart.Registers.Satp >> 22) & 0x1FF}",
    };

    private Instruction? Next()
    {
        byte[] bytes = new byte[4];
        uint pc = machine.Hart.Pc;
        if (!machine.Hart.TryReadVirtual(pc, bytes.AsSpan(0, 2)))
        {
            return null;
        }

        uint encoding = BitConverter.ToUInt16(bytes);
        if (Decoder.IsFull(encoding))
        {
            if (!machine.Hart.TryReadVirtual(pc + 2, bytes.AsSpan(2, 2)))
            {
                return null;
            }

            encoding = BitConverter.ToUInt32(bytes);
        }

        return Decoder.DecodeUncached(encoding);
    }

    private static string Kind(Operation operation) => operation switch
    {
        >= Operation.Beq and <= Operation.Bgeu => "branch",
        Operation.Jal or Operation.Jalr => "jump",
        >= Operation.Lb and <= Operation.Lhu => "load",
        >= Operation.Sb and <= Operation.Sw => "store",
        >= Operation.Mul and <= Operation.Mulhu => "multiply",
        >= Operation.Div and <= Operation.Remu => "divide",
        >= Operation.LrW and <= Operation.AmomaxuW => "atomic",
        >= Operation.Aes32esi and <= Operation.Aes32dsmi => "aes",
        >= Operation.Csrrw and <= Operation.Csrrci => "csr",
        >= Operation.Fence and <= Operation.CacheInvalidate => "fence",
        >= Operation.Ecall => "system",
        _ => "arithmetic",
    };

    private string? Block(Instruction instruction)
    {
        bool isStore = instruction.Operation is >= Operation.Sb and <= Operation.Sw;
        if (!isStore && instruction.Operation is not (>= Operation.Lb and <= Operation.Lhu))
        {
            return null;
        }

        uint address = machine.Hart.Register(instruction.Rs1) + (uint)instruction.Immediate;
        return machine.Hart.TryTranslate(address, out uint physical)
            && machine.Soc.Memory.Find(physical) is null
            && machine.Soc.Bus.Find(physical) is { } block
            ? block.Peripheral.Name
            : null;
    }
}
