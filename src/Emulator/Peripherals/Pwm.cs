// PWM: four timers of 16 bits, each with four channels that compare.
// Facts: RTL of apb_adv_timer.
// - A timer counts PCLK / (prescaler + 1) from TH's low half to its high half: up, and over again (sawtooth, so it is
//   after a reset), or up and down.
// - A start takes over CFG and TH and begins at the low half, as RESET does. UPDATE takes them over when the present
//   period ends, or at once while the timer stands. STOP holds the count. Without its clock in CH_EN a timer stands and
//   hears no command.
// Missing: the channels' outputs, so no pad moves; and what is reported when it is asked for: events of channels, a
// timer that counts a pad's edges or the crystal.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The advanced timers.</summary>
public sealed class Pwm : Peripheral
{
    private const int Timers = 4;
    private const uint TimerStride = 0x40;
    private const uint TimersEnd = Timers * TimerStride;
    private const uint CMD = 0x00;
    private const uint CFG = 0x04;
    private const uint TH = 0x08;
    private const uint CH0_TH = 0x0C; // to CH3_TH,
    private const uint CH0_LUT = 0x1C; // then CH0_LUT to CH3_LUT
    private const uint COUNTER = 0x2C;
    private const uint EVENT_CFG = 0x100;
    private const uint CH_EN = 0x104;
    private const uint PREFD0 = 0x140;

    private const uint CMD_START = 1 << 0;
    private const uint CMD_STOP = 1 << 1;
    private const uint CMD_UPDATE = 1 << 2;
    private const uint CMD_RESET = 1 << 3;
    private const uint CFG_MASK = 0x00FF_1FFF;
    private const uint CFG_INPUT = 0xF00; // mode, 0 counts each clock; and the crystal as clock
    private const uint CFG_SAW = 1 << 12;
    private const int CFG_PRESCALER_SHIFT = 16;
    private const uint CH_TH_MASK = 0x7_FFFF;
    private const uint CH_LUT_MASK = 0x3_FFFF;
    private const uint EVENT_CFG_MASK = 0xF_FFFF;
    private const uint EVENT_CFG_ENABLES = 0xF_0000;
    private const uint CH_EN_MASK = 0xF;
    private const uint PREFD_MASK = 0x3FF;

    private const uint RegistersOfTimer = 10; // CFG to CH3_LUT

    private readonly uint[] registers = new uint[Timers * RegistersOfTimer];
    private readonly uint[] prefd = new uint[Timers];
    private uint eventCfg;
    private uint clockEnables;

    // By timer. What CFG and TH said when they were taken over:
    private readonly uint[] cfg = new uint[Timers];
    private readonly uint[] th = new uint[Timers];

    private readonly bool[] running = new bool[Timers];
    private readonly bool[] updatePending = new bool[Timers];
    private readonly uint[] position = new uint[Timers]; // counts since the period began,
    private readonly ulong[] at = new ulong[Timers]; // when PCLK had had so many periods

    public Pwm(SystemOnChip soc)
        : base(soc, "PWM")
    {
    }

    public override uint Read(uint offset)
    {
        int timer = (int)(offset / TimerStride);
        return offset switch
        {
            EVENT_CFG => eventCfg,
            CH_EN => clockEnables,
            >= PREFD0 and < PREFD0 + (4 * Timers) => prefd[(offset - PREFD0) / 4],
            >= TimersEnd => UnmodelledRead(offset),
            _ => (offset % TimerStride) switch
            {
                CMD => 0,
                >= CFG and < COUNTER => registers[Register(timer, offset % TimerStride)],
                COUNTER => Count(timer),
                _ => UnmodelledRead(offset),
            },
        };
    }

    public override ulong SteadyUntil(uint offset) =>
        offset < TimersEnd && offset % TimerStride == COUNTER ? 0 : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case EVENT_CFG:
                eventCfg = Merge(eventCfg, value, lanes) & EVENT_CFG_MASK;
                if ((eventCfg & EVENT_CFG_ENABLES) != 0)
                {
                    UnmodelledWrite(offset, value, "events of channels");
                }

                break;
            case CH_EN:
                EnableClocks(Merge(clockEnables, value, lanes) & CH_EN_MASK);
                break;
            case >= PREFD0 and < PREFD0 + (4 * Timers):
                prefd[(offset - PREFD0) / 4] = Merge(prefd[(offset - PREFD0) / 4], value, lanes) & PREFD_MASK;
                break;
            case < TimersEnd:
                WriteTimer((int)(offset / TimerStride), offset, value, lanes);
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        Array.Clear(registers);
        Array.Clear(prefd);
        Array.Clear(th);
        Array.Clear(running);
        Array.Clear(updatePending);
        Array.Clear(position);
        Array.Fill(cfg, CFG_SAW);
        for (int timer = 0; timer < Timers; timer++)
        {
            registers[Register(timer, CFG)] = CFG_SAW;
        }

        eventCfg = clockEnables = 0;
    }

    public override void State(StateStream state)
    {
        for (int timer = 0; timer < Timers; timer++)
        {
            if (!state.IsLoading)
            {
                Advance(timer); // the state at a cycle must not depend on who looked at the count before
            }

            state.Bool(ref running[timer]);
            state.Bool(ref updatePending[timer]);
            state.U64(ref at[timer]);
        }

        state.U32s(registers);
        state.U32s(prefd);
        state.U32(ref eventCfg);
        state.U32(ref clockEnables);
        state.U32s(cfg);
        state.U32s(th);
        state.U32s(position);
    }

    private static uint Register(int timer, uint offset) => ((uint)timer * RegistersOfTimer) + ((offset - CFG) / 4);

    private void WriteTimer(int timer, uint offset, uint value, uint lanes)
    {
        uint inTimer = offset % TimerStride;
        if (inTimer == CMD)
        {
            Command(timer, offset, value);
            return;
        }

        uint mask = inTimer switch
        {
            CFG => CFG_MASK,
            TH => uint.MaxValue,
            >= CH0_TH and < CH0_LUT => CH_TH_MASK,
            >= CH0_LUT and < COUNTER => CH_LUT_MASK,
            _ => 0,
        };
        if (mask != 0)
        {
            ref uint register = ref registers[Register(timer, inTimer)];
            register = Merge(register, value, lanes) & mask;
        }
        else if (inTimer != COUNTER)
        {
            UnmodelledWrite(offset, value);
        }
    }

    private void Command(int timer, uint offset, uint command)
    {
        if ((clockEnables & (1u << timer)) == 0)
        {
            return;
        }

        Advance(timer);
        bool starts = (command & CMD_START) != 0 && !running[timer];
        if (starts || (command & CMD_RESET) != 0 || ((command & CMD_UPDATE) != 0 && !running[timer]))
        {
            TakeOver(timer);
        }
        else if ((command & CMD_UPDATE) != 0)
        {
            updatePending[timer] = true;
        }

        running[timer] = (command & CMD_START) != 0 || (running[timer] && (command & CMD_STOP) == 0);
        if (starts && (cfg[timer] & CFG_INPUT) != 0)
        {
            UnmodelledWrite(offset, command, "a timer that does not count PCLK");
        }
    }

    private void EnableClocks(uint enables)
    {
        for (int timer = 0; timer < Timers; timer++)
        {
            Advance(timer);
        }

        clockEnables = enables;
    }

    private void TakeOver(int timer)
    {
        cfg[timer] = registers[Register(timer, CFG)];
        th[timer] = registers[Register(timer, TH)];
        position[timer] = 0;
        updatePending[timer] = false;
    }

    // How far the count goes up, and how many counts a period has.
    private (uint Way, uint Period) Range(int timer)
    {
        uint way = ((th[timer] >> 16) - th[timer]) & 0xFFFF;
        return (way, (cfg[timer] & CFG_SAW) != 0 || way == 0 ? way + 1 : 2 * way);
    }

    private uint Count(int timer)
    {
        Advance(timer);
        uint way = Range(timer).Way;
        uint up = position[timer] <= way ? position[timer] : (2 * way) - position[timer];
        return (th[timer] + up) & 0xFFFF;
    }

    // Brings a timer to the present.
    private void Advance(int timer)
    {
        ulong now = Soc.Clocks.PclkAt(Soc.Now);
        bool counts = running[timer] && (clockEnables & (1u << timer)) != 0 && (cfg[timer] & CFG_INPUT) == 0;
        if (!counts)
        {
            at[timer] = now;
            return;
        }

        uint divider = ((cfg[timer] >> CFG_PRESCALER_SHIFT) & 0xFF) + 1;
        ulong counted = position[timer] + ((now - at[timer]) / divider);
        at[timer] = now - ((now - at[timer]) % divider);
        uint period = Range(timer).Period;
        if (updatePending[timer] && counted >= period)
        {
            at[timer] -= (counted - period) * divider;
            TakeOver(timer);
            Advance(timer);
            return;
        }

        position[timer] = (uint)(counted % period);
    }
}
