// The resets of the chip, and what survives each (datasheet: RCU; the always-on domain keeps its state over
// all but the loss of power).

namespace XousCloud.Emulator;

/// <summary>A reset. The numbers are stored; they are never reused.</summary>
public enum ResetKind : byte
{
    /// <summary>Power was lost: only RRAM keeps its content.</summary>
    PowerOn = 0,

    /// <summary>The XRSTn pad: everything but RRAM, memories and the always-on domain.</summary>
    Pad = 1,

    /// <summary>RCURST0, a chip reset by software.</summary>
    Chip = 2,

    /// <summary>RCURST1, a core reset by software: as the pad, the oscillator stays selected.</summary>
    Core = 3,

    /// <summary>The watchdog ran out.</summary>
    Watchdog = 4,
}
