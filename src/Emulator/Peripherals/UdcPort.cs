// PORTSC of the USB device controller: what the controller knows of its link. Facts: datasheet, USB (PORTSC,
// EVENTCONFIG); values that boot1's authors read on real parts: 0xC6B unplugged, hence 0xC0B in use, both high speed.
//
// A link begins with the host's connection (CCS, PP), comes into use by the host's reset (PR while it lasts, then
// PRC, the speed, and bit 1), and goes to sleep (PLS 3) when the lines fall idle: a cable that is pulled looks like
// that, because the controller does not see the supply go.

namespace XousCloud.Emulator.Peripherals;

/// <summary>The state of the link.</summary>
internal sealed class UdcPort
{
    private const uint PORTSC_CCS = 1 << 0;
    private const uint PORTSC_ENABLED = 1 << 1; // not documented, seen on real parts
    private const uint PORTSC_PP = 1 << 3;
    private const uint PORTSC_PR = 1 << 4;
    private const uint PORTSC_PLS = 0xF << 5;
    private const uint PORTSC_PLS_U3 = 3 << 5;
    private const uint PORTSC_PLS_RX_DETECT = 5 << 5;
    private const uint PORTSC_SPEED = 0xF << 10;
    private const int PORTSC_SPEED_SHIFT = 10;
    private const uint PORTSC_CSC = 1 << 17;
    private const uint PORTSC_PPC = 1 << 20;
    private const uint PORTSC_PRC = 1 << 21;
    private const uint PORTSC_PLC = 1 << 22;
    private const uint PORTSC_CHANGES = PORTSC_CSC | PORTSC_PPC | PORTSC_PRC | PORTSC_PLC | (1 << 23);

    private const uint FullSpeed = 1;
    private const uint HighSpeed = 3;

    // A change's bit in EVENTCONFIG, that software gets an event of it.
    private static readonly (uint Change, uint Enable)[] Enables =
        [(PORTSC_CSC, 1 << 0), (PORTSC_PPC, 1 << 3), (PORTSC_PRC, 1 << 4), (PORTSC_PLC, 1 << 5)];

    private uint value = PORTSC_PLS_RX_DETECT;

    /// <summary>PORTSC as it reads.</summary>
    public uint Value => value;

    /// <summary>CCS: there is a host.</summary>
    public bool IsConnected => (value & PORTSC_CCS) != 0;

    /// <summary>The host has reset the link, and nothing has happened to it since.</summary>
    public bool IsInUse => (value & (PORTSC_ENABLED | PORTSC_PR | PORTSC_PLS)) == PORTSC_ENABLED;

    public bool IsHighSpeed => (value & PORTSC_SPEED) >> PORTSC_SPEED_SHIFT == HighSpeed;

    /// <summary>Writing 1 to a change clears it; PLS is moved by the link alone.</summary>
    public void Write(uint written) => value &= ~(written & PORTSC_CHANGES);

    /// <summary>A host appears.</summary>
    /// <returns>The bits of EVENTCONFIG of which any asks for an event; so do those below.</returns>
    public uint Connect() => Set(PORTSC_CCS | PORTSC_PP, PORTSC_CSC | PORTSC_PPC);

    /// <summary>The host begins to reset the link.</summary>
    public void BeginReset() => value = (value & ~(PORTSC_PLS | PORTSC_SPEED | PORTSC_ENABLED)) | PORTSC_PR;

    /// <summary>The host ends its reset.</summary>
    /// <param name="maxSpeed">DEVCONFIG: the fastest that software allows.</param>
    public uint EndReset(uint maxSpeed) => Set(
        (value & (PORTSC_CCS | PORTSC_PP)) | PORTSC_ENABLED
            | ((maxSpeed >= HighSpeed ? HighSpeed : FullSpeed) << PORTSC_SPEED_SHIFT),
        PORTSC_PRC);

    /// <summary>The lines fall idle for so long that the link sleeps.</summary>
    public void Suspend()
    {
        if (IsConnected)
        {
            value = (value & ~PORTSC_PLS) | PORTSC_PLS_U3;
        }
    }

    /// <summary>The controller leaves the bus.</summary>
    public uint Disconnect() =>
        IsConnected ? Set((value & PORTSC_PP) | PORTSC_PLS_RX_DETECT, PORTSC_CSC) : 0;

    public void Reset() => value = PORTSC_PLS_RX_DETECT;

    public void State(StateStream state) => state.U32(ref value);

    private uint Set(uint live, uint changes)
    {
        value = live | (value & PORTSC_CHANGES) | changes;
        uint enables = 0;
        foreach ((uint change, uint enable) in Enables)
        {
            enables |= (changes & change) != 0 ? enable : 0;
        }

        return enables;
    }
}
