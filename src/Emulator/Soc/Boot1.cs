// The state that boot1 leaves for what it starts: clocks at 350 MHz, UART2 set up for 1 Mbaud on PB13/PB14,
// delegation registers all ones, interrupts off. A device without boot0 and boot1 in its image starts here.
// Facts: boot1's sources, state left for the next stage.

using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Soc;

internal static class Boot1
{
    public static void LeaveState(SystemOnChip soc, Hart hart, uint entryPoint)
    {
        soc.Clocks.Set(soc.Now, new ClockFrequencies(
            Fclk: 700_000_000,
            Aclk: 350_000_000,
            Hclk: 175_000_000,
            Iclk: 87_500_000,
            Pclk: 43_750_000,
            Perclk: 99_804_687));
        hart.EnterFromBoot1(entryPoint);
    }
}
