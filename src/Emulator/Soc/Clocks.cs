// The clock tree as the rest of the machine sees it. Time is counted in cycles of ACLK, the CPU's clock; a
// peripheral with another clock asks how many ACLK cycles its periods last. SYSCTRL sets the frequencies from
// its divider and PLL registers. Facts: datasheet, clock generation.

namespace XousCloud.Emulator.Soc;

/// <summary>The frequencies of the chip's clocks, in hertz.</summary>
/// <param name="Fclk">BIO clock.</param>
/// <param name="Aclk">CPU clock, and that of the core's timers.</param>
/// <param name="Hclk">AHB clock.</param>
/// <param name="Iclk">IO subsystem's bus clock.</param>
/// <param name="Pclk">APB clock: watchdog, ATIMER, PWM.</param>
/// <param name="Perclk">The clock that UART, SPI and I2C divide.</param>
/// <param name="Clksys">The oscillator or crystal, before the PLL: DUART.</param>
public readonly record struct ClockFrequencies(
    uint Fclk, uint Aclk, uint Hclk, uint Iclk, uint Pclk, uint Perclk, uint Clksys);

/// <summary>Turns cycles into virtual time and other clocks' periods into cycles.</summary>
public sealed class Clocks
{
    /// <summary>The always-on domain's slow clock, in hertz: the nominal rate of its oscillator and of a crystal.</summary>
    public const uint SlowHertz = 32_768;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private ulong changedAtCycle;
    private ulong changedAtNanosecond;
    private ulong changedAtPclk;
    private uint fclk;
    private uint aclk = 1;
    private uint hclk;
    private uint iclk;
    private uint pclk;
    private uint perclk;
    private uint clksys;

    /// <summary>Called after the clocks were switched: what is due by another clock than the CPU's is due elsewhen.</summary>
    internal Action? Changed { get; set; }

    public ClockFrequencies Frequencies => new(fclk, aclk, hclk, iclk, pclk, perclk, clksys);

    /// <summary>Switches the clocks. An interval that is already running keeps the cycle at which it ends.</summary>
    /// <param name="cycle">The current cycle.</param>
    /// <param name="frequencies">The new frequencies; zero is taken as one hertz, so that time goes on.</param>
    public void Set(ulong cycle, ClockFrequencies frequencies)
    {
        changedAtNanosecond = NanosecondsAt(cycle);
        changedAtPclk = PclkAt(cycle);
        changedAtCycle = cycle;
        fclk = Math.Max(1, frequencies.Fclk);
        aclk = Math.Max(1, frequencies.Aclk);
        hclk = Math.Max(1, frequencies.Hclk);
        iclk = Math.Max(1, frequencies.Iclk);
        pclk = Math.Max(1, frequencies.Pclk);
        perclk = Math.Max(1, frequencies.Perclk);
        clksys = Math.Max(1, frequencies.Clksys);
        Changed?.Invoke();
    }

    /// <summary>Virtual time since power-on, in nanoseconds.</summary>
    public ulong NanosecondsAt(ulong cycle) =>
        changedAtNanosecond + MultiplyDivide(cycle - changedAtCycle, NanosecondsPerSecond, aclk);

    /// <summary>The first cycle at which virtual time has reached <paramref name="nanoseconds"/>.</summary>
    public ulong CycleAt(ulong nanoseconds) => nanoseconds <= changedAtNanosecond
        ? changedAtCycle
        : changedAtCycle + MultiplyDivideUp(nanoseconds - changedAtNanosecond, aclk, NanosecondsPerSecond);

    /// <summary>Periods of PCLK since power-on.</summary>
    public ulong PclkAt(ulong cycle) => changedAtPclk + MultiplyDivide(cycle - changedAtCycle, pclk, aclk);

    /// <summary>The first cycle at which PCLK has had <paramref name="periods"/> periods.</summary>
    public ulong CycleAtPclk(ulong periods) => periods <= changedAtPclk
        ? changedAtCycle
        : changedAtCycle + MultiplyDivideUp(periods - changedAtPclk, aclk, Math.Max(1, pclk));

    /// <summary>Periods of the slow clock since power-on.</summary>
    public ulong SlowAt(ulong cycle) => MultiplyDivide(NanosecondsAt(cycle), SlowHertz, NanosecondsPerSecond);

    /// <summary>The first cycle at which the slow clock has had <paramref name="periods"/> periods.</summary>
    public ulong CycleAtSlow(ulong periods) => CycleAt(MultiplyDivideUp(periods, NanosecondsPerSecond, SlowHertz));

    /// <summary>How many CPU cycles <paramref name="periods"/> of a clock of <paramref name="hertz"/> last, rounded up.</summary>
    public ulong CyclesOf(ulong periods, uint hertz) => MultiplyDivideUp(periods, aclk, Math.Max(1, hertz));

    internal void State(StateStream state)
    {
        state.U64(ref changedAtCycle);
        state.U64(ref changedAtNanosecond);
        state.U32(ref fclk);
        state.U32(ref aclk);
        state.U32(ref hclk);
        state.U32(ref iclk);
        state.U32(ref pclk);
        state.U32(ref perclk);
        state.U32(ref clksys);
        state.U64(ref changedAtPclk);
        aclk = Math.Max(1, aclk);
    }

    // Nearly always 64 bits hold the product, and dividing them is quicker; code with 128 cannot be compiled ahead of time.
    private static ulong MultiplyDivide(ulong value, ulong factor, ulong divisor) =>
        Math.BigMul(value, factor, out ulong product) == 0
            ? Math.Min(product / divisor, ulong.MaxValue / 2)
            : LongMultiplyDivide(value, factor, 0, divisor);

    private static ulong MultiplyDivideUp(ulong value, ulong factor, ulong divisor) =>
        Math.BigMul(value, factor, out ulong product) == 0 && product <= ulong.MaxValue - divisor
            ? Math.Min((product + divisor - 1) / divisor, ulong.MaxValue / 2)
            : LongMultiplyDivide(value, factor, divisor - 1, divisor);

    private static ulong LongMultiplyDivide(ulong value, ulong factor, ulong added, ulong divisor) =>
        (ulong)UInt128.Min((((UInt128)value * factor) + added) / divisor, ulong.MaxValue / 2);
}
