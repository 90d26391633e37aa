// D11CTIME: a heartbeat bit that flips at a steady pace; a delay source of the loader and of SDK programs.
// Facts: generated core. A counter runs from CONTROL down to 0; then the beat flips and the counter takes
// CONTROL anew, so the half-period is CONTROL + 1 cycles and a new CONTROL never shortens the running one.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The heartbeat.</summary>
public sealed class D11cTime(SystemOnChip soc) : Peripheral(soc, "D11CTIME")
{
    private const uint CONTROL = 0x00;
    private const uint HEARTBEAT = 0x04;

    private const uint ResetCount = 400_000;

    private uint count;
    private bool beat;
    private ulong nextFlip;

    private ulong HalfPeriod => count + 1ul;

    public override uint Read(uint offset)
    {
        Advance();
        return offset switch
        {
            CONTROL => count,
            HEARTBEAT => beat ? 1u : 0,
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset) => offset == HEARTBEAT ? nextFlip : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        Advance();
        switch (offset)
        {
            case CONTROL:
                count = value;
                break;
            case HEARTBEAT:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        count = ResetCount;
        beat = false;
        nextFlip = Soc.Now + HalfPeriod;
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            Advance(); // the state at a cycle must not depend on who looked at the beat before
        }

        state.U32(ref count);
        state.Bool(ref beat);
        state.U64(ref nextFlip);
    }

    private void Advance()
    {
        if (Soc.Now >= nextFlip)
        {
            ulong flips = 1 + ((Soc.Now - nextFlip) / HalfPeriod);
            beat ^= (flips & 1) != 0;
            nextFlip += flips * HalfPeriod;
        }
    }
}
