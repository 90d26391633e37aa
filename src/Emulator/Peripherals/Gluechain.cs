// GLUECHAIN: flip-flops strewn over the chip that a glitch would upset. None ever is.
// Facts: the vendor's firmware, which writes two words of each register; datasheet, glue chain.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The glitch detector.</summary>
public sealed class Gluechain(SystemOnChip soc) : StorageBlock(
    soc,
    "GLUECHAIN",
    new Register(0x00, uint.MaxValue), // GCMASK0
    new Register(0x04, uint.MaxValue), // GCMASK1
    new Register(0x08, 0), // GCSR0
    new Register(0x0C, 0), // GCSR1
    new Register(0x10, uint.MaxValue), // GCRST0
    new Register(0x14, uint.MaxValue), // GCRST1
    new Register(0x18, uint.MaxValue), // GCTEST0
    new Register(0x1C, uint.MaxValue)); // GCTEST1
