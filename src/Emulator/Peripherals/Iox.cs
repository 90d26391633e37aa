// IOX: pin multiplexer and GPIO of ports A to F, 16 pads each, and eight interrupt detectors.
// Facts: datasheet, IO configuration; RTL of iox.
// - A pad of function 0 (GPIO) with its output enabled is at OUT; any other is where the outside drives it, or
//   high by its pull-up, or low with neither. IN shows every pad, whatever its function.
// - A pad that belongs to another function or to the BIO is not driven from here: it is where the outside
//   drives it, or high, which is the idle level of the lines that a function would drive.
// - Function and pulls of port F belong to the always-on domain: the pads that it gives to the keypad are driven by
//   that, and OUT and OE do nothing to them.
// - Pads that a closed switch joins are one net. What drives one of them drives all, low wins over high, and any
//   drive wins over a pull-up.
// - A detector takes rise, fall, high or low of one pad. Its flag is sticky; INTFR's bits stand in reverse (bit 7
//   is INT0). An edge gives one pulse to the interrupt array; a level holds it, and sets its flag again after
//   every clear, while it lasts. A flag that is left standing does not hold the array by itself.
// Not modelled: the two pclk cycles that a pad takes to be seen, wake-up, and that PF7 to PF9 share their balls
// with PA2 to PA0.

using System.Numerics;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Pin mux and GPIO.</summary>
public sealed class Iox(SystemOnChip soc) : Peripheral(soc, "IOX")
{
    private const int Ports = 6;
    private const int PadsInPort = 16;
    private const uint PortMask = 0xFFFF;
    private const int PortF = 5;
    private const int Detectors = 8;

    private const uint AFSEL = 0x000; // two words a port: pads 0 to 7, 8 to 15; two bits a pad
    private const uint INTCR = 0x100;
    private const uint INTFR = 0x120;
    private const uint OUT = 0x130;
    private const uint OE = 0x148;
    private const uint PU = 0x160;
    private const uint IN = 0x178;
    private const uint BIOSEL = 0x200; // bits 15:0 are port B, 31:16 port C
    private const uint SCHM = 0x230;
    private const uint SLEW = 0x248;
    private const uint DRVSEL = 0x260;

    private const uint INTCR_MASK = 0x7FF;
    private const uint INTCR_PIN = 0x7F;
    private const int INTCR_MODE_SHIFT = 7;
    private const uint INTCR_ENABLE = 1 << 9;

    private static readonly (int Bank, int Bit)[] Events = [(10, 0), (17, 10), (18, 14)];

    private readonly uint[] functions = new uint[Ports * 2];
    private readonly uint[] detectors = new uint[Detectors];
    private readonly uint[] outputs = new uint[Ports];
    private readonly uint[] outputEnables = new uint[Ports];
    private readonly uint[] pullUps = new uint[Ports];
    private readonly uint[] schmitt = new uint[Ports];
    private readonly uint[] slowSlew = new uint[Ports];
    private readonly uint[] drive = new uint[Ports];
    private readonly uint[] driven = new uint[Ports]; // pads that the outside drives,
    private readonly uint[] drivenHigh = new uint[Ports]; // and those of them that it drives high
    private readonly uint[] levels = new uint[Ports];
    private readonly PadSwitches switches = new();
    private uint bioSelect;
    private uint flags;
    private uint portFPulls = PortMask;
    private uint keypadPads;
    private uint keypadOutputs;
    private uint keypadOutputEnables;

    /// <summary>Called with the number of a pad whose level has changed: boards hang parts on pads.</summary>
    internal Action<int>? PadChanged { get; set; }

    /// <summary>Called when pads of port F may have changed: the always-on domain wakes by them and scans keys with them.</summary>
    internal Action? PortFUpdated { get; set; }

    private enum Mode
    {
        Rise = 0,
        Fall = 1,
        High = 2,
        Low = 3,
    }

    /// <summary>The outside drives a pad, or lets it go. A reset of the chip does not change what it does.</summary>
    /// <param name="pin">Pad number, port × 16 + pin.</param>
    /// <param name="drive">The level, or <see cref="PinDrive.Released"/>.</param>
    public void Drive(int pin, PinDrive drive)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pin, (uint)Pin.Count, nameof(pin));
        int port = pin / PadsInPort;
        uint bit = 1u << (pin % PadsInPort);
        driven[port] = drive == PinDrive.Released ? driven[port] & ~bit : driven[port] | bit;
        drivenHigh[port] = drive == PinDrive.High ? drivenHigh[port] | bit : drivenHigh[port] & ~bit;
        Update();
    }

    /// <summary>A switch between two pads closes or opens. A reset of the chip does not change it.</summary>
    /// <returns>False when there are too many closed ones already.</returns>
    public bool SetSwitch(int pin, int otherPin, bool closed)
    {
        bool taken = switches.Set(pin, otherPin, closed);
        Update();
        return taken;
    }

    /// <summary>Whether the switch between two pads is closed.</summary>
    public bool IsClosed(int pin, int otherPin) => switches.IsClosed(pin, otherPin);

    /// <summary>Makes a pad an output, as the chip's software does with OUT and OE.</summary>
    internal void DriveOut(int pin, bool high)
    {
        uint bit = 1u << (pin % PadsInPort);
        outputs[pin / PadsInPort] = Merge(outputs[pin / PadsInPort], high ? bit : 0, bit);
        outputEnables[pin / PadsInPort] |= bit;
        Update();
    }

    /// <summary>The number of a pad of port F.</summary>
    internal static int PortFPad(int pin) => (PortF * PadsInPort) + pin;

    /// <summary>Whether any closed switch ends at one of port F's pads, a bit each.</summary>
    internal bool SwitchesTouchPortF(uint pads) => switches.Touch(PortF, pads);

    /// <summary>The level on a pad.</summary>
    public bool Level(int pin) => Bit(levels, pin);

    /// <summary>What the outside does to a pad.</summary>
    public PinDrive Driven(int pin) =>
        !Bit(driven, pin) ? PinDrive.Released : Bit(drivenHigh, pin) ? PinDrive.High : PinDrive.Low;

    /// <summary>Whether the chip drives a pad as GPIO.</summary>
    public bool IsOutput(int pin) => (Outputs(pin / PadsInPort) & (1u << (pin % PadsInPort))) != 0;

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case INTFR:
                return flags;
            case BIOSEL:
                return bioSelect;
            case >= IN and < IN + (Ports * 4):
                return levels[(offset - IN) / 4];
            default:
                uint[]? registers = Registers(offset, out uint index, out _);
                return registers is null ? UnmodelledRead(offset) : registers[index];
        }
    }

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case INTFR:
                flags &= ~value;
                break;
            case BIOSEL:
                bioSelect = Merge(bioSelect, value, lanes);
                break;
            case >= IN and < IN + (Ports * 4):
                break; // read-only
            default:
                if (Registers(offset, out uint index, out uint mask) is not { } registers)
                {
                    UnmodelledWrite(offset, value);
                    return;
                }

                registers[index] = Merge(registers[index], value, lanes) & mask;
                break;
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        foreach (uint[] registers in (uint[][])[functions, detectors, outputs, outputEnables, schmitt, slowSlew, drive])
        {
            Array.Clear(registers);
        }

        Array.Fill(pullUps, PortMask);
        bioSelect = flags = 0;
        Update();
    }

    public override void State(StateStream state)
    {
        state.U32s(functions);
        state.U32s(detectors);
        state.U32s(outputs);
        state.U32s(outputEnables);
        state.U32s(pullUps);
        state.U32s(schmitt);
        state.U32s(slowSlew);
        state.U32s(drive);
        state.U32s(driven);
        state.U32s(drivenHigh);
        state.U32s(levels);
        state.U32(ref bioSelect);
        state.U32(ref flags);
        switches.State(state);
        state.U32(ref portFPulls);
        state.U32(ref keypadPads);
        state.U32(ref keypadOutputs);
        state.U32(ref keypadOutputEnables);
    }

    /// <summary>The always-on domain sets port F's pull-ups, a bit each.</summary>
    internal void PullPortF(uint pulls)
    {
        portFPulls = pulls & PortMask;
        Update();
    }

    /// <summary>The keypad takes pads of port F, and drives them; a bit each.</summary>
    /// <param name="pads">The pads that it has; 0 gives them back.</param>
    /// <param name="outputs">The level of those that it drives.</param>
    /// <param name="outputEnables">The pads that it drives.</param>
    internal void DriveKeypad(uint pads, uint outputs, uint outputEnables)
    {
        if ((pads, outputs, outputEnables) != (keypadPads, keypadOutputs, keypadOutputEnables))
        {
            (keypadPads, keypadOutputs, keypadOutputEnables) = (pads, outputs, outputEnables);
            Update();
        }
    }

    private static bool Bit(uint[] ports, int pin) => (ports[pin / PadsInPort] & (1u << (pin % PadsInPort))) != 0;

    // The registers of one word each that are plain storage.
    private uint[]? Registers(uint offset, out uint index, out uint mask)
    {
        mask = PortMask;
        switch (offset)
        {
            case < AFSEL + (Ports * 2 * 4):
                index = (offset - AFSEL) / 4;
                return functions;
            case >= INTCR and < INTCR + (Detectors * 4):
                index = (offset - INTCR) / 4;
                mask = INTCR_MASK;
                return detectors;
            case >= OUT and < OUT + (Ports * 4):
                index = (offset - OUT) / 4;
                return outputs;
            case >= OE and < OE + (Ports * 4):
                index = (offset - OE) / 4;
                return outputEnables;
            case >= PU and < PU + (Ports * 4):
                index = (offset - PU) / 4;
                return pullUps;
            case >= SCHM and < SCHM + (Ports * 4):
                index = (offset - SCHM) / 4;
                return schmitt;
            case >= SLEW and < SLEW + (Ports * 4):
                index = (offset - SLEW) / 4;
                return slowSlew;
            case >= DRVSEL and < DRVSEL + (Ports * 4):
                index = (offset - DRVSEL) / 4;
                mask = uint.MaxValue;
                return drive;
            default:
                index = 0;
                return null;
        }
    }

    // Pads of a port that are not GPIO.
    private uint OtherFunctions(int port)
    {
        if (port == PortF)
        {
            return 0;
        }

        // Two bits a pad become one, then the ones move together.
        uint others = functions[port * 2] | (functions[(port * 2) + 1] << PadsInPort);
        others = (others | (others >> 1)) & 0x5555_5555;
        others = (others | (others >> 1)) & 0x3333_3333;
        others = (others | (others >> 2)) & 0x0F0F_0F0F;
        others = (others | (others >> 4)) & 0x00FF_00FF;
        others = (others | (others >> 8)) & PortMask;
        return others | port switch
        {
            1 => bioSelect & PortMask,
            2 => bioSelect >> PadsInPort,
            _ => 0,
        };
    }

    // The pads that the chip drives, and their levels.
    private uint Outputs(int port) => port == PortF
        ? (outputEnables[port] & ~keypadPads) | (keypadOutputEnables & keypadPads)
        : outputEnables[port] & ~OtherFunctions(port);

    private uint OutputLevels(int port) => port == PortF
        ? (outputs[port] & ~keypadPads) | (keypadOutputs & keypadPads)
        : outputs[port];

    private uint Pulls(int port) => port == PortF ? portFPulls : pullUps[port] | OtherFunctions(port);

    private void Update()
    {
        Span<uint> low = stackalloc uint[Ports];
        Span<uint> high = stackalloc uint[Ports];
        Span<uint> pulled = stackalloc uint[Ports];
        for (int port = 0; port < Ports; port++)
        {
            uint own = Outputs(port);
            uint ownHigh = OutputLevels(port);
            low[port] = (own & ~ownHigh) | (~own & driven[port] & ~drivenHigh[port]);
            high[port] = (own & ownHigh) | (~own & driven[port] & drivenHigh[port]);
            pulled[port] = Pulls(port);
        }

        switches.Share(low);
        switches.Share(high);
        switches.Share(pulled);
        for (int port = 0; port < Ports; port++)
        {
            SetLevels(port, ~low[port] & (high[port] | pulled[port]) & PortMask);
        }

        DetectLevels();
        PortFUpdated?.Invoke();
    }

    private void SetLevels(int port, uint after)
    {
        uint changed = (levels[port] ^ after) & PortMask;
        levels[port] = after;
        for (; changed != 0; changed &= changed - 1)
        {
            int pin = (port * PadsInPort) + BitOperations.TrailingZeroCount(changed);
            Soc.Observer?.PinChanged(pin, Level(pin), Soc.Now);
            PadChanged?.Invoke(pin);
            DetectEdge(pin);
        }
    }

    private void DetectEdge(int pin)
    {
        Mode edge = Level(pin) ? Mode.Rise : Mode.Fall;
        for (int detector = 0; detector < Detectors; detector++)
        {
            if (Watches(detector, pin) && ModeOf(detector) == edge)
            {
                flags |= Flag(detector);
                foreach ((int bank, int bit) in Events)
                {
                    Soc.Irqs[bank].Pulse(bit);
                }
            }
        }
    }

    private void DetectLevels()
    {
        uint active = 0;
        for (int detector = 0; detector < Detectors; detector++)
        {
            int pin = (int)(detectors[detector] & INTCR_PIN);
            if (pin < Pin.Count && Watches(detector, pin)
                && ModeOf(detector) == (Level(pin) ? Mode.High : Mode.Low))
            {
                active |= Flag(detector);
            }
        }

        flags |= active;
        foreach ((int bank, int bit) in Events)
        {
            Soc.Irqs[bank].SetLevel(bit, active != 0);
        }
    }

    private bool Watches(int detector, int pin) =>
        (detectors[detector] & INTCR_ENABLE) != 0 && (detectors[detector] & INTCR_PIN) == (uint)pin;

    private Mode ModeOf(int detector) => (Mode)((detectors[detector] >> INTCR_MODE_SHIFT) & 3);

    private static uint Flag(int detector) => 1u << (Detectors - 1 - detector);
}
