// CORESUB_SRAMTRM: timing trims of the core's memories, and their parity alarm. There is no parity error.
// Facts: datasheet, SRAM trim; RTL of coresub_sramtrm.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The trims of the core's memories.</summary>
public sealed class SramTrim(SystemOnChip soc) : StorageBlock(
    soc,
    "CORESUB_SRAMTRM",
    new Register(0x00, 0x07, 4), // CACHE
    new Register(0x04, 0x1F, 4), // ITCM
    new Register(0x08, 0x1F, 4), // DTCM
    new Register(0x0C, 0x1F, 2), // SRAM0
    new Register(0x10, 0x1F, 4), // SRAM1
    new Register(0x14, 0x07, 3), // VEXRAM
    new Register(0x20, 0), // SRAMERR
    new Register(0x30, 0x0F)); // RAMSEC
