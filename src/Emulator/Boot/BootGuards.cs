// What the guards are called, what they mean, and what to do about them. The codes are for programs and never change.

namespace XousCloud.Emulator.Boot;

/// <summary>A guard in words.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Stage">Whose check it is: "boot1", "loader", "kernel" or "services".</param>
/// <param name="Meaning">What it found, as half a sentence.</param>
/// <param name="Advice">What to do, as whole sentences.</param>
/// <param name="Ends">Whether the boot is over with it; else it goes on, or starts again.</param>
public sealed record BootGuardText(string Code, string Stage, string Meaning, string Advice, bool Ends = true);

/// <summary>The guards in words.</summary>
public static class BootGuards
{
    private const string BadFiles = "Bring the files as they were published, or build and sign them again; all of one build.";
    private const string DeveloperMode =
        "Make a device in developer mode, whose secrets are erased, or bring what the vendor has signed.";

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
        BootGuard.KernelMissing => new(
            "kernel_missing", "loader", "there is no Xous kernel at 0x6009fd00 for the loader to start",
            "Bring xous.uf2 together with loader.uf2."),
        BootGuard.KernelSignature => new(
            "kernel_signature", "loader", "the kernel's header or signature is not what the loader accepts", BadFiles),
        BootGuard.KernelRolledBack => new(
            "kernel_rolled_back", "loader", "a newer kernel has run on this chip, and older ones are kept out",
            "Bring a kernel with at least that anti-rollback number, or make a new device."),
        BootGuard.KernelDeveloperKey => new(
            "kernel_developer_key", "loader", "the kernel is signed with the developer key and the chip is not in developer mode, or its secrets are not erased",
            DeveloperMode),
        BootGuard.KernelPostQuantum => new(
            "kernel_post_quantum", "loader", "this chip asks for a post-quantum signature, and the kernel has no valid one", BadFiles),
        BootGuard.KernelArguments => new(
            "kernel_arguments", "loader", "the kernel image does not begin with arguments for the kernel", BadFiles),
        BootGuard.SwapMissing => new(
            "swap_missing", "loader", "there is no swap image in the SPI flash", "Bring swap.uf2 together with loader.uf2 and xous.uf2."),
        BootGuard.SwapSignature => new(
            "swap_signature", "loader", "the swap image's header or signature is not what the loader accepts", BadFiles),
        BootGuard.SwapIntegrity => new(
            "swap_integrity", "loader", "the first page of the swap image cannot be decrypted: it was changed, or is for another chip", BadFiles),
        BootGuard.SwapDeveloperKey => new(
            "swap_developer_key", "loader", "the swap image is signed with the developer key and the chip is not in developer mode", DeveloperMode),
        BootGuard.AppDeveloperKey => new(
            "app_developer_key", "loader", "the detached app is signed with the developer key and the chip is not in developer mode", DeveloperMode),
        BootGuard.FlashUnknown => new(
            "flash_unknown", "loader", "the SPI flash does not answer with an id that the loader knows",
            "Choose a board that has one, such as dc34-badge; an image with a swap needs it."),
        BootGuard.BoardTypeChanged => new(
            "board_type_changed", "loader", "the chip was set up for another board, so the loader has changed its board type and reset it",
            "Nothing need be done. Made with the board type that the image expects, a device boots at once.", Ends: false),
        BootGuard.LoaderPanic => new("loader_panic", "loader", "the loader panicked; its last text says where", BadFiles),
        BootGuard.LoaderTrap => new(
            "loader_trap", "loader", "an exception in the loader; its handler printed the cause on DUART and spins", BadFiles),
        BootGuard.SecurityCheck => new(
            "security_check", "boot code", "a check against tampering failed, and the boot code has cleared all memory and spins",
            "Look at what was printed before. The checks are of random numbers, tamper sensors, and skipped instructions."),
        BootGuard.PllOff => new(
            "pll_off", "boot code", "the core does not run from the PLL, which boot code takes for an attack: it has cleared all memory and spins",
            "Leave the clocks as boot1 sets them (CGUSEL0 bit 0)."),
        BootGuard.Mesh => new(
            "mesh", "boot code", "the mesh over the chip reads as cut; it is counted as a possible attack", "See the MESH block.", Ends: false),
        BootGuard.KernelPanic => new("kernel_panic", "kernel", "the kernel panicked; DUART's last text says where", BadFiles),
        BootGuard.KernelFailure => new(
            "kernel_failure", "kernel", "an exception in the kernel; DUART's last text has its cause and registers", BadFiles),
        BootGuard.ProcessCrashed => new(
            "process_crashed", "services", "the kernel ended a process because of an exception",
            "The list of processes says which; DUART's text has cause and registers.", Ends: false),
        BootGuard.ServicePanic => new(
            "service_panic", "services", "a process panicked; the console has its words", "The list of processes says which.", Ends: false),
        BootGuard.SwapPage => new(
            "swap_page", "services", "a page that was swapped out did not come back as it was",
            "Something has changed the PSRAM: power-cycle the device."),
        BootGuard.SwapExhausted => new(
            "swap_exhausted", "services", "there is no room in the PSRAM to swap to", "Run less at a time."),
        BootGuard.ResetLoop => new(
            "reset_loop", "boot code", "the guest resets the chip again and again", "The text before each reset says why.", Ends: false),
        BootGuard.GuestDied => new(
            "guest_died", "program", "an exception whose handler cannot run", "Registers, memory and console can still be read."),
        _ => null,
    };

    /// <summary>How much a guard explains: of two that fired, the one with the higher number is the reason.</summary>
    internal static int Weight(BootGuard guard) => guard switch
    {
        BootGuard.None => 0,
        BootGuard.Mesh or BootGuard.BoardTypeChanged or BootGuard.ProcessCrashed or BootGuard.ServicePanic => 1,
        BootGuard.SecurityCheck or BootGuard.PllOff or BootGuard.LoaderPanic or BootGuard.LoaderTrap
            or BootGuard.SwapPage or BootGuard.SwapExhausted => 2,
        BootGuard.KernelMissing or BootGuard.KernelRolledBack or BootGuard.KernelPostQuantum => 4,
        _ => 3,
    };
}
