// ZD25Q64B: 8 MiB of NOR flash on SPI. Facts: schematic of the DC34 badge; the commands are those of its family,
// as the loader and the PDDB use them; times are typical ones of the family.
//
// A program or erase starts when the part is deselected and is busy (WIP) for its time; meanwhile the part answers
// its status registers alone. The content changes at the end. Where power fails or the part is reset before, the
// first bytes, in proportion to the time that had passed, are as they would have become, and the rest as before.
//
// Left out: block protection (its bits are kept), suspend, security registers, continuous reads, power-down.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>A NOR flash. Its content is the board's memory at <see cref="ChipMemories.SpiFlashBase"/>.</summary>
public sealed class NorFlash : SpiMemory
{
    public const uint Length = 8 * 1024 * 1024;

    private const byte WRSR = 0x01;
    private const byte PAGE_PROGRAM = 0x02;
    private const byte READ = 0x03;
    private const byte WRDI = 0x04;
    private const byte RDSR = 0x05;
    private const byte WREN = 0x06;
    private const byte FAST_READ = 0x0B;
    private const byte WRSR3 = 0x11;
    private const byte RDSR3 = 0x15;
    private const byte SECTOR_ERASE = 0x20;
    private const byte WRSR2 = 0x31;
    private const byte RDSR2 = 0x35;
    private const byte ENABLE_QPI = 0x38;
    private const byte BLOCK_ERASE_32K = 0x52;
    private const byte CHIP_ERASE = 0x60;
    private const byte RESET_ENABLE = 0x66;
    private const byte RESET = 0x99;
    private const byte RDID = 0x9F;
    private const byte SET_READ_PARAMETERS = 0xC0;
    private const byte CHIP_ERASE_TOO = 0xC7;
    private const byte BLOCK_ERASE = 0xD8;
    private const byte QUAD_READ = 0xEB;
    private const byte DISABLE_QPI = 0xFF;

    private const byte STATUS_WIP = 1 << 0;
    private const byte STATUS_WEL = 1 << 1;
    private const byte STATUS_KEPT = 0xFC;
    private const byte STATUS2_QE = 1 << 1;
    private const int READ_PARAMETERS_DUMMIES_SHIFT = 4;

    private const uint PageLength = 256;
    private const uint SectorLength = 4096;

    private const ulong StatusMicroseconds = 5_000;
    private const ulong ProgramMicroseconds = 500;
    private const ulong SectorMicroseconds = 50_000;
    private const ulong HalfBlockMicroseconds = 150_000;
    private const ulong BlockMicroseconds = 250_000;
    private const ulong ChipMicroseconds = 20_000_000;

    private static readonly byte[] Id = [0xBA, 0x32, 0x17];

    private readonly SystemOnChip soc;
    private readonly ScheduledEvent finished;
    private readonly byte[] buffer = new byte[PageLength]; // of a program, or the status registers to come
    private readonly byte[] status = new byte[3];
    private bool writeEnabled;
    private byte readParameters;
    private bool resetEnabled;
    private Operation operation;
    private uint target;
    private uint targetLength;
    private ulong startedAt;

    public NorFlash(SystemOnChip soc)
        : base("ZD25Q64B")
    {
        this.soc = soc;
        finished = new ScheduledEvent(soc.Events, EventPriority.Device, Finish);
    }

    private enum Operation : byte
    {
        None,
        Program,
        Erase,
        WriteStatus,
    }

    private bool IsBusy => operation != Operation.None;

    public override void PowerOn()
    {
        Idle();
        Restart();
    }

    public override void State(StateStream state)
    {
        base.State(state);
        state.Event(finished);
        state.Bytes(buffer);
        state.Bytes(status);
        state.Bool(ref writeEnabled);
        state.U8(ref readParameters);
        state.Bool(ref resetEnabled);
        state.Enum(ref operation);
        state.U32(ref target);
        state.U32(ref targetLength);
        state.U64(ref startedAt);
    }

    protected override Format? FormatOf(byte command) => command switch
    {
        RDSR or RDSR2 or RDSR3 or RESET_ENABLE or RESET => default(Format),
        _ when IsBusy => null,
        WREN or WRDI or WRSR or WRSR2 or WRSR3 or RDID or CHIP_ERASE or CHIP_ERASE_TOO => default(Format),
        PAGE_PROGRAM or SECTOR_ERASE or BLOCK_ERASE_32K or BLOCK_ERASE => new Format(Address: 3),
        FAST_READ => new Format(Address: 3, Dummies: IsQuad ? QuadDummies : 1),
        QUAD_READ => new Format(Address: 3, Dummies: IsQuad ? QuadDummies : 3, Quad: true),
        READ when !IsQuad => new Format(Address: 3),
        ENABLE_QPI when !IsQuad => default(Format),
        DISABLE_QPI or SET_READ_PARAMETERS when IsQuad => default(Format),
        _ => null,
    };

    // Two clocks of four lines are a byte.
    private uint QuadDummies => ((readParameters >> READ_PARAMETERS_DUMMIES_SHIFT) & 3) switch
    {
        2 => 3,
        3 => 4,
        _ => 2,
    };

    protected override byte ReadData(uint index)
    {
        byte value = Undriven;
        switch (Opcode)
        {
            case READ or FAST_READ or QUAD_READ:
                soc.Memory.TryRead(ChipMemories.SpiFlashBase + ((Address + index) % Length), new Span<byte>(ref value));
                break;
            case RDSR:
                value = (byte)(status[0] | (IsBusy ? STATUS_WIP : 0) | (writeEnabled ? STATUS_WEL : 0));
                break;
            case RDSR2:
                value = status[1];
                break;
            case RDSR3:
                value = status[2];
                break;
            case RDID:
                value = Id[index % Id.Length];
                break;
            default:
                break;
        }

        return value;
    }

    protected override void WriteData(uint index, byte value)
    {
        switch (Opcode)
        {
            case PAGE_PROGRAM:
                if (index == 0)
                {
                    Array.Fill(buffer, (byte)0xFF);
                }

                buffer[(Address + index) % PageLength] = value;
                break;
            case WRSR or WRSR2 or WRSR3 or SET_READ_PARAMETERS:
                buffer[index % PageLength] = value;
                break;
            default:
                break;
        }
    }

    protected override void Execute(uint dataCount)
    {
        bool wasEnabled = resetEnabled;
        resetEnabled = Opcode == RESET_ENABLE;
        switch (Opcode)
        {
            case WREN:
                writeEnabled = true;
                break;
            case WRDI:
                writeEnabled = false;
                break;
            case PAGE_PROGRAM when dataCount > 0:
                Start(Operation.Program, Address, PageLength, ProgramMicroseconds);
                break;
            case SECTOR_ERASE:
                Start(Operation.Erase, Address, SectorLength, SectorMicroseconds);
                break;
            case BLOCK_ERASE_32K:
                Start(Operation.Erase, Address, 8 * SectorLength, HalfBlockMicroseconds);
                break;
            case BLOCK_ERASE:
                Start(Operation.Erase, Address, 16 * SectorLength, BlockMicroseconds);
                break;
            case CHIP_ERASE or CHIP_ERASE_TOO:
                Start(Operation.Erase, 0, Length, ChipMicroseconds);
                break;
            case WRSR when dataCount > 0:
                Start(Operation.WriteStatus, 0, Math.Min(dataCount, 2), StatusMicroseconds);
                break;
            case WRSR2 or WRSR3 when dataCount > 0:
                Start(Operation.WriteStatus, Opcode == WRSR2 ? 1u : 2, 1, StatusMicroseconds);
                break;
            case ENABLE_QPI when (status[1] & STATUS2_QE) != 0:
                IsQuad = true;
                break;
            case DISABLE_QPI:
                IsQuad = false;
                break;
            case SET_READ_PARAMETERS when dataCount > 0:
                readParameters = buffer[0];
                break;
            case RESET when wasEnabled:
                Restart();
                break;
            default:
                break;
        }
    }

    private void Start(Operation started, uint address, uint length, ulong microseconds)
    {
        if (!writeEnabled)
        {
            return;
        }

        operation = started;
        target = address % Length / length * length;
        targetLength = length;
        startedAt = soc.Now;
        soc.Schedule(finished, soc.Now + soc.Clocks.CyclesOf(microseconds, 1_000_000));
    }

    private void Finish()
    {
        Carry(targetLength);
        operation = Operation.None;
        writeEnabled = false;
    }

    // Does what the operation does to the first bytes of its target.
    private void Carry(uint length)
    {
        switch (operation)
        {
            case Operation.Program:
                Program(buffer.AsSpan(0, (int)Math.Min(length, PageLength)));
                break;
            case Operation.Erase:
                Erase(Math.Min(length, Length));
                break;
            case Operation.WriteStatus:
                for (uint i = 0; i < Math.Min(length, status.Length); i++)
                {
                    status[(target + i) % status.Length] = buffer[i];
                }

                status[0] &= STATUS_KEPT;
                break;
            default:
                break;
        }
    }

    // Programming clears bits and sets none.
    private void Program(ReadOnlySpan<byte> data)
    {
        Span<byte> page = stackalloc byte[data.Length];
        uint address = ChipMemories.SpiFlashBase + (target % Length / PageLength * PageLength);
        soc.Memory.TryRead(address, page);
        for (int i = 0; i < page.Length; i++)
        {
            page[i] &= data[i];
        }

        soc.Memory.TryWrite(address, page);
    }

    private void Erase(uint length)
    {
        Span<byte> erased = stackalloc byte[(int)SectorLength];
        erased.Fill(0xFF);
        for (uint done = 0; done < length; done += SectorLength)
        {
            uint address = ChipMemories.SpiFlashBase + ((target + done) % Length / SectorLength * SectorLength);
            soc.Memory.TryWrite(address, erased[..(int)Math.Min(SectorLength, length - done)]);
        }
    }

    // Loss of power, or a reset by command.
    private void Restart()
    {
        if (IsBusy)
        {
            ulong time = Math.Max(1, finished.Due - startedAt);
            Carry((uint)(targetLength * Math.Min(time, soc.Now - startedAt) / time));
            finished.Cancel();
        }

        operation = Operation.None;
        IsQuad = writeEnabled = resetEnabled = false;
        readParameters = 0;
    }
}
