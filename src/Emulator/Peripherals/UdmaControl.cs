// UDMA_CTRL: clock gates, event routing and resets of the uDMA blocks, one bit each in the same order.
// Facts: datasheet, uDMA control; RTL of udma_ctrl. The gates are kept and gate nothing (boot1 relies on blocks that
// boot0 left clocked). CFG_EVT names four events that a command list of SPIM or I2C can wait for: block × 4 + event, the
// blocks numbered as here. RST holds a block while its bit is 1.

using System.Numerics;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A block that UDMA_CTRL can hold in reset.</summary>
internal interface IUdmaBlock
{
    /// <summary>Puts the block into its reset state and keeps it there, or lets it go.</summary>
    void HoldInReset(bool held);
}

/// <summary>Global control of the uDMA subsystem.</summary>
public sealed class UdmaControl(SystemOnChip soc) : Peripheral(soc, "UDMA_CTRL")
{
    private const uint CG = 0x00;
    private const uint CFG_EVT = 0x04;
    private const uint RST = 0x08;

    private const uint BlocksMask = 0xF_FFFF;
    private const int FirstSpim = 4;
    private const int FirstI2c = 8;
    private const int CameraBit = 14;
    private const int AdcBit = 19;
    private const int EventChannels = 4;

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

    /// <summary>An event of a block has happened.</summary>
    /// <param name="number">Block × 4 + event.</param>
    public void Happened(int number)
    {
        for (int channel = 0; channel < EventChannels; channel++)
        {
            if ((byte)(eventRouting >> (channel * 8)) == number)
            {
                foreach (Spim spim in Soc.Spims)
                {
                    spim.Trigger(channel);
                }

                foreach (I2c i2c in Soc.I2cs)
                {
                    i2c.Trigger(channel);
                }
            }
        }
    }

    private void HoldInReset(uint held)
    {
        uint changed = held ^ resets;
        resets = held;
        for (; changed != 0; changed &= changed - 1)
        {
            int bit = BitOperations.TrailingZeroCount(changed);
            Block(bit)?.HoldInReset((held & (1u << bit)) != 0);
        }
    }

    private IUdmaBlock? Block(int bit) => bit switch
    {
        < FirstSpim => Soc.Uarts[bit],
        < FirstI2c => Soc.Spims[bit - FirstSpim],
        < FirstI2c + I2c.Count => Soc.I2cs[bit - FirstI2c],
        CameraBit => Soc.Block<Camera>(),
        AdcBit => Soc.Block<Adc>(),
        _ => null,
    };
}
