// A chip that runs a few instructions of a test from reset: M mode, at 0x6000_0000, with a handler for traps that
// keeps what happened in s-registers and goes on behind the instruction. Each test runs on every engine.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Soc;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

internal sealed class CoreUnderTest : IDisposable
{
    /// <summary>Where a test's own instructions start.</summary>
    public const uint Start = ChipMemories.RramBase + 0x100;

    /// <summary>Free for data and page tables.</summary>
    public const uint Sram = ChipMemories.SramBase;

    // What the handler leaves in x18 to x23 (s2 to s7).
    private const int Count = 18;
    private const int Cause = 19;
    private const int Epc = 20;
    private const int Value = 21;
    private const int Status = 22;

    /// <summary>Makes the chip; nothing runs yet.</summary>
    /// <param name="engine">Who executes.</param>
    /// <param name="program">Writes the instructions, at <see cref="Start"/>. An endless loop follows them.</param>
    /// <param name="data">More content: physical addresses and words.</param>
    public CoreUnderTest(EngineKind engine, Action<Assembler> program, params (uint Address, uint[] Words)[] data)
    {
        Assembler boot = new(ChipMemories.RramBase);
        boot.LoadConstant(5, ChipMemories.RramBase + 0x20);
        boot.Words(Csr(1, 0x305, 5, 0), Addi(5, 0, 0), J((int)(Start - (ChipMemories.RramBase + 16)), 0));
        boot.Align(0x20);
        WriteHandler(boot, 0x200, Mret);
        boot.Align(0x80);
        WriteHandler(boot, 0, Sret);
        boot.Align(0x100);
        program(boot);
        boot.Word(J(0, 0));

        List<(uint Address, ReadOnlyMemory<byte> Bytes)> pieces = [(ChipMemories.RramBase, boot.ToBytes())];
        foreach ((uint address, uint[] words) in data)
        {
            Assembler piece = new(address);
            piece.Words(words);
            pieces.Add((address, piece.ToBytes()));
        }

        Machine = new Machine(new MachineOptions
        {
            Image = new MachineImage("test", ChipMemories.RramBase, pieces),
            Board = Dabao.Board,
            Engine = engine,
            Cold = true,
        });
    }

    /// <summary>The engines that every test runs on.</summary>
    public static TheoryData<EngineKind> Engines => [EngineKind.Stepper, EngineKind.Threaded, EngineKind.Translator];

    /// <summary>The S handler that a test may put into stvec: like the M handler, it uses S's registers.</summary>
    public const uint SupervisorHandler = ChipMemories.RramBase + 0x80;

    public Machine Machine { get; }

    public Hart Hart => Machine.Hart;

    /// <summary>Goes on in S (1) or U (0), by mret.</summary>
    public static void Enter(Assembler code, uint mode)
    {
        code.LoadConstant(5, code.Here + (10 * 4));
        code.Word(Csr(1, 0x341, 5, 0));
        code.LoadConstant(6, 0x1800);
        code.Word(Csr(3, 0x300, 6, 0));
        code.Words(Addi(6, 0, (int)mode), I(11, 6, 1, 6, 0x13), Csr(2, 0x300, 6, 0), Mret);
    }

    /// <summary>Writes a CSR.</summary>
    public static void Write(Assembler code, uint csr, uint value)
    {
        code.LoadConstant(5, value);
        code.Word(Csr(1, csr, 5, 0));
    }

    /// <summary>Reads a CSR into a register.</summary>
    public static void Read(Assembler code, uint csr, uint register) => code.Word(Csr(2, csr, 0, register));

    /// <summary>How many traps the handlers have seen.</summary>
    public uint Traps => X(Count);

    /// <summary>xcause of the latest trap.</summary>
    public uint TrapCause => X(Cause);

    public uint TrapEpc => X(Epc);

    public uint TrapValue => X(Value);

    /// <summary>mstatus, or sstatus for a trap that was delegated.</summary>
    public uint TrapStatus => X(Status);

    public uint X(int register) => Hart.Register(register);

    public uint CsrValue(string name) => Hart.ControlRegisters().Single(csr => csr.Name == name).Value;

    /// <summary>Runs a number of cycles.</summary>
    public CoreUnderTest Run(ulong cycles = 400)
    {
        Machine.Run(cycles);
        return this;
    }

    public uint Word(uint physical)
    {
        byte[] bytes = new byte[4];
        Assert.True(Machine.Soc.Memory.TryRead(physical, bytes));
        return BitConverter.ToUInt32(bytes);
    }

    public void Dispose() => Machine.Dispose();

    // Counts and keeps the trap; an exception goes on 4 bytes further, or at ra when nothing could be fetched; after an
    // interrupt all of its kind stay masked.
    private static void WriteHandler(Assembler code, uint offset, uint leave)
    {
        code.Words(Addi(Count, Count, 1), Csr(2, 0x142 + offset, 0, Cause), Csr(2, 0x141 + offset, 0, Epc));
        code.Words(Csr(2, 0x143 + offset, 0, Value), Csr(2, 0x100 + offset, 0, Status));
        code.Words(B(12, 0, Cause, 5), Csr(1, 0x104 + offset, 0, 0), leave); // an interrupt: mask, return
        code.Words(Addi(24, 0, 1), B(28, Cause, 24, 0), Addi(24, 0, 12), B(20, Cause, 24, 0));
        code.Words(Addi(25, Epc, 4), Csr(1, 0x141 + offset, 25, 0), leave, Addi(0, 0, 0));
        code.Words(Csr(1, 0x141 + offset, 1, 0), leave);
    }
}
