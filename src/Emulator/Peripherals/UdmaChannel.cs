// One channel of the uDMA subsystem: a run of data in IFRAM that a block consumes or fills, with one more
// run queued behind it. The block decides the pace; memory is touched datum by datum, when the block does.
// Facts: datasheet, uDMA channels; RTL of the channel's address generator:
// - SADDR and SIZE read the running transfer's address and rest, 0 when idle; a written SADDR keeps 18 bits.
// - EN while idle starts; EN while running marks one more transfer as pending (depth 1). At a transfer's end a
//   pending one, or any with CONT, reloads SADDR and SIZE as they were last written.
// - Each end is one event pulse. CLR aborts without one.
// - A SIZE of 0 still moves one datum: the end is found after a datum, not before.
// - A datum is 1, 2 or 4 bytes, at any address. Of the last one only the bytes that are left are written.

using System.Buffers.Binary;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>How wide a channel's data is, and what bits 2:1 of its CFG have to do with it.</summary>
public enum UdmaData
{
    /// <summary>One byte; CFG shows 0.</summary>
    Byte,

    /// <summary>Four bytes; CFG shows 2.</summary>
    Word,

    /// <summary>As CFG is written; it reads back.</summary>
    Chosen,

    /// <summary>As CFG is written; it reads as 0.</summary>
    ChosenUnseen,
}

/// <summary>A uDMA channel.</summary>
/// <param name="memory">Where IFRAM is.</param>
/// <param name="completed">The event pulse at the end of a transfer.</param>
/// <param name="data">The width of its data.</param>
public sealed class UdmaChannel(PhysicalMemory memory, Action completed, UdmaData data = UdmaData.Byte)
{
    private const uint SADDR = 0x0;
    private const uint SIZE = 0x4;
    private const uint CFG = 0x8;

    private const uint CFG_CONT = 1 << 0;
    private const int CFG_DATASIZE_SHIFT = 1;
    private const uint CFG_DATASIZE = 3;
    private const uint CFG_EN = 1 << 4;
    private const uint CFG_PENDING = 1 << 5;
    private const uint CFG_CLR = 1 << 6;

    private const uint AddressMask = ChipMemories.IframLength - 1;
    private const uint SizeMask = 0xF_FFFF;

    private uint startAddress;
    private uint size;
    private uint dataSize;
    private bool continuous;
    private bool running;
    private bool pending;
    private uint address;
    private uint left;

    /// <summary>Whether a transfer is running.</summary>
    public bool IsRunning => running;

    /// <summary>How many data the running transfer still has to move; 0 when none runs.</summary>
    public uint DataLeft => running ? Math.Max(1, (left + Width - 1) / Width) : 0;

    private uint Width => data == UdmaData.Word ? 4u : dataSize switch
    {
        1 => 2u,
        2 => 4u,
        _ => 1u,
    };

    private uint ShownDataSize => data switch
    {
        UdmaData.Word => 2,
        UdmaData.Chosen => dataSize,
        _ => 0,
    };

    /// <summary>Reads a register.</summary>
    /// <param name="offset">Offset in the channel: 0, 4, 8 or 12.</param>
    public uint Read(uint offset) => offset switch
    {
        SADDR => address,
        SIZE => left,
        CFG => (continuous ? CFG_CONT : 0) | (ShownDataSize << CFG_DATASIZE_SHIFT) | (running ? CFG_EN : 0) | (pending ? CFG_PENDING : 0),
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
                LoadAddress((startAddress & ~lanes) | value);
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

    /// <summary>Sets where the next transfer starts, as a write of SADDR does.</summary>
    public void LoadAddress(uint value) => startAddress = value & AddressMask;

    /// <summary>Sets SIZE and the width of data, and starts or queues a transfer.</summary>
    /// <param name="bytes">The transfer's length.</param>
    /// <param name="width">As CFG's bits 2:1.</param>
    public void Start(uint bytes, uint width)
    {
        size = bytes & SizeMask;
        SetDataSize(width);
        Enable();
    }

    /// <summary>Takes the transfer's next datum out of memory.</summary>
    /// <returns>False when no transfer runs.</returns>
    public bool TryTake(out uint datum)
    {
        datum = 0;
        if (!running)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        bytes.Clear();
        int width = (int)Width;
        int beforeEnd = BeforeEnd(width);
        memory.TryRead(ChipMemories.IframBase + address, bytes[..beforeEnd]);
        if (beforeEnd < width)
        {
            memory.TryRead(ChipMemories.IframBase, bytes[beforeEnd..width]);
        }

        datum = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        Advance();
        return true;
    }

    /// <summary>Takes the next byte of a transfer of bytes.</summary>
    /// <returns>False when no transfer runs.</returns>
    public bool TryTake(out byte value)
    {
        bool taken = TryTake(out uint datum);
        value = (byte)datum;
        return taken;
    }

    /// <summary>Puts the transfer's next datum into memory.</summary>
    /// <returns>False when no transfer runs.</returns>
    public bool TryPut(uint datum)
    {
        if (!running)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, datum);
        bytes = bytes[..(int)Math.Min(Math.Max(1, left), Width)];
        int beforeEnd = BeforeEnd(bytes.Length);
        memory.TryWrite(ChipMemories.IframBase + address, bytes[..beforeEnd]);
        if (beforeEnd < bytes.Length)
        {
            memory.TryWrite(ChipMemories.IframBase, bytes[beforeEnd..]);
        }

        Advance();
        return true;
    }

    public void Reset()
    {
        startAddress = size = dataSize = 0;
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
        state.U32(ref dataSize);
        address &= AddressMask;
        startAddress &= AddressMask;
    }

    private void Configure(uint value)
    {
        continuous = (value & CFG_CONT) != 0;
        SetDataSize(value >> CFG_DATASIZE_SHIFT);
        if ((value & CFG_CLR) != 0)
        {
            Stop();
        }

        if ((value & CFG_EN) != 0)
        {
            Enable();
        }
    }

    private void SetDataSize(uint value)
    {
        if (data is UdmaData.Chosen or UdmaData.ChosenUnseen)
        {
            dataSize = value & CFG_DATASIZE;
        }
    }

    private void Enable()
    {
        if (running)
        {
            pending = true;
        }
        else
        {
            Load();
        }
    }

    // Of so many bytes, those that stand before the end of the memory; the others stand at its start.
    private int BeforeEnd(int bytes) => Math.Min(bytes, (int)(ChipMemories.IframLength - address));

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
        if (left > Width)
        {
            left -= Width;
            address = (address + Width) & AddressMask;
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
