// What stands at the top of RRAM, above general storage: one-way counters, access words and data slots, each slot and
// each counter a line of 32 bytes. Facts: RRAM layout of the boot code; RTL of rrc.

namespace XousCloud.Emulator.Soc;

internal static class RramLayout
{
    public const uint LineLength = 32;

    /// <summary>256 lines; a counter is the first word of its line.</summary>
    public const uint CounterBase = 0x603D_A000;

    /// <summary>One word for each slot, the former key slots included: who may do what with it.</summary>
    public const uint AccessBase = 0x603D_C000;
    public const int AccessCount = 2 * SlotCount;

    public const uint SlotBase = 0x603E_0000;
    public const int SlotCount = 2048;

    public static uint Counter(int number) => CounterBase + ((uint)number * LineLength);

    public static uint Access(int slot) => AccessBase + ((uint)slot * 4);

    public static uint Slot(int slot) => SlotBase + ((uint)slot * LineLength);
}
