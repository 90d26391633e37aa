// The core against QEMU, an implementation that shares nothing with it: thousands of random instruction sequences
// run on both, and everything that they leave in memory is compared word by word, registers, CSRs and traps
// included.
//
// Where the two differ on purpose, xtval is held against the core's rule (ExpectedTrapValue), and everything else is
// left out by the generators, each time with the reason beside it:
//   - misaligned accesses, stores to nowhere, SC without its own LR and after other stores, A and D clear, bits in
//     pointers to tables, instruction fetch with SUM, U and SUM under MPRV, sfence.vma and wfi in U: the core's rules;
//   - misa, vendor ids, time, mcounteren, counters, custom CSRs, MPRV in sstatus, sip and sie without delegation,
//     MPP 2, breakpoints and ecalls from S delegated, bit 0 of epc: CSRs that one of them has otherwise or not at all;
//   - several interrupts at once, writes of no bits to read-only CSRs, code that straddles into nothing: QEMU's faults.
// What the core does in these places has direct tests in PrivilegeTests, InterruptTests and MemoryRuleTests.

using System.Runtime.InteropServices;
using System.Text;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class QemuComparisonTests
{
    private const ulong MostCycles = 200_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Sequences_that_raise_nothing_leave_the_same_registers_and_memory_as_on_QEMU(int round) =>
        Compare(round, 1200, sequences => sequences.AddPlain(), [11]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Exceptions_and_changes_of_privilege_are_the_same_as_on_QEMU(int round) =>
        Compare(round, 1000, sequences => sequences.AddTraps(), [1, 2, 3, 5, 8, 9, 11]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Interrupts_set_by_software_are_taken_at_the_same_instructions_as_on_QEMU(int round) =>
        Compare(round, 1000, sequences => sequences.AddInterrupts(), [0x8000_0001, 0x8000_0005, 0x8000_0009]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Page_tables_allow_and_refuse_the_same_accesses_as_on_QEMU(int round) =>
        Compare(round, 700, sequences => sequences.AddPaging(), [1, 5, 12, 13, 15]);

    // The causes are those that must have been taken at least once for every 100 sequences: what the sequences are for.
    private static void Compare(int round, int count, Action<PrivilegedSequences> add, uint[] causes)
    {
        int seed = TestSeed.Next() + round;
        SequenceProgram program = new();
        PrivilegedSequences sequences = new(new Random(seed), program);
        for (int i = 0; i < count; i++)
        {
            add(sequences);
        }

        byte[] memory = Compare(program, seed);
        uint[] taken = [.. program.Sequences.SelectMany(sequence => sequence.CausesIn(memory))];
        Assert.All(causes, cause => Assert.InRange(taken.Count(entry => entry == cause), count / 100, int.MaxValue));
        Assert.InRange(program.Sequences.Count(sequence => sequence.ReachedItsEnd(memory)), count * 4 / 5, count);
    }

    private static byte[] Compare(SequenceProgram program, int seed)
    {
        byte[] image = program.ToBytes();
        byte[] expected = QemuVirt.Run(image);
        byte[] stepped = RunOurs(image, EngineKind.Stepper, seed, out ulong steppedCycles);
        AssertSame(program, expected, stepped, $"seed {seed}: QEMU and the stepper");
        foreach (EngineKind kind in LockstepTests.Fast)
        {
            byte[] fast = RunOurs(image, kind, seed, out ulong fastCycles);
            Assert.True(stepped.AsSpan().SequenceEqual(fast), $"seed {seed}: stepper and {kind} differ");
            Assert.Equal(steppedCycles, fastCycles);
        }

        return stepped;
    }

    private static byte[] RunOurs(byte[] image, EngineKind kind, int seed, out ulong cycles)
    {
        using VirtMachine machine = new(image, kind);
        machine.Run(MostCycles);
        Assert.True(machine.Finished, $"seed {seed}: the program stopped at pc 0x{machine.Hart.Pc:x8}; {machine.Hart.Death}");
        byte[] ram = new byte[VirtMachine.RamLength];
        Assert.True(machine.Memory.TryRead(VirtMachine.RamBase, ram));
        cycles = machine.Cycle;
        return ram;
    }

    private static void AssertSame(SequenceProgram program, byte[] expected, byte[] actual, string who)
    {
        ReadOnlySpan<uint> theirs = MemoryMarshal.Cast<byte, uint>(expected);
        ReadOnlySpan<uint> ours = MemoryMarshal.Cast<byte, uint>(actual);
        if (theirs.SequenceEqual(ours))
        {
            return;
        }

        for (int i = 0; i < ours.Length; i++)
        {
            uint address = VirtMachine.RamBase + ((uint)i * 4);
            if (theirs[i] == ours[i])
            {
                continue;
            }

            Sequence? sequence = address < SequenceProgram.DataBase
                ? program.Sequences.LastOrDefault(candidate => candidate.Start <= address)
                : program.Sequences.LastOrDefault(candidate => candidate.Context <= address);
            int word = sequence is null || address < sequence.Context ? 0 : (int)(address - sequence.Context) / 4;
            if (sequence is not null && SequenceProgram.IsTrapValue(word)
                && ours[i] == ExpectedTrapValue(theirs[i - 2], theirs[i - 1], theirs[i], actual))
            {
                continue;
            }

            Assert.Fail($"{who} differ at 0x{address:x8}: 0x{theirs[i]:x8} and 0x{ours[i]:x8}"
                + (sequence is null ? string.Empty : Report(sequence, word, actual, theirs, ours)));
        }
    }

    // What the core's xtval must be where QEMU's is given. Facts: datasheet, traps; RTL, compressed expansion.
    private static uint ExpectedTrapValue(uint cause, uint epc, uint value, byte[] memory)
    {
        switch (cause)
        {
            case 1 or 12:
                return value & ~3u; // the fetched word that failed, not the half-word
            case 2:
                uint place = epc >= SequenceProgram.CodeBase + SequenceProgram.UserAlias
                    ? epc - SequenceProgram.UserAlias
                    : epc;
                bool full = (memory[place - VirtMachine.RamBase] & 3) == 3;
                return full ? value : 0; // illegal compressed instructions expand to zeros
            case 3:
                return Assembler.Ebreak; // QEMU: the address
            case 8 or 9 or 11:
                return Assembler.Ecall; // QEMU: 0
            default:
                return value;
        }
    }

    private static string Report(
        Sequence sequence, int word, byte[] memory, ReadOnlySpan<uint> theirs, ReadOnlySpan<uint> ours)
    {
        StringBuilder text = new();
        text.AppendLine($"\nsequence {sequence.Index} ({sequence.Kind}), {SequenceProgram.NameOf(word)}");
        int context = (int)(sequence.Context - VirtMachine.RamBase) / 4;
        for (int i = 0; i < SequenceProgram.ContextWords; i++)
        {
            (uint their, uint our) = (theirs[context + i], ours[context + i]);
            bool isTrap = SequenceProgram.IsTrap(i) && our != 0;
            if (their != our || isTrap)
            {
                text.AppendLine($"  {SequenceProgram.NameOf(i)}: 0x{their:x8} and 0x{our:x8}");
            }
        }

        for (uint pc = sequence.Start; pc <= sequence.End;)
        {
            uint encoding = BitConverter.ToUInt32(memory, (int)(pc - VirtMachine.RamBase));
            text.AppendLine($"  {pc:x8}  {Disassembler.Text(encoding, pc, out int length)}");
            pc += (uint)length;
        }

        return text.ToString();
    }
}
