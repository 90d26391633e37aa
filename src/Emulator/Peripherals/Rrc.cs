// RRC: the RRAM controller. Loads read RRAM like memory; stores do not write it. They go through a 256-bit line
// buffer and two commands, and each commit changes one line of 32 bytes at once.
// Facts: datasheet, RRAM controller; RTL of rrc; the RRAM drivers of Xous.
// - Command mode off (RRCCR bit 1 = 0): a 32-bit store fills the buffer's word addr[4:2]. Words that are not
//   filled keep what the last use left there.
// - Command mode on: 0x5200 stored to a line is LOAD, 0x9528 is WRITE: the buffer as loaded becomes that line.
// - One-way counters (256 lines from 0x603D_A000, the first word is the value) only ever gain 1, whatever the
//   data. Silicon counts a plain store to the line, which is how firmware does it; a program that goes through
//   fill, LOAD and WRITE gains 1 here as well, not 1 a store.
// - A data slot (0x603E_0000) whose access word has bit 24 is ORed into, not overwritten.
// Stores wait on silicon until the array is done; here a commit takes no time. Not modelled: the access rights
// of slots and users, write protection of boot0, failure counters and "erase everything" (RRCAR).

using System.Buffers.Binary;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The RRAM controller, and the place where stores to RRAM end.</summary>
public sealed class Rrc(SystemOnChip soc) : Peripheral(soc, "RRC"), IStoreTarget
{
    private const uint RRCCR = 0x00;
    private const uint RRCFD = 0x04;
    private const uint RRCSR = 0x08;
    private const uint RRCFR = 0x0C;
    private const uint FirstStatistic = 0x14;
    private const uint LastStatistic = 0x28;

    private const uint RRCCR_COMMAND_MODE = 1 << 1;
    private const uint RRCCR_FORCED = 1 << 12; // stepping A1
    private const uint ResetDivider = 7;

    private const uint LOAD = 0x5200;
    private const uint WRITE = 0x9528;

    private const int LineLength = (int)RramLayout.LineLength;
    private const uint LineMask = LineLength - 1;

    private const uint CounterLength = OneWayCounter.Count * LineLength;
    private const uint SlotLength = RramLayout.SlotCount * LineLength;
    private const uint ACCESS_OR_ONLY = 1 << 24;

    private readonly byte[] buffer = new byte[LineLength];
    private readonly byte[] loaded = new byte[LineLength];
    private uint control;
    private uint divider;
    private uint countedLine;

    public override uint Read(uint offset) => offset switch
    {
        RRCCR => control,
        RRCFD => divider,
        RRCSR or RRCFR => 0, // never busy when somebody can look, and no access is denied
        >= FirstStatistic and <= LastStatistic => 0,
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case RRCCR:
                control = Merge(control, value, lanes) | RRCCR_FORCED;
                break;
            case RRCFD:
                divider = Merge(divider, value, lanes);
                break;
            case RRCSR or RRCFR:
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    /// <summary>A CPU store to RRAM. Only whole words reach the controller's buffer and commands.</summary>
    public void Store(uint address, uint value, uint lanes)
    {
        if (lanes != uint.MaxValue)
        {
            return;
        }

        if ((control & RRCCR_COMMAND_MODE) == 0)
        {
            Fill(address, value);
        }
        else if (value == LOAD)
        {
            buffer.CopyTo(loaded, 0);
        }
        else if (value == WRITE)
        {
            Commit(address & ~LineMask);
        }
    }

    public override void Reset(ResetKind kind)
    {
        Array.Clear(buffer);
        Array.Clear(loaded);
        control = RRCCR_FORCED;
        divider = ResetDivider;
        countedLine = 0;
    }

    public override void State(StateStream state)
    {
        state.Bytes(buffer);
        state.Bytes(loaded);
        state.U32(ref control);
        state.U32(ref divider);
        state.U32(ref countedLine);
    }

    private void Fill(uint address, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan((int)(address & LineMask)), value);
        if (IsCounter(address) && (address & LineMask) == 0)
        {
            Count(address);
            countedLine = address;
        }
    }

    private void Commit(uint line)
    {
        if (IsCounter(line))
        {
            if (countedLine != line)
            {
                Count(line);
            }

            countedLine = 0;
            return;
        }

        Span<byte> content = stackalloc byte[LineLength];
        loaded.CopyTo(content);
        if (line - RramLayout.SlotBase < SlotLength && (AccessWord((int)((line - RramLayout.SlotBase) / LineLength)) & ACCESS_OR_ONLY) != 0)
        {
            Span<byte> old = stackalloc byte[LineLength];
            Soc.Memory.TryRead(line, old);
            for (int i = 0; i < LineLength; i++)
            {
                content[i] |= old[i];
            }
        }

        Soc.Memory.TryWrite(line, content);
    }

    private void Count(uint line)
    {
        Span<byte> word = stackalloc byte[4];
        Soc.Memory.TryRead(line, word);
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(word);
        BinaryPrimitives.WriteUInt32LittleEndian(word, value == uint.MaxValue ? value : value + 1);
        Soc.Memory.TryWrite(line, word);
    }

    private uint AccessWord(int slot)
    {
        Span<byte> word = stackalloc byte[4];
        Soc.Memory.TryRead(RramLayout.Access(slot), word);
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }

    private static bool IsCounter(uint address) => address - RramLayout.CounterBase < CounterLength;
}
