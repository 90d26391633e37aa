// SH1107: controller of an OLED panel of 128 × 128 dots, on SPI with a line that tells data from commands (A0).
// Facts: datasheet. Its 128 "columns" are the lines that are scanned one after another (COM), and a page is eight
// segments of all of them. It is seen as the badge mounts it: segment 0 at the left, COM127 at the top.
//
// The logic has power whenever the board has; the panel's own supply is switched, and without it nothing is seen.
// RES resets the registers and leaves the RAM, which holds noise after power-on, here from the device's seed.
//
// Left out: reading (SPI cannot), and what oscillator, charge and voltage settings do to the picture.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>An OLED display.</summary>
public sealed class Sh1107 : SpiPart, IDisplay
{
    private const int Size = 128;
    private const int Pages = Size / 8;
    private const byte ColumnMask = Size - 1;
    private const byte PageMask = Pages - 1;

    private const byte COLUMN_LOW = 0x00; // to 0x0F
    private const byte COLUMN_HIGH = 0x10; // to 0x17
    private const byte ADDRESSING_PAGE = 0x20;
    private const byte ADDRESSING_VERTICAL = 0x21;
    private const byte CONTRAST = 0x81;
    private const byte SEGMENTS_NORMAL = 0xA0;
    private const byte SEGMENTS_REVERSE = 0xA1;
    private const byte ENTIRE_OFF = 0xA4;
    private const byte ENTIRE_ON = 0xA5;
    private const byte COLORS_NORMAL = 0xA6;
    private const byte COLORS_REVERSE = 0xA7;
    private const byte MULTIPLEX = 0xA8;
    private const byte DCDC = 0xAD;
    private const byte DISPLAY_OFF = 0xAE;
    private const byte DISPLAY_ON = 0xAF;
    private const byte PAGE = 0xB0; // to 0xBF
    private const byte SCAN_NORMAL = 0xC0; // to 0xC7
    private const byte SCAN_REVERSE = 0xC8; // to 0xCF
    private const byte OFFSET = 0xD3;
    private const byte CLOCK = 0xD5;
    private const byte CHARGE_PERIOD = 0xD9;
    private const byte VCOM_LEVEL = 0xDB;
    private const byte START_LINE = 0xDC;
    private const byte READ_MODIFY_WRITE = 0xE0;
    private const byte NOP = 0xE3;
    private const byte END_READ_MODIFY_WRITE = 0xEE;

    private const byte ResetContrast = 0x80;

    private readonly SystemOnChip soc;
    private readonly int dataPin;
    private readonly int resetPin;
    private readonly int powerPin;
    private readonly byte[] ram = new byte[Size * Pages]; // column by column
    private bool inReset;
    private bool panelPowered;
    private byte prefix; // the first byte of a command of two; 0 outside of one
    private byte column;
    private byte page;
    private bool vertical;
    private bool modifying;
    private byte modifiedColumn;
    private byte contrast;
    private bool segmentsReversed;
    private bool scanReversed;
    private bool entireOn;
    private bool colorsReversed;
    private bool displayOn;
    private byte lines; // scanned, minus 1
    private byte offset;
    private byte startLine;
    private bool changedInTransaction;
    private ulong changes;

    /// <param name="soc">The chip that it is soldered to.</param>
    /// <param name="dataPin">The pad at A0: high for data, low for commands.</param>
    /// <param name="resetPin">The pad that holds it in reset while it is high: the board inverts it.</param>
    /// <param name="powerPin">The pad that switches the panel's supply on.</param>
    public Sh1107(SystemOnChip soc, int dataPin, int resetPin, int powerPin)
        : base("SH1107")
    {
        this.soc = soc;
        this.dataPin = dataPin;
        this.resetPin = resetPin;
        this.powerPin = powerPin;
        soc.Iox.PadChanged += OnPadChanged;
    }

    public int Width => Size;

    public int Height => Size;

    public bool IsOn => displayOn && panelPowered && !inReset;

    public ulong Changes => changes;

    // Of the eye, not of the current: half of it is there at the lowest contrast.
    private byte Lit => (byte)(128 + (contrast / 2));

    protected override bool ExpectsQuad => false;

    public void Read(Span<byte> pixels)
    {
        pixels[..(Size * Size)].Clear();
        if (!IsOn)
        {
            return;
        }

        for (int y = 0; y < Size; y++)
        {
            int com = Size - 1 - y;
            int scanned = scanReversed ? lines - com : com;
            if (scanned >= 0 && scanned <= lines)
            {
                ReadLine((scanned + startLine + offset) % Size, pixels.Slice(y * Size, Size));
            }
        }
    }

    public override void PowerOn()
    {
        Idle();
        ulong noise = soc.Seed;
        for (int i = 0; i < ram.Length; i++)
        {
            noise = (noise * 6364136223846793005) + 1442695040888963407;
            ram[i] = (byte)(noise >> 56);
        }

        inReset = soc.Iox.Level(resetPin);
        panelPowered = soc.Iox.Level(powerPin);
        ResetRegisters();
        Changed();
    }

    public override void State(StateStream state)
    {
        base.State(state);
        state.Bytes(ram);
        state.Bool(ref inReset);
        state.Bool(ref panelPowered);
        state.U8(ref prefix);
        state.U8(ref column);
        state.U8(ref page);
        state.Bool(ref vertical);
        state.Bool(ref modifying);
        state.U8(ref modifiedColumn);
        state.U8(ref contrast);
        state.Bool(ref segmentsReversed);
        state.Bool(ref scanReversed);
        state.Bool(ref entireOn);
        state.Bool(ref colorsReversed);
        state.Bool(ref displayOn);
        state.U8(ref lines);
        state.U8(ref offset);
        state.U8(ref startLine);
        state.Bool(ref changedInTransaction);
        state.U64(ref changes);
    }

    protected override void Begin()
    {
    }

    protected override byte Send() => Undriven;

    protected override void Receive(byte value)
    {
        if (inReset)
        {
            return;
        }

        if (soc.Iox.Level(dataPin))
        {
            WriteData(value);
        }
        else if (prefix != 0)
        {
            Set(prefix, value);
            prefix = 0;
        }
        else if (TakesParameter(value))
        {
            prefix = value;
        }
        else
        {
            Execute(value);
        }
    }

    protected override void End(bool whole)
    {
        if (changedInTransaction)
        {
            changedInTransaction = false;
            Changed();
        }
    }

    private static bool TakesParameter(byte command) =>
        command is CONTRAST or MULTIPLEX or DCDC or OFFSET or CLOCK or CHARGE_PERIOD or VCOM_LEVEL or START_LINE;

    private void ReadLine(int line, Span<byte> pixels)
    {
        for (int x = 0; x < Size; x++)
        {
            int segment = segmentsReversed ? Size - 1 - x : x;
            bool set = (ram[(line * Pages) + (segment / 8)] & (1 << (segment % 8))) != 0;
            pixels[x] = entireOn || set != colorsReversed ? Lit : (byte)0;
        }
    }

    private void WriteData(byte value)
    {
        ref byte place = ref ram[((column & ColumnMask) * Pages) + (page & PageMask)];
        changedInTransaction |= IsOn && place != value;
        place = value;
        if (!vertical)
        {
            column = (byte)((column + 1) & ColumnMask);
            return;
        }

        page = (byte)((page + 1) & PageMask);
        if (page == 0)
        {
            column = (byte)((column + 1) & ColumnMask);
        }
    }

    private void Set(byte command, byte value)
    {
        switch (command)
        {
            case CONTRAST:
                contrast = value;
                break;
            case MULTIPLEX:
                lines = (byte)(value & ColumnMask);
                break;
            case OFFSET:
                offset = (byte)(value & ColumnMask);
                break;
            case START_LINE:
                startLine = (byte)(value & ColumnMask);
                break;
            default:
                return; // voltages and times
        }

        changedInTransaction = true;
    }

    private void Execute(byte command)
    {
        switch (command)
        {
            case >= COLUMN_LOW and <= COLUMN_LOW + 0x0F:
                column = (byte)((column & 0x70) | (command & 0x0F));
                break;
            case >= COLUMN_HIGH and <= COLUMN_HIGH + 0x07:
                column = (byte)((column & 0x0F) | ((command & 0x07) << 4));
                break;
            case ADDRESSING_PAGE or ADDRESSING_VERTICAL:
                vertical = command == ADDRESSING_VERTICAL;
                break;
            case >= PAGE and <= PAGE + 0x0F:
                page = (byte)(command & PageMask);
                break;
            case READ_MODIFY_WRITE:
                modifying = true;
                modifiedColumn = column;
                break;
            case END_READ_MODIFY_WRITE when modifying:
                modifying = false;
                column = modifiedColumn;
                break;
            case NOP or END_READ_MODIFY_WRITE:
                break;
            default:
                Show(command);
                break;
        }
    }

    // The commands that change how the RAM is seen.
    private void Show(byte command)
    {
        switch (command)
        {
            case SEGMENTS_NORMAL or SEGMENTS_REVERSE:
                segmentsReversed = command == SEGMENTS_REVERSE;
                break;
            case ENTIRE_OFF or ENTIRE_ON:
                entireOn = command == ENTIRE_ON;
                break;
            case COLORS_NORMAL or COLORS_REVERSE:
                colorsReversed = command == COLORS_REVERSE;
                break;
            case DISPLAY_OFF or DISPLAY_ON:
                displayOn = command == DISPLAY_ON;
                break;
            case >= SCAN_NORMAL and <= SCAN_REVERSE + 7:
                scanReversed = command >= SCAN_REVERSE;
                break;
            default:
                return; // none of its commands
        }

        changedInTransaction = true;
    }

    private void OnPadChanged(int pin)
    {
        if (pin == resetPin)
        {
            inReset = soc.Iox.Level(pin);
            if (inReset)
            {
                ResetRegisters();
            }

            Changed();
        }
        else if (pin == powerPin)
        {
            panelPowered = soc.Iox.Level(pin);
            Changed();
        }
    }

    private void ResetRegisters()
    {
        prefix = column = page = modifiedColumn = offset = startLine = 0;
        vertical = modifying = segmentsReversed = scanReversed = entireOn = colorsReversed = displayOn = false;
        contrast = ResetContrast;
        lines = Size - 1;
        changedInTransaction = false;
    }

    private void Changed()
    {
        changes++;
        soc.Observer?.DisplayChanged();
    }
}
