// The fuzzer: cases of random code and page tables, run on all engines and stopped together. A case that makes the core
// do something that no earlier one did (an operation in a mode, under page tables or not, with an outcome) is worth
// keeping, and new cases are made from those that were kept.
//
//   XOUSCLOUD_FUZZ_CASES    how many new cases
//   XOUSCLOUD_FUZZ_SECONDS  for how long instead; scripts/test does ten minutes of it
//   XOUSCLOUD_FUZZ_CASE     one case instead, a line as a difference prints it
//   XOUSCLOUD_FUZZ_KEEP     when set, the corpus in fuzz-corpus.txt is written with what was found

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Cases = 2000;

    [Fact]
    public void What_was_kept_runs_the_same_on_all_engines()
    {
        foreach (string line in File.ReadLines(CorpusFile()))
        {
            Compare(FuzzCase.Parse(line), "the corpus");
        }
    }

    [Fact]
    public void New_cases_run_the_same_on_all_engines()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        if (Environment.GetEnvironmentVariable("XOUSCLOUD_FUZZ_CASE") is { } one)
        {
            Compare(FuzzCase.Parse(one), "the environment");
            return;
        }

        long end = Stopwatch.GetTimestamp() + ((Number("XOUSCLOUD_FUZZ_SECONDS") ?? 0) * Stopwatch.Frequency);
        long cases = Number("XOUSCLOUD_FUZZ_SECONDS") is null ? Number("XOUSCLOUD_FUZZ_CASES") ?? Cases : long.MaxValue;
        bool keep = Environment.GetEnvironmentVariable("XOUSCLOUD_FUZZ_KEEP") is not null;
        List<FuzzCase> corpus = [.. File.ReadLines(CorpusFile()).Select(FuzzCase.Parse)];
        HashSet<Feature> seen = [];
        if (keep)
        {
            corpus.RemoveAll(kept => !seen.TryAddAll(FeaturesOf(kept)));
        }

        long done = 0;
        for (; done < cases && (cases != long.MaxValue || Stopwatch.GetTimestamp() < end); done++)
        {
            FuzzCase made = corpus.Count == 0 || random.Next(10) == 0
                ? FuzzCase.New(random)
                : corpus[random.Next(corpus.Count)].Mutate(random, corpus[random.Next(corpus.Count)]);
            Compare(made, $"seed {seed}, case {done}");
            if (keep && seen.TryAddAll(FeaturesOf(made)))
            {
                corpus.Add(made);
            }
        }

        output.WriteLine($"{done} cases");
        if (keep)
        {
            File.WriteAllLines(CorpusFile(), corpus.Select(kept => kept.ToString()));
            output.WriteLine($"{corpus.Count} cases kept, {seen.Count} features");
        }
    }

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out long given) ? given : null;

    private static void Compare(FuzzCase fuzzed, string origin)
    {
        using CoreUnderTest stepped = fuzzed.Build(EngineKind.Stepper);
        CoreUnderTest[] others = [.. LockstepTests.Fast.Select(fuzzed.Build)];
        foreach (ulong cycles in fuzzed.Stops())
        {
            RunStop stop = stepped.Machine.Run(cycles);
            foreach ((CoreUnderTest other, EngineKind kind) in others.Zip(LockstepTests.Fast))
            {
                string where = $"{kind}, {origin}: {fuzzed}";
                Assert.True(stop == other.Machine.Run(cycles), where);
                LockstepTests.AssertSame(stepped.Hart, other.Hart, stepped.Machine.Cycle, other.Machine.Cycle, where);
            }
        }

        string hash = stepped.Machine.StateHash();
        Assert.All(others, other => Assert.True(hash == other.Machine.StateHash(), $"{origin}: {fuzzed}: state hash"));
        Array.ForEach(others, other => other.Dispose());
    }

    // What a case makes the core do, instruction by instruction.
    private static HashSet<Feature> FeaturesOf(FuzzCase fuzzed)
    {
        HashSet<Feature> features = [];
        using CoreUnderTest core = fuzzed.Build(EngineKind.Stepper);
        int cycles = fuzzed.Stops().Sum(stop => (int)stop);
        byte[] code = new byte[4];
        for (int i = 0; i < cycles && core.Machine.Death is null; i++)
        {
            code.AsSpan().Clear();
            core.Hart.TryReadVirtual(core.Hart.Pc, code);
            Privilege privilege = core.Hart.Privilege;
            bool paged = (core.Hart.Registers.Satp >> 31) != 0 && privilege != Privilege.Machine;
            ulong retired = core.Hart.InstructionsRetired;
            core.Machine.Step();
            uint cause = core.Hart.InstructionsRetired != retired ? 0
                : core.Hart.Privilege == Privilege.Machine ? core.Hart.Registers.Mcause
                : core.Hart.Registers.Scause | 0x100;
            uint encoding = BitConverter.ToUInt32(code);
            encoding = Decoder.IsFull(encoding) ? encoding : (ushort)encoding;
            features.Add(new Feature(Decoder.DecodeUncached(encoding).Operation, privilege, paged, cause));
        }

        return features;
    }

    private static string CorpusFile([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "fuzz-corpus.txt");

    private readonly record struct Feature(Operation Operation, Privilege Privilege, bool Paged, uint Cause);
}

file static class SetExtensions
{
    /// <summary>Adds all.</summary>
    /// <returns>Whether any of them was new.</returns>
    public static bool TryAddAll<T>(this HashSet<T> set, IEnumerable<T> items)
    {
        int before = set.Count;
        set.UnionWith(items);
        return set.Count > before;
    }
}
