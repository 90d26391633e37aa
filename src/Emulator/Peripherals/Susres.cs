// SUSRES: suspend and resume. It stops, reads and sets TICKTIMER's count and has an interrupt for software.
// Facts: generated core. STATUS.paused follows TICKTIMER: a pause takes hold at the end of the running tick.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The suspend/resume block.</summary>
public sealed class Susres(SystemOnChip soc, TickTimer ticktimer) : Peripheral(soc, "SUSRES")
{
    private const uint CONTROL = 0x00;
    private const uint RESUME_TIME1 = 0x04;
    private const uint RESUME_TIME0 = 0x08;
    private const uint TIME1 = 0x0C;
    private const uint TIME0 = 0x10;
    private const uint STATUS = 0x14;
    private const uint STATE = 0x18;
    private const uint INTERRUPT = 0x1C;
    private const uint EV_STATUS = 0x20;
    private const uint EV_PENDING = 0x24;
    private const uint EV_ENABLE = 0x28;

    private const uint CONTROL_PAUSE = 1 << 0;
    private const uint CONTROL_LOAD = 1 << 1;
    private const int Line = 21;

    private uint control;
    private uint resumeHigh;
    private uint resumeLow;
    private uint resumeState;
    private uint interrupt;
    private bool pending;
    private bool enable;

    public override uint Read(uint offset) => offset switch
    {
        CONTROL => control,
        RESUME_TIME1 => resumeHigh,
        RESUME_TIME0 => resumeLow,
        TIME1 => (uint)(ticktimer.Time >> 32),
        TIME0 => (uint)ticktimer.Time,
        STATUS => ticktimer.IsPaused ? 1u : 0,
        STATE => resumeState,
        INTERRUPT => interrupt,
        EV_STATUS => 0, // the pulse is over before anybody can look
        EV_PENDING => pending ? 1u : 0,
        EV_ENABLE => enable ? 1u : 0,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ticktimer.SteadyUntil(offset);

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case CONTROL:
                control = value & (CONTROL_PAUSE | CONTROL_LOAD);
                ticktimer.Pause((control & CONTROL_PAUSE) != 0);
                if ((control & CONTROL_LOAD) != 0)
                {
                    ticktimer.Load(((ulong)resumeHigh << 32) | resumeLow);
                }

                break;
            case RESUME_TIME1:
                resumeHigh = value;
                break;
            case RESUME_TIME0:
                resumeLow = value;
                break;
            case STATE:
                resumeState = value & 3;
                break;
            case INTERRUPT:
                interrupt = value & 1;
                pending |= interrupt != 0;
                break;
            case EV_PENDING:
                pending &= (value & 1) == 0;
                break;
            case EV_ENABLE:
                enable = (value & 1) != 0;
                break;
            case TIME1 or TIME0 or STATUS or EV_STATUS:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Soc.SetInterruptLine(Line, pending && enable);
    }

    public override void Reset(ResetKind kind)
    {
        control = resumeHigh = resumeLow = resumeState = interrupt = 0;
        pending = enable = false;
        Soc.SetInterruptLine(Line, false);
    }

    public override void State(StateStream state)
    {
        state.U32(ref control);
        state.U32(ref resumeHigh);
        state.U32(ref resumeLow);
        state.U32(ref resumeState);
        state.U32(ref interrupt);
        state.Bool(ref pending);
        state.Bool(ref enable);
    }
}
