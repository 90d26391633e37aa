// MESH: the wire mesh over the chip, which tells when it is cut. This one is whole for ever.
// Facts: datasheet, mesh; RTL of mesh. boot1 counts an attack where a status word is not 0.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The tamper mesh.</summary>
public sealed class Mesh(SystemOnChip soc) : StorageBlock(
    soc,
    "MESH",
    new Register(0x00, uint.MaxValue), // MLDRV0
    new Register(0x04, uint.MaxValue), // MLDRV1
    new Register(0x10, uint.MaxValue), // MLIE0
    new Register(0x14, uint.MaxValue), // MLIE1
    new Register(0x20, 0), // MLSR0 to MLSR7
    new Register(0x24, 0),
    new Register(0x28, 0),
    new Register(0x2C, 0),
    new Register(0x30, 0),
    new Register(0x34, 0),
    new Register(0x38, 0),
    new Register(0x3C, 0));
