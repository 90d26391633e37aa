// UDMA_CTRL: clock gates, event routing and resets of the uDMA blocks, one bit each in the same order.
// Facts: datasheet, uDMA control. The gates are kept and gate nothing (boot1 relies on blocks that boot0 left
// clocked); event routing is kept for the blocks that will wait for events. RST holds a block while its bit is 1.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Global control of the uDMA subsystem.</summary>
public sealed class UdmaControl(SystemOnChip soc) : Peripheral(soc, "UDMA_CTRL")
{
    private const uint CG = 0x00;
    private const uint CFG_EVT = 0x04;
    private const uint RST = 0x08;

    private const uint BlocksMask = 0xF_FFFF;

    private uint clockGates;
    private uint eventRouting;
    private uint resets;

    public override uint Read(uint offset) => offset switch
    {
        CG => clockGates,
        CFG_EVT => eventRouting,
        RST => resets,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case CG:
                clockGates = Merge(clockGates, value, lanes) & BlocksMask;
                break;
            case CFG_EVT:
                eventRouting = Merge(eventRouting, value, lanes);
                break;
            case RST:
                HoldInReset(Merge(resets, value, lanes) & BlocksMask);
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind) => clockGates = eventRouting = resets = 0;

    public override void State(StateStream state)
    {
        state.U32(ref clockGates);
        state.U32(ref eventRouting);
        state.U32(ref resets);
    }

    private void HoldInReset(uint held)
    {
        uint changed = held ^ resets;
        resets = held;
        for (int uart = 0; uart < Uart.Count; uart++)
        {
            if ((changed & (1u << uart)) != 0)
            {
                Soc.Uarts[uart].HoldInReset((held & (1u << uart)) != 0);
            }
        }
    }
}
