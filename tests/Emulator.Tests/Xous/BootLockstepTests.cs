// The engines beside each other over the boot of the vendor's badge release, stopped together at random cycles: registers
// and CSRs are compared at every stop, the hash of the whole machine at every 200th and at the end. A new badge formats its
// database on the way to the prompt; the whole of that is run by hand:
//
//   XOUSCLOUD_LOCKSTEP_SECONDS    how much virtual time the tests cover, each unless the prompt comes first (at 102 s)
//
// The stepper needs about 15 s of the host for each of them.

using System.Globalization;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.Xous;

public sealed class BootLockstepTests(ITestOutputHelper output)
{
    private const double Seconds = 0.5;
    private const int StopsBetweenHashes = 200;
    private const string Listening = "listener _Bao console application_";
    private const string Prompt = "[console]";
    private const ulong NanosecondsBetweenAsking = 500_000_000;

    [Fact]
    public void The_translator_is_where_the_threaded_interpreter_is_at_every_stop_of_the_boot() =>
        Compare(EngineKind.Threaded, EngineKind.Translator);

    [Fact]
    public void The_translator_is_where_the_stepper_is_at_every_stop_of_the_boot() =>
        Compare(EngineKind.Stepper, EngineKind.Translator);

    private void Compare(EngineKind first, EngineKind second)
    {
        MachineImage image = BadgeRun.Image();
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        ulong end = (ulong)(1e9 * (double.TryParse(
            Environment.GetEnvironmentVariable("XOUSCLOUD_LOCKSTEP_SECONDS"), CultureInfo.InvariantCulture, out double given) ? given : Seconds));
        Random random = new(seed);
        using BadgeRun left = new(image, engine: first);
        using BadgeRun right = new(image, engine: second);
        int stops = 0;
        int hashes = 0;
        bool hasPrompt = false;
        ulong? asked = null;
        while (left.Machine.Nanoseconds < end && !hasPrompt)
        {
            ulong cycles = NextRun(random);
            stops++;
            string where = $"{first} and {second}, seed {seed}, stop {stops}, cycle {left.Machine.Cycle} and {cycles} on";
            Assert.True(left.Machine.Run(cycles) == right.Machine.Run(cycles), where);
            LockstepTests.AssertSame(left.Machine.Hart, right.Machine.Hart, left.Machine.Cycle, right.Machine.Cycle, where);
            if (stops % StopsBetweenHashes != 0)
            {
                continue;
            }

            CompareWhole(left, right, where);
            hashes++;
            hasPrompt = Ask(left, right, ref asked);
        }

        CompareWhole(left, right, $"{first} and {second}, seed {seed}, the end");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{first} and {second}: the same at {stops} stops, {hashes + 1} of them with the whole state, over {left.Machine.Nanoseconds / 1e9:f3} s, {left.Machine.Hart.InstructionsRetired} instructions{(hasPrompt ? ", to the prompt" : "")}"));
    }

    private static void CompareWhole(BadgeRun left, BadgeRun right, string where)
    {
        Assert.True(left.Machine.StateHash() == right.Machine.StateHash(), $"{where}: state hash");
        foreach (ConsolePort port in Enum.GetValues<ConsolePort>())
        {
            Assert.True(left.Text(port) == right.Text(port), $"{where}: {port}");
        }
    }

    // The shell says when it listens, and answers an empty line with its prompt.
    private static bool Ask(BadgeRun left, BadgeRun right, ref ulong? asked)
    {
        string said = left.Text(ConsolePort.Uart2);
        ulong now = left.Machine.Nanoseconds;
        if (asked is null ? said.Contains(Listening, StringComparison.Ordinal) : now - asked >= NanosecondsBetweenAsking)
        {
            asked = now;
            left.Type(ConsolePort.Uart2, "\r");
            right.Type(ConsolePort.Uart2, "\r");
        }

        return asked is not null && said.Contains("\n" + Prompt, StringComparison.Ordinal);
    }

    // Short ones hit what happens between two instructions, long ones get on.
    private static ulong NextRun(Random random) => (ulong)random.Next(4) switch
    {
        0 => (ulong)random.Next(1, 100),
        1 => (ulong)random.Next(1, 10_000),
        _ => (ulong)random.Next(1, 400_000),
    };
}
