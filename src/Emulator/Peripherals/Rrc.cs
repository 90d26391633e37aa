// RRC: the RRAM controller. The core reads RRAM like memory, but for what is not everybody's (RramAccess); its stores
// do not write it. They go through a 256-bit buffer and two commands, and the array changes line by line.
// Facts: documentation of the RRAM (map, write flows, write times); RTL of rrc, stepping A1; the RRAM drivers of Xous.
// - Command mode off (RRCCR bit 1 = 0): a store of a word fills the buffer's word addr[4:2], denied or not. Words that
//   are not filled keep what the last use left there.
// - Command mode on: 0x5200 stored to an even word of a line is LOAD, which puts the buffer beside the line's place in
//   its page of 32 lines; 0x9528 is WRITE, which changes all lines of the page that were loaded.
// - One-way counters (256 lines from 0x603D_A000): any store to one adds 1 to the line, which is one number of 256 bits.
// - A data slot (0x603E_0000) whose access word has bit 24: any store to it in command mode ORs the buffer into it.
// - A denied load reads 0, a denied command does nothing; either sets a flag in RRCFR, which interrupts.
// - RRCAR 0x2468 erases everything, from the top down, keys and IFR included.
//
// A write takes its time, and the core stands still until it is done: the array answers no access meanwhile. The line is
// the old one up to that cycle and the new one from then on; a reset in between leaves the old one. The documentation
// gives mean times of writes that only set or only clear bits, of 1 line and of 32. Here both kinds take what they take
// alone, one after the other, on a straight line between those points; a line that does not change takes no time.
// Loads, fills and LOAD take no time of their own. Counters of events (RRCCR 31:16) do not count.

using System.Buffers.Binary;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The RRAM controller: where stores to RRAM end, and who decides over loads.</summary>
public sealed class Rrc : Peripheral, IStoreTarget, ILoadGuard
{
    private const uint RRCCR = 0x00;
    private const uint RRCFD = 0x04;
    private const uint RRCSR = 0x08;
    private const uint RRCFR = 0x0C;
    private const uint FirstStatistic = 0x14;
    private const uint LastStatistic = 0x28;
    private const uint RRCAR = 0xF0;

    private const uint RRCCR_COMMAND_MODE = 1 << 1;
    private const uint RRCCR_CODE_PROTECTION = 1 << 12; // stepping A1 sets it with every write
    private const uint RRCCR_NMI = 1 << 15;
    private const uint RRCFD_MASK = 0x1F;
    private const uint RRCFD_RESET = 7;
    private const uint RRCSR_BUSY = 1 << 0;
    private const uint RRCFR_MASK = 0x1F;
    private const uint ERASE_EVERYTHING = 0x2468;

    private const uint LOAD = 0x5200;
    private const uint WRITE = 0x9528;

    private const int LineLength = (int)RramLayout.LineLength;
    private const uint LineMask = LineLength - 1;
    private const int LinesInPage = 32;
    private const uint PageMask = (LinesInPage * LineLength) - 1;
    private const uint CounterLength = OneWayCounter.Count * LineLength;
    private const uint ArrayEnd = ChipMemories.RramBase + ChipMemories.RramLength;

    private const int AccessBank = 2;
    private const int AccessBit = 6;
    private const int ErrorBank = 13;
    private const int ErrorBit = 0;

    // Mean microseconds: those of any write, and those of each line.
    private const uint SetBase = 26;
    private const uint SetLine = 24;
    private const uint ClearBase = 75;
    private const uint ClearLine = 45;
    private const uint Megahertz = 1_000_000;

    private readonly RramAccess access;
    private readonly RramIfr ifr;
    private readonly ScheduledEvent written;
    private readonly ScheduledEvent erased;
    private readonly byte[] buffer = new byte[LineLength];
    private readonly byte[] page = new byte[LinesInPage * LineLength];
    private uint loadedLines;
    private uint target;
    private uint eraseEnd;
    private uint control;
    private uint divider;
    private uint flags;

    public Rrc(SystemOnChip soc, CoreUser users, RramIfr ifr)
        : base(soc, "RRC")
    {
        this.ifr = ifr;
        ifr.Controller = this;
        access = new RramAccess(users, ifr);
        written = new ScheduledEvent(soc.Events, EventPriority.Device, FinishWrite);
        erased = new ScheduledEvent(soc.Events, EventPriority.Device, EraseOn);
    }

    private bool CommandMode => (control & RRCCR_COMMAND_MODE) != 0;

    public override uint Read(uint offset) => offset switch
    {
        RRCCR => control,
        RRCFD => divider,
        RRCSR => written.IsScheduled || erased.IsScheduled ? RRCSR_BUSY : 0,
        RRCFR => flags,
        >= FirstStatistic and <= LastStatistic => 0, // no write ever fails
        RRCAR => 0,
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case RRCCR:
                control = Merge(control, value, lanes) | RRCCR_CODE_PROTECTION;
                UpdateInterrupts();
                break;
            case RRCFD:
                divider = Merge(divider, value, lanes) & RRCFD_MASK;
                break;
            case RRCFR:
                flags &= ~value;
                UpdateInterrupts();
                break;
            case RRCAR when value == ERASE_EVERYTHING && lanes == uint.MaxValue:
                eraseEnd = ArrayEnd;
                WaitForErase();
                break;
            case RRCAR or RRCSR:
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    /// <summary>A CPU store to RRAM or IFR.</summary>
    public void Store(uint address, uint value, uint lanes)
    {
        uint line = address & ~LineMask;
        if (line - RramLayout.CounterBase < CounterLength)
        {
            Count(line);
            return;
        }

        // Half-words and bytes stand in several lanes of the bus: they fill nothing, and are no command.
        bool isWord = lanes == uint.MaxValue;
        bool allowed = IsAllowed(address, isStore: true);
        if (CommandMode && access.IsProgramOnly(address))
        {
            if (allowed)
            {
                Program(line);
            }
        }
        else if (isWord && !CommandMode)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan((int)(address & LineMask)), value);
        }
        else if (isWord && (address & 4) == 0)
        {
            Command(line, value, allowed);
        }
    }

    /// <summary>Whether a load of the core gets what stands at an address of IFR; else it gets 0, and a flag is set.</summary>
    public bool MayLoad(uint address) => IsAllowed(address, isStore: false);

    /// <inheritdoc/>
    public LoadRight CheckLoad(uint address) => !access.MayDenyLoads(address) ? LoadRight.Everybody
        : IsAllowed(address, isStore: false) ? LoadRight.Granted
        : LoadRight.Denied;

    /// <summary>Takes over what the access words say, as a reset does and as commits do one by one.</summary>
    public void LatchAccessWords() => access.Latch(Soc.Memory);

    public override void Reset(ResetKind kind)
    {
        written.Cancel();
        erased.Cancel();
        Array.Clear(buffer);
        Array.Clear(page);
        loadedLines = target = eraseEnd = control = flags = 0;
        divider = RRCFD_RESET;
        if (kind != ResetKind.Core)
        {
            LatchAccessWords();
        }

        UpdateInterrupts();
    }

    public override void State(StateStream state)
    {
        state.Bytes(buffer);
        state.Bytes(page.AsSpan(0, LineLength));
        state.U32(ref control);
        state.U32(ref divider);
        uint unused = 0;
        state.U32(ref unused);
        if (state.IsLoading)
        {
            LatchAccessWords(); // earlier states end here
        }

        state.Bytes(page.AsSpan(LineLength));
        state.U32(ref loadedLines);
        state.U32(ref target);
        state.U32(ref eraseEnd);
        state.U32(ref flags);
        access.State(state);
        state.Event(written);
        state.Event(erased);
    }

    private bool IsAllowed(uint address, bool isStore)
    {
        uint denial = access.Denial(address, isStore, (control & RRCCR_CODE_PROTECTION) != 0);
        if (denial != 0)
        {
            flags |= denial;
            UpdateInterrupts();
        }

        return denial == 0;
    }

    private void UpdateInterrupts()
    {
        Soc.Irqs[AccessBank].SetLevel(AccessBit, flags != 0);
        Soc.Irqs[ErrorBank].SetLevel(ErrorBit, flags != 0 && (control & RRCCR_NMI) != 0);
    }

    private void Command(uint line, uint command, bool allowed)
    {
        if (command == WRITE && line - RramLayout.AccessBase < RramLayout.AccessCount * 4)
        {
            access.Commit(line, buffer);
        }

        if (command == LOAD && allowed)
        {
            Load(line, buffer);
        }
        else if (command == WRITE && allowed)
        {
            StartWrite(line);
        }
    }

    private void Count(uint line)
    {
        Span<byte> content = stackalloc byte[LineLength];
        ReadLine(line, content);
        foreach (ref byte digit in content)
        {
            if (++digit != 0)
            {
                break;
            }
        }

        Load(line, content);
        StartWrite(line);
    }

    private void Program(uint line)
    {
        Span<byte> content = stackalloc byte[LineLength];
        ReadLine(line, content);
        for (int i = 0; i < LineLength; i++)
        {
            content[i] |= buffer[i];
        }

        Load(line, content);
        StartWrite(line);
    }

    private void Load(uint line, ReadOnlySpan<byte> content)
    {
        content.CopyTo(page.AsSpan((int)(line & PageMask)));
        loadedLines |= 1u << (int)((line & PageMask) / LineLength);
    }

    private void StartWrite(uint line)
    {
        target = line & ~PageMask;
        Span<byte> old = stackalloc byte[LineLength];
        (uint setting, uint clearing) = (0, 0);
        for (int number = 0; number < LinesInPage; number++)
        {
            if (IsLoaded(number))
            {
                ReadLine(target + (uint)(number * LineLength), old);
                (bool sets, bool clears) = Compare(old, LoadedLine(number));
                setting += sets ? 1u : 0;
                clearing += clears ? 1u : 0;
            }
        }

        uint time = (setting == 0 ? 0 : SetBase + (SetLine * setting))
            + (clearing == 0 ? 0 : ClearBase + (ClearLine * clearing));
        Wait(written, time);
    }

    private void FinishWrite()
    {
        for (int number = 0; number < LinesInPage; number++)
        {
            if (IsLoaded(number))
            {
                WriteLine(target + (uint)(number * LineLength), LoadedLine(number));
            }
        }

        loadedLines = 0;
    }

    private void Wait(ScheduledEvent end, uint microseconds)
    {
        ulong until = Soc.Now + Soc.Clocks.CyclesOf(microseconds, Megahertz);
        Soc.Schedule(end, until);
        Soc.StallCore(until);
    }

    // What remains to be erased is the array below eraseEnd, and then IFR.
    private void EraseOn()
    {
        if (eraseEnd is <= ChipMemories.RramBase or > ArrayEnd)
        {
            ifr.Erase();
            return;
        }

        eraseEnd = (eraseEnd - 1) & ~(PhysicalMemory.PageSize - 1);
        Soc.Memory.TryWrite(eraseEnd, new byte[PhysicalMemory.PageSize]);
        WaitForErase();
    }

    private void WaitForErase()
    {
        uint lines = FactoryPart.InformationLength / LineLength;
        if (eraseEnd > ChipMemories.RramBase)
        {
            lines = 0;
            Span<byte> content = stackalloc byte[LineLength];
            for (uint line = eraseEnd - PhysicalMemory.PageSize; line < eraseEnd; line += LineLength)
            {
                ReadLine(line, content);
                lines += content.ContainsAnyExcept((byte)0) ? 1u : 0;
            }
        }

        Wait(erased, lines * (ClearBase + ClearLine));
    }

    private void ReadLine(uint line, Span<byte> content)
    {
        if (line >= RramIfr.Base)
        {
            ifr.Row(line).CopyTo(content);
        }
        else
        {
            Soc.Memory.TryRead(line, content);
        }
    }

    private void WriteLine(uint line, ReadOnlySpan<byte> content)
    {
        if (line >= RramIfr.Base)
        {
            content.CopyTo(ifr.Row(line));
        }
        else
        {
            Soc.Memory.TryWrite(line, content);
        }
    }

    private static (bool Sets, bool Clears) Compare(ReadOnlySpan<byte> old, ReadOnlySpan<byte> content)
    {
        (bool sets, bool clears) = (false, false);
        for (int i = 0; i < LineLength; i++)
        {
            sets |= (content[i] & ~old[i]) != 0;
            clears |= (old[i] & ~content[i]) != 0;
        }

        return (sets, clears);
    }

    private bool IsLoaded(int number) => ((loadedLines >> number) & 1) != 0;

    private ReadOnlySpan<byte> LoadedLine(int number) => page.AsSpan(number * LineLength, LineLength);
}
