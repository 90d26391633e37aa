// The known places where a boot stops, or is set back, on purpose. The numbers are part of stored states and never
// change; new ones are added at the end of their group. What each is called and means stands in BootGuards.

namespace XousCloud.Emulator.Boot;

/// <summary>A check that ends a boot.</summary>
public enum BootGuard : byte
{
    None = 0,

    // boot1, of the stage that it starts.
    ImageMagic = 1,
    ImageVersion = 2,
    ImageFunction = 3,
    ImageSignature = 4,
    ImageRolledBack = 5,
    ImageRollbackRange = 6,
    Boot1Panic = 7,
}
