// APS6404L: 8 MiB of pseudo-static RAM on SPI. Facts: datasheet; the loader's and the swapper's use of it.
//
// Left out: it refreshes itself however long it stays selected (silicon: 8 µs), and any clock is slow enough.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>A PSRAM. Its content is the board's memory at <see cref="ChipMemories.PsramBase"/>.</summary>
public sealed class Psram(SystemOnChip soc) : SpiMemory("APS6404L")
{
    public const uint Length = 8 * 1024 * 1024;

    private const byte READ = 0x03;
    private const byte FAST_READ = 0x0B;
    private const byte FAST_QUAD_READ = 0xEB;
    private const byte WRITE = 0x02;
    private const byte QUAD_WRITE = 0x38;
    private const byte ENTER_QUAD = 0x35;
    private const byte EXIT_QUAD = 0xF5;
    private const byte RESET_ENABLE = 0x66;
    private const byte RESET = 0x99;
    private const byte WRAP_BOUNDARY_TOGGLE = 0xC0;
    private const byte READ_ID = 0x9F;

    private const uint WrapLength = 32;

    // Maker, known good die, then 48 bits of which the first three say 64 Mbit.
    private static readonly byte[] Id = [0x0D, 0x5D, 0x46, 0x58, 0x43, 0x00, 0x00, 0x01];

    private bool wraps;
    private bool resetEnabled;

    public override void PowerOn()
    {
        Idle();
        Restart();
    }

    public override void State(StateStream state)
    {
        base.State(state);
        state.Bool(ref wraps);
        state.Bool(ref resetEnabled);
    }

    protected override Format? FormatOf(byte command) => command switch
    {
        READ when !IsQuad => new Format(Address: 3),
        FAST_READ => new Format(Address: 3, Dummies: IsQuad ? 2u : 1),
        FAST_QUAD_READ => new Format(Address: 3, Dummies: 3, Quad: true),
        WRITE => new Format(Address: 3),
        QUAD_WRITE => new Format(Address: 3, Quad: true),
        READ_ID when !IsQuad => new Format(Address: 3),
        ENTER_QUAD when !IsQuad => default(Format),
        EXIT_QUAD when IsQuad => default(Format),
        RESET_ENABLE or RESET or WRAP_BOUNDARY_TOGGLE => default(Format),
        _ => null,
    };

    protected override byte ReadData(uint index)
    {
        byte value = Undriven;
        switch (Opcode)
        {
            case READ or FAST_READ or FAST_QUAD_READ:
                soc.Memory.TryRead(Place(index), new Span<byte>(ref value));
                break;
            case READ_ID:
                value = Id[index % Id.Length];
                break;
            default:
                break;
        }

        return value;
    }

    protected override void WriteData(uint index, byte value)
    {
        if (Opcode is WRITE or QUAD_WRITE)
        {
            soc.Memory.TryWrite(Place(index), new ReadOnlySpan<byte>(in value));
        }
    }

    protected override void Execute(uint dataCount)
    {
        bool wasEnabled = resetEnabled;
        resetEnabled = Opcode == RESET_ENABLE;
        switch (Opcode)
        {
            case ENTER_QUAD:
                IsQuad = true;
                break;
            case EXIT_QUAD:
                IsQuad = false;
                break;
            case WRAP_BOUNDARY_TOGGLE:
                wraps = !wraps;
                break;
            case RESET when wasEnabled:
                Restart();
                break;
            default:
                break;
        }
    }

    private void Restart() => IsQuad = wraps = resetEnabled = false;

    private uint Place(uint index)
    {
        uint linear = (Address + index) & (Length - 1);
        uint wrapped = (Address & ~(WrapLength - 1)) | ((Address + index) & (WrapLength - 1));
        return ChipMemories.PsramBase + (wraps ? wrapped & (Length - 1) : linear);
    }
}
