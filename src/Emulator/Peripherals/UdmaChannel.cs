// One channel of the uDMA subsystem: a run of bytes in IFRAM that a block consumes or fills, with one more
// run queued behind it. The block decides the pace; memory is touched byte by byte, when the block does.
// Facts: datasheet, uDMA channels; RTL of the channel's address generator:
// - SADDR and SIZE read the running transfer's address and rest, 0 when idle; a written SADDR keeps 18 bits.
// - EN while idle starts; EN while running marks one more transfer as pending (depth 1). At a transfer's end a
//   pending one, or any with CONT, reloads SADDR and SIZE as they were last written.
// - Each end is one event pulse. CLR aborts without one.
// - A SIZE of 0 still moves one datum: the end is found after a datum, not before.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A uDMA channel of byte-wide data.</summary>
/// <param name="memory">Where IFRAM is.</param>
/// <param name="completed">The event pulse at the end of a transfer.</param>
public sealed class UdmaChannel(PhysicalMemory memory, Action completed)
{
    private const uint SADDR = 0x0;
    private const uint SIZE = 0x4;
    private const uint CFG = 0x8;

    private const uint CFG_CONT = 1 << 0;
    private const uint CFG_EN = 1 << 4;
    private const uint CFG_PENDING = 1 << 5;
    private const uint CFG_CLR = 1 << 6;

    private const uint AddressMask = ChipMemories.IframLength - 1;
    private const uint SizeMask = 0xF_FFFF;

    private uint startAddress;
    private uint size;
    private bool continuous;
    private bool running;
    private bool pending;
    private uint address;
    private uint left;

    /// <summary>Whether a transfer is running.</summary>
    public bool IsRunning => running;

    /// <summary>Reads a register.</summary>
    /// <param name="offset">Offset in the channel: 0, 4, 8 or 12.</param>
    public uint Read(uint offset) => offset switch
    {
        SADDR => address,
        SIZE => left,
        CFG => (continuous ? CFG_CONT : 0) | (running ? CFG_EN : 0) | (pending ? CFG_PENDING : 0),
        _ => 0, // INTCFG
    };

    /// <summary>Writes a register; the block looks afterwards whether a transfer runs.</summary>
    /// <param name="offset">Offset in the channel: 0, 4, 8 or 12.</param>
    /// <param name="value">The value.</param>
    /// <param name="lanes">The bits that are written.</param>
    public void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case SADDR:
                startAddress = ((startAddress & ~lanes) | value) & AddressMask;
                break;
            case SIZE:
                size = ((size & ~lanes) | value) & SizeMask;
                break;
            case CFG:
                Configure(value);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the transfer's next byte out of memory.</summary>
    /// <returns>False when no transfer runs.</returns>
    public bool TryTake(out byte value)
    {
        value = 0;
        if (!running)
        {
            return false;
        }

        memory.TryRead(ChipMemories.IframBase + address, new Span<byte>(ref value));
        Advance();
        return true;
    }

    /// <summary>Puts the transfer's next byte into memory.</summary>
    /// <returns>False when no transfer runs.</returns>
    public bool TryPut(byte value)
    {
        if (!running)
        {
            return false;
        }

        memory.TryWrite(ChipMemories.IframBase + address, new ReadOnlySpan<byte>(in value));
        Advance();
        return true;
    }

    public void Reset()
    {
        startAddress = size = 0;
        continuous = false;
        Stop();
    }

    public void State(StateStream state)
    {
        state.U32(ref startAddress);
        state.U32(ref size);
        state.Bool(ref continuous);
        state.Bool(ref running);
        state.Bool(ref pending);
        state.U32(ref address);
        state.U32(ref left);
        address &= AddressMask;
        startAddress &= AddressMask;
    }

    private void Configure(uint value)
    {
        continuous = (value & CFG_CONT) != 0;
        if ((value & CFG_CLR) != 0)
        {
            Stop();
        }

        if ((value & CFG_EN) == 0)
        {
            return;
        }

        if (running)
        {
            pending = true;
        }
        else
        {
            Load();
        }
    }

    private void Load()
    {
        running = true;
        address = startAddress;
        left = size;
    }

    private void Stop()
    {
        running = pending = false;
        address = left = 0;
    }

    private void Advance()
    {
        if (left > 1)
        {
            left--;
            address = (address + 1) & AddressMask;
            return;
        }

        if (continuous || pending)
        {
            pending = false;
            Load();
        }
        else
        {
            Stop();
        }

        completed();
    }
}
