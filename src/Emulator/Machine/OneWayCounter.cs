// The one-way counters that boot code and loader give a meaning to. Facts: boot code, one-way counter slots.

namespace XousCloud.Emulator;

/// <summary>Numbers of one-way counters, of which the chip has 256.</summary>
public static class OneWayCounter
{
    public const int Count = 256;

    /// <summary>Boots that boot1 reported on by itself; it stops at 3.</summary>
    public const int EarlyBoot = 47;

    /// <summary>Odd: boot1 waits for a command and starts nothing by itself.</summary>
    public const int BootWait = 80;

    /// <summary>Modulo 3: 0 dabao, 1 baosec, 2 another maker's board.</summary>
    public const int BoardType = 81;

    /// <summary>Not 0: boot1 has given the part its identifiers.</summary>
    public const int FirstBootDone = 83;

    /// <summary>Not 0: an image of the developer key has run, and the part's keys are erased.</summary>
    public const int DeveloperMode = 85;
}
