// A bare-metal program that runs many generated instruction sequences one after the other and leaves everything that
// they did in memory: registers, CSRs, the traps that were taken, and the memory itself. It runs alike on our core
// and on QEMU's `virt` board, and what it leaves can be compared word by word.
//
// Each sequence has a context: its initial registers and CSRs, where it ends, and room for its log of traps and its
// final state. The program loads a context, enters the sequence with mret, and stores the final state when the
// sequence reaches its end, an ecall at a known address. On any other trap a handler (one in M, one in S for what is
// delegated) logs cause, epc, tval and status, and goes on behind the instruction: privileged sequences are laid out
// in slots of 4 bytes, so that the place behind is known without reading the instruction. A jump to nowhere goes on
// at ra, and an interrupt is logged and masked.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

/// <summary>One generated sequence and where its parts are.</summary>
internal sealed record Sequence(int Index, string Kind, uint Start, uint End, uint Context)
{
    /// <summary>The causes of the traps that it took, in their order.</summary>
    /// <param name="memory">The memory that the program left.</param>
    public IEnumerable<uint> CausesIn(byte[] memory)
    {
        for (int entry = 0; entry < SequenceProgram.LogEntries; entry++)
        {
            uint place = Context - SequenceProgram.CodeBase + SequenceProgram.LogOffset
                + (uint)(entry * SequenceProgram.LogEntryWords * 4);
            if (BitConverter.ToUInt32(memory, (int)place) == 0)
            {
                yield break;
            }

            yield return BitConverter.ToUInt32(memory, (int)place + 4);
        }
    }

    /// <summary>Whether it ran to its end, and was not stopped because its log was full.</summary>
    public bool ReachedItsEnd(byte[] memory) => CausesIn(memory).Count() < SequenceProgram.LogEntries;
}

/// <summary>The CSRs that a sequence starts with.</summary>
internal sealed record InitialCsrs
{
    public uint Mstatus { get; init; }
    public uint Mcause { get; init; }
    public uint Mtval { get; init; }
    public uint Medeleg { get; init; }
    public uint Mideleg { get; init; }
    public uint Mie { get; init; }
    public uint Mip { get; init; }
    public uint Sepc { get; init; }
    public uint Scause { get; init; }
    public uint Stval { get; init; }
    public uint Satp { get; init; }
}

internal sealed class SequenceProgram
{
    public const uint CodeBase = 0x8000_0000;
    public const uint DataBase = 0x8020_0000;

    /// <summary>Seen by U mode, the program stands this much higher.</summary>
    public const uint UserAlias = 0x4000_0000;

    /// <summary>Words of an entry of the log: 1 (M) or 2 (S), cause, epc, tval, status.</summary>
    public const int LogEntryWords = 5;
    public const int LogEntries = 40;

    /// <summary>Words of a context.</summary>
    public const int ContextWords = (LogOffset / 4) + (LogEntries * LogEntryWords);

    /// <summary>Where the log is in a context, in bytes.</summary>
    public const int LogOffset = 96 * 4;

    private const int Saved = 0;
    private const int SavedInSupervisor = 32 * 4;
    private const int LogPointer = 64 * 4;
    private const int LogLimit = 65 * 4;
    private const int EndAddress = 66 * 4;
    private const int EndAddressAlias = 67 * 4;
    private const int NextContext = 68 * 4;
    private const int Initial = 69 * 4;
    private const int Final = 84 * 4;
    private const uint QemuTimerCompare = 0x0200_4000;
    private const uint Finisher = 0x0010_0000;
    private const uint FinisherPass = 0x5555;

    private const uint Medeleg = 0x302;
    private const uint Mideleg = 0x303;
    private const uint Mie = 0x304;
    private const uint Mip = 0x344;
    private const uint Mstatus = 0x300;
    private const uint Mepc = 0x341;
    private const uint Sie = 0x104;

    // In the order in which they are loaded: enables last, when everything else stands.
    private static readonly uint[] InitialOrder =
        [Medeleg, Mideleg, Mip, 0x141, 0x142, 0x143, 0x105, 0x140, 0x180, 0x342, 0x343, Mstatus, Mepc, Mie];

    private static readonly uint[] FinalOrder =
        [Mstatus, Medeleg, Mideleg, Mie, Mip, 0x141, 0x142, 0x140, 0x180, 0x105];

    private readonly List<Sequence> sequences = [];
    private readonly uint supervisorHandler;
    private readonly uint firstContextLoad;
    private uint lastNext;

    public SequenceProgram()
    {
        // QEMU's timer interrupt is pending until the compare register is far away; on our core the stores vanish.
        Code.LoadConstant(5, QemuTimerCompare);
        Code.Words(Addi(6, 0, -1), Sw(6, 0, 5), Sw(6, 4, 5));
        uint toHandlers = Code.Here;
        Code.Zeros(4 * 6);
        uint load = EmitLoadContext();
        (uint machineHandler, uint supervisorExitPatch) = EmitHandler(machine: true, load);
        (supervisorHandler, uint supervisorExit) = EmitHandler(machine: false, load);
        PatchConstant(supervisorExitPatch, 9, supervisorExit);

        PatchConstant(toHandlers, 5, machineHandler);
        Code.Patch(toHandlers + 8, Csr(1, 0x305, 5, 0));
        firstContextLoad = toHandlers + 12;
        Code.Patch(toHandlers + 20, J((int)(load - (toHandlers + 20)), 0));
    }

    public Assembler Code { get; } = new(CodeBase);

    public Assembler Data { get; } = new(DataBase);

    public IReadOnlyList<Sequence> Sequences => sequences;

    /// <summary>Adds the context of a sequence whose code is written.</summary>
    public void Add(string kind, uint start, uint end, uint[] registers, InitialCsrs csrs)
    {
        Data.Align(16);
        uint context = Data.Here;
        if (lastNext == 0)
        {
            PatchConstant(firstContextLoad, 31, context);
        }
        else
        {
            Data.Patch(lastNext, context);
        }

        lastNext = context + NextContext;
        Data.Words(registers);
        Data.Zeros(32 * 4);
        Data.Words(context + LogOffset, context + LogOffset + (LogEntries * LogEntryWords * 4), end, end + UserAlias, 0);
        foreach (uint csr in InitialOrder)
        {
            Data.Word(csr switch
            {
                Medeleg => csrs.Medeleg,
                Mideleg => csrs.Mideleg,
                Mip => csrs.Mip,
                0x141 => csrs.Sepc,
                0x142 => csrs.Scause,
                0x143 => csrs.Stval,
                0x105 => supervisorHandler,
                0x140 => context,
                0x180 => csrs.Satp,
                0x342 => csrs.Mcause,
                0x343 => csrs.Mtval,
                Mstatus => csrs.Mstatus,
                Mepc => start,
                _ => csrs.Mie,
            });
        }

        Data.Zeros(LogOffset + (LogEntries * LogEntryWords * 4) - (int)(Data.Here - context));
        sequences.Add(new Sequence(sequences.Count, kind, start, end, context));
    }

    /// <summary>The whole program as it stands at 0x8000_0000.</summary>
    public byte[] ToBytes()
    {
        byte[] code = Code.ToBytes();
        byte[] data = Data.ToBytes();
        Assert.True(code.Length <= DataBase - CodeBase, "The code of the sequences does not fit.");
        byte[] all = new byte[DataBase - CodeBase + data.Length];
        code.CopyTo(all, 0);
        data.CopyTo(all, DataBase - CodeBase);
        return all;
    }

    /// <summary>What the words of a context mean, for the report of a difference.</summary>
    public static string NameOf(int word)
    {
        int offset = word * 4;
        return offset switch
        {
            < SavedInSupervisor => $"x{word}",
            < LogPointer => $"x{word - 32} as the S handler saved it",
            < Initial => "the context's own fields",
            < Final => $"initial CSR 0x{InitialOrder[Math.Min(word - (Initial / 4), InitialOrder.Length - 1)]:x3}",
            < LogOffset => $"final CSR 0x{FinalOrder[Math.Min(word - (Final / 4), FinalOrder.Length - 1)]:x3}",
            _ => $"trap {(word - (LogOffset / 4)) / LogEntryWords}: "
                + new[] { "mode", "cause", "epc", "tval", "status" }[(word - (LogOffset / 4)) % LogEntryWords],
        };
    }

    /// <summary>Whether a word of a context belongs to a logged trap.</summary>
    public static bool IsTrap(int word) => word >= LogOffset / 4;

    /// <summary>Whether a word of a context is the tval of a logged trap.</summary>
    public static bool IsTrapValue(int word) => IsTrap(word) && (word - (LogOffset / 4)) % LogEntryWords == 3;

    private uint EmitLoadContext()
    {
        uint start = Code.Here;
        Code.Word(Csr(1, 0x340, 31, 0));
        for (int i = 0; i < InitialOrder.Length; i++)
        {
            Code.Word(Lw(5, Initial + (i * 4), 31));
            Code.Word(Csr(1, InitialOrder[i], 5, 0));
        }

        Code.Word(SfenceVma(0, 0));
        Code.Word(FenceI);
        Code.Word(R(0x18 >> 1, 0, 31, 2, 0, 0x2F)); // sc.w of 0 to the place of x0: ends any reservation
        for (uint register = 1; register < 32; register++)
        {
            Code.Word(Lw(register, (int)register * 4, 31));
        }

        Code.Word(Mret);
        return start;
    }

    // The M handler has a constant to be patched: where the S handler ends a sequence. The S handler gives that place.
    private (uint Handler, uint Place) EmitHandler(bool machine, uint load)
    {
        uint offset = machine ? 0x200u : 0; // M's CSR numbers are S's and 0x200
        uint scratch = 0x140 + offset;
        uint epc = 0x141 + offset;
        int save = machine ? Saved : SavedInSupervisor;
        uint handler = Code.Here;
        Code.Word(Csr(1, scratch, 31, 31));
        for (uint register = 0; register < 31; register++)
        {
            Code.Word(Sw(register, save + ((int)register * 4), 31));
        }

        Code.Words(Csr(2, scratch, 0, 30), Sw(30, save + 124, 31), Csr(1, scratch, 31, 0));
        Code.Words(Lw(29, LogPointer, 31), Lw(28, LogLimit, 31));
        uint whenFull = Reserve();
        Code.Words(Addi(30, 0, machine ? 1 : 2), Sw(30, 0, 29));
        Code.Words(Csr(2, 0x142 + offset, 0, 5), Sw(5, 4, 29), Csr(2, epc, 0, 6), Sw(6, 8, 29));
        Code.Words(Csr(2, 0x143 + offset, 0, 7), Sw(7, 12, 29), Csr(2, 0x100 + offset, 0, 8), Sw(8, 16, 29));
        Code.Words(Addi(29, 29, LogEntryWords * 4), Sw(29, LogPointer, 31));
        uint whenInterrupt = Reserve();
        Code.Word(Lw(9, EndAddress, 31));
        uint whenEnd = Reserve();
        Code.Word(Lw(9, EndAddressAlias, 31));
        uint whenEndAlias = Reserve();
        uint constant = Code.Here;
        Code.Zeros(8);
        uint whenExit = Reserve();
        Code.Word(Addi(9, 0, 1));
        uint whenAccess = Reserve();
        Code.Word(Addi(9, 0, 12));
        uint whenPage = Reserve();
        Code.Words(I(-4, 6, 7, 6, 0x13), Addi(6, 6, 4));
        uint behind = Reserve();

        uint fetch = Code.Here;
        Code.Words(Lw(6, save + 4, 31));
        uint afterFetch = Reserve();
        uint interrupt = Code.Here;
        Code.Word(Csr(1, machine ? Mie : Sie, 0, 0));
        uint resume = Code.Here;
        Code.Word(Csr(1, epc, 6, 0));
        EmitRestore(save);
        Code.Word(machine ? Mret : Sret);

        uint done = Code.Here;
        uint place = constant;
        if (machine)
        {
            EmitDone(load);
        }
        else
        {
            EmitRestore(save);
            place = Code.Here;
            Code.Word(Ecall);
            Code.Patch(constant, Addi(9, 0, 0)); // no address: compares with 0
            Code.Patch(constant + 4, Addi(9, 0, 0));
        }

        Code.Patch(whenFull, B((int)(done - whenFull), 28, 29, 7));
        Code.Patch(whenInterrupt, B((int)(interrupt - whenInterrupt), 0, 5, 4));
        Code.Patch(whenEnd, B((int)(done - whenEnd), 9, 6, 0));
        Code.Patch(whenEndAlias, B((int)(done - whenEndAlias), 9, 6, 0));
        Code.Patch(whenExit, B((int)(done - whenExit), 9, 6, 0));
        Code.Patch(whenAccess, B((int)(fetch - whenAccess), 9, 5, 0));
        Code.Patch(whenPage, B((int)(fetch - whenPage), 9, 5, 0));
        Code.Patch(behind, J((int)(resume - behind), 0));
        Code.Patch(afterFetch, J((int)(resume - afterFetch), 0));
        return (handler, place);
    }

    private void EmitRestore(int save)
    {
        for (uint register = 1; register < 32; register++)
        {
            Code.Word(Lw(register, save + ((int)register * 4), 31));
        }
    }

    private void EmitDone(uint load)
    {
        for (int i = 0; i < FinalOrder.Length; i++)
        {
            Code.Words(Csr(2, FinalOrder[i], 0, 5), Sw(5, Final + (i * 4), 31));
        }

        Code.Word(Csr(1, Mie, 0, 0));
        Code.Word(Lw(31, NextContext, 31));
        Code.Word(B((int)(load - Code.Here), 0, 31, 1));
        Code.LoadConstant(5, Finisher);
        Code.LoadConstant(6, FinisherPass);
        Code.Word(Sw(6, 0, 5));
        Code.Word(J(0, 0));
    }

    private uint Reserve()
    {
        Code.Zeros(4);
        return Code.Here - 4;
    }

    private void PatchConstant(uint address, uint register, uint value)
    {
        Code.Patch(address, Lui(register, value + 0x800));
        Code.Patch(address + 4, Addi(register, register, (int)(value << 20) >> 20));
    }
}
