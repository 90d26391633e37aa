// What the guards are called, what they mean, and what to do about them. The codes are for programs and never change.

namespace XousCloud.Emulator.Boot;

/// <summary>A guard in words.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Stage">Whose check it is: "boot1", "loader", "kernel" or "services".</param>
/// <param name="Meaning">What it found, as half a sentence.</param>
/// <param name="Advice">What to do, as whole sentences.</param>
public sealed record BootGuardText(string Code, string Stage, string Meaning, string Advice);

/// <summary>The guards in words.</summary>
public static class BootGuards
{
    private const string SignAgain =
        "Bring the files as they were published, or sign the build again. Started at 0x60060300, the image goes past boot1.";

    /// <summary>A guard in words, or null for none.</summary>
    public static BootGuardText? Describe(BootGuard guard) => guard switch
    {
        BootGuard.ImageMagic => new(
            "image_magic", "boot1", "the image at 0x60060000 has a signature but not the magic number of its header", SignAgain),
        BootGuard.ImageVersion => new(
            "image_version", "boot1", "the header of the image at 0x60060000 is of a version that boot1 does not know", SignAgain),
        BootGuard.ImageFunction => new(
            "image_function", "boot1", "the image at 0x60060000 is neither a loader nor a bare-metal program",
            "Bring a loader or a bare-metal program; kernel, app and swap image go with their loader."),
        BootGuard.ImageSignature => new(
            "image_signature", "boot1", "the signature of the image at 0x60060000 is invalid, or of no key that boot1 accepts", SignAgain),
        BootGuard.ImageRolledBack => new(
            "image_rolled_back", "boot1", "a newer version of the image at 0x60060000 has run on this chip, and older ones are kept out",
            "Bring an image with at least that anti-rollback number, or make a new device."),
        BootGuard.ImageRollbackRange => new(
            "image_rollback_range", "boot1", "the image at 0x60060000 has an anti-rollback number that is out of range", SignAgain),
        BootGuard.Boot1Panic => new(
            "boot1_panic", "boot1", "a length or number in the header of the image at 0x60060000 is impossible, and boot1 panicked", SignAgain),
        _ => null,
    };
}
