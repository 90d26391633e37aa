// A small machine that runs the same bare-metal programs as QEMU's `virt` board: RAM at 0x8000_0000, bytes out at
// 0x1000_0000, end by a word at 0x0010_0000. Around our core it lets one binary run on both, so that QEMU can be
// the oracle.

using System.Text;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Cpu.Translator;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.Cpu;

internal sealed class VirtMachine : IDisposable
{
    public const uint RamBase = 0x8000_0000;
    public const uint RamLength = 16 * 1024 * 1024;
    private const uint UartBase = 0x1000_0000;
    private const uint FinisherBase = 0x0010_0000;

    private readonly SystemOnChip soc;
    private readonly IEngine engine;
    private readonly ByteSink uart;
    private readonly ByteSink finisher;

    public VirtMachine(ReadOnlyMemory<byte> program, EngineKind kind)
    {
        PhysicalMemory memory = new(
            [new MemoryRegion("RAM", RamBase, RamLength, executable: true)],
            new ImageMemory([(RamBase, program)], static _ => 0));
        ByteSink? uartBlock = null;
        ByteSink? finisherBlock = null;
        soc = new SystemOnChip(0, memory, new Bus([(UartBase, 0x1000), (FinisherBase, 0x1000)]), chip =>
        {
            uartBlock = new ByteSink(chip, "UART");
            finisherBlock = new ByteSink(chip, "FINISHER");
            chip.Map(UartBase, 0x1000, null, uartBlock);
            chip.Map(FinisherBase, 0x1000, null, finisherBlock);
        });
        uart = uartBlock!;
        finisher = finisherBlock!;
        Hart = new Hart(soc);
        Hart.Reset(RamBase);
        engine = Engines.Create(kind, mayTranslate: true, Hart, new SharedCode());
    }

    public Hart Hart { get; }

    public ulong Cycle => soc.Now;

    public byte[] Output => [.. uart.Written];

    public string Text => Encoding.Latin1.GetString(Output);

    public bool Finished => finisher.Written.Count > 0;

    public PhysicalMemory Memory => soc.Memory;

    /// <summary>Runs until the program ends itself, its guest dies, or the cycles are used up.</summary>
    public void Run(ulong cycles)
    {
        ulong target = soc.Now + cycles;
        while (soc.Now < target && !Finished && !Hart.IsDead)
        {
            soc.Attention = false;
            Hart.TakePendingInterrupt();
            if (Hart.IsWaiting)
            {
                return;
            }

            engine.Run(target);
        }
    }

    public void Dispose()
    {
        Hart.Dispose();
        soc.Memory.Dispose();
    }

    private sealed class ByteSink(SystemOnChip soc, string name) : Peripheral(soc, name)
    {
        public List<byte> Written { get; } = [];

        // Offset 5 is the 16550's line status: the transmitter is always empty.
        public override uint Read(uint offset) => offset == 4 ? 0x6000u : 0;

        public override void Write(uint offset, uint value, uint lanes)
        {
            if (offset == 0)
            {
                Written.Add((byte)value);
                Soc.Attention = true;
            }
        }

        public override void Reset(ResetKind kind)
        {
        }

        public override void State(StateStream state)
        {
        }
    }
}
