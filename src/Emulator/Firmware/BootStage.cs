// The stages of the boot chain and where their images stand. Facts: boot chain (accepted function codes), RRAM layout,
// swap image (its header is inside page 0).

namespace XousCloud.Emulator.Firmware;

/// <summary>A place where boot code looks for a signed image.</summary>
/// <param name="Name">What belongs there.</param>
/// <param name="ImageAddress">Where the image starts.</param>
/// <param name="HeaderAddress">Where its signature header stands.</param>
/// <param name="Functions">The function codes that the stage before accepts there.</param>
internal sealed record BootStage(string Name, uint ImageAddress, uint HeaderAddress, uint[] Functions)
{
    public static readonly BootStage Boot0 = new("boot0", 0x6000_0000, 0x6000_0000, [1]);
    public static readonly BootStage Boot1 = new("boot1", 0x6002_0000, 0x6002_0000, [2, 3]);

    /// <summary>What boot1 starts; boot0 takes an alternate boot1 from the same place.</summary>
    public static readonly BootStage Next = new("loader or baremetal", 0x6006_0000, 0x6006_0000, [4, 5, 6, 7, 2, 3]);

    public static readonly BootStage Kernel = new("kernel", 0x6009_FD00, 0x6009_FD00, [0x100, 0x101]);
    public static readonly BootStage App = new("detached app", 0x602F_FD00, 0x602F_FD00, [0x10_0000, 0x10_0001]);
    public static readonly BootStage Swap = new("swap", 0x7000_0000, 0x7000_0D00, [0x8000, 0x8001]);

    /// <summary>In the order of the chain; a code that two stages take belongs to the first.</summary>
    public static readonly IReadOnlyList<BootStage> All = [Boot0, Boot1, Next, Kernel, App, Swap];

    /// <summary>The stage that checks this one before it starts or uses it; boot0 checks itself.</summary>
    public BootStage CheckedBy => this == Boot0 || this == Boot1 ? Boot0 : this == Next ? Boot1 : Next;

    /// <summary>The end of what boot1 lets UF2 files write, and of general storage.</summary>
    public const uint StorageEnd = 0x603D_A000;
}
