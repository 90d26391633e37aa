// SENSORC: voltage and light detectors. They see nothing here, not even what their test registers would show them.
// Facts: datasheet, sensor control; RTL of sensorc.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The sensor controller.</summary>
public sealed class Sensorc(SystemOnChip soc) : StorageBlock(
    soc,
    "SENSORC",
    new Register(0x00, 0xFF, 0xFF), // VDMASK0
    new Register(0x04, 0xFF, 0xFF), // VDMASK1
    new Register(0x08, 0), // VDSR
    new Register(0x0C, 0), // VDFR
    new Register(0x10, 0x0F), // LDMASK
    new Register(0x14, 0), // LDSR
    new Register(0x18, 0x0F), // LDCFG
    new Register(0x20, 0x0F), // VDCFG0 to VDCFG7
    new Register(0x24, 0x0F),
    new Register(0x28, 0x0F),
    new Register(0x2C, 0x0F),
    new Register(0x30, 0x0F),
    new Register(0x34, 0x0F),
    new Register(0x38, 0x0F),
    new Register(0x3C, 0x0F),
    new Register(0x40, 0x3F, 0x0F), // VDIP_ENA
    new Register(0x44, 0xFF), // VDIP_TEST
    new Register(0x48, 0x0F), // LDIP_TEST
    new Register(0x4C, 0xFFFF, 0x01FF)); // LDIP_FD
