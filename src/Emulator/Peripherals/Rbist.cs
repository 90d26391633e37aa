// RBIST_WRP: trims of the memories' timing, one after the other through one register. Here they have nothing to trim.
// Facts: RTL of rbist_wrp.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Trims of the memories.</summary>
public sealed class Rbist(SystemOnChip soc) : StorageBlock(
    soc,
    "RBIST_WRP",
    new Register(0x00, 0xFF_FFFF), // CR_TRM
    new Register(0x04, 0), // SR_TRM
    new Register(0x08, 0)); // AR_TRM
