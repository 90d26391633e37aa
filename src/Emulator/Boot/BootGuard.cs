// The known checks that end a boot, or set it back. The numbers are part of stored states and never change; new ones are
// added behind the last. What each is called and means stands in BootGuards, how it is recognised in BootMarkers.

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

    // The Xous loader.
    KernelMissing = 20,
    KernelSignature = 21,
    KernelRolledBack = 22,
    KernelDeveloperKey = 23,
    KernelPostQuantum = 24,
    KernelArguments = 25,
    SwapSignature = 26,
    SwapIntegrity = 27,
    SwapDeveloperKey = 28,
    SwapMissing = 29,
    AppDeveloperKey = 30,
    FlashUnknown = 31,
    BoardTypeChanged = 32,
    LoaderPanic = 33,
    LoaderTrap = 34,

    // Any stage of the vendor's boot code.
    SecurityCheck = 50,
    PllOff = 51,
    Mesh = 52,

    // The kernel and what runs on it.
    KernelPanic = 70,
    KernelFailure = 71,
    ProcessCrashed = 72,
    ServicePanic = 73,
    SwapPage = 74,
    SwapExhausted = 75,

    // Whatever runs.
    ResetLoop = 100,
    GuestDied = 101,
}
