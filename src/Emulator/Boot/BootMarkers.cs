// How guards are recognised: by what firmware prints when they fire. Facts: sources of the Xous loader, the kernel,
// xous-log and the swapper; the texts are part of the images and were compared with those of the badge release.

namespace XousCloud.Emulator.Boot;

/// <summary>A text that tells of a guard.</summary>
/// <param name="Guard">The guard.</param>
/// <param name="Port">Where it is printed; null for wherever.</param>
/// <param name="Text">ASCII.</param>
internal sealed record BootMarker(BootGuard Guard, ConsolePort? Port, string Text);

internal static class BootMarkers
{
    private const string KernelRefused = "Kernel failed signature check. Dying";
    private const string Magic = "\"Invalid magic number on incoming record to be verified\"";

    public static readonly BootMarker[] All =
    [
        new(BootGuard.KernelSignature, null, KernelRefused),
        new(BootGuard.KernelMissing, null, $"{KernelRefused}: {Magic}"),
        new(BootGuard.KernelRolledBack, null, $"{KernelRefused}: \"Anti-rollback code too old"),
        new(BootGuard.KernelPostQuantum, null, $"{KernelRefused}: \"PQ required"),
        new(BootGuard.KernelDeveloperKey, null, "Kernel is devkey signed, but system is not in developer mode"),
        new(BootGuard.KernelArguments, null, "FATAL: Couldn't find XArg magic number"),
        new(BootGuard.SwapSignature, null, "Fresh swap image did not pass public key validation"),
        new(BootGuard.SwapIntegrity, null, "Swap image failed cryptographic integrity checks"),
        new(BootGuard.SwapMissing, null, "\nrange end index 4294967295 out of range for slice of length 64"), // the header of erased flash
        new(BootGuard.SwapDeveloperKey, null, "Swap is devkey signed, but system is not in developer mode"),
        new(BootGuard.AppDeveloperKey, null, "Detached app is devkey signed, but system is not in developer mode"),
        new(BootGuard.FlashUnknown, null, "\nflash_id 0x"), // a panic's second line: ... not recognized
        new(BootGuard.BoardTypeChanged, null, "Board type is not Baosec; resetting it and rebooting!"),
        new(BootGuard.LoaderPanic, null, "panicked at loader/"),
        new(BootGuard.LoaderPanic, null, "panicked at libs/bao1x-hal/"),
        new(BootGuard.LoaderTrap, ConsolePort.Duart, "\n\r0x"),
        new(BootGuard.Mesh, ConsolePort.Duart, "mesh\r\n"),
        new(BootGuard.KernelPanic, ConsolePort.Duart, "PANIC in PID "),
        new(BootGuard.KernelFailure, ConsolePort.Duart, "!!! KERNEL FAILURE !!!"),
        new(BootGuard.ProcessCrashed, ConsolePort.Duart, "PROGRAM HALT: CPU Exception on PID "),
        new(BootGuard.ServicePanic, ConsolePort.Uart2, "PANIC in PID "),
        new(BootGuard.SwapPage, null, "swap image corrupted, the tag does not match the data; retry count exceeded"),
        new(BootGuard.SwapExhausted, null, "Ran out of swap space, hard OOM"),
    ];
}
