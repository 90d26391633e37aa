// Seeds of random tests. A test prints its seed when it fails; XOUSCLOUD_TEST_SEED runs that case again.

using System.Globalization;

namespace XousCloud.Emulator.Tests.Cpu;

internal static class TestSeed
{
    /// <summary>The seed that the environment names, or a new one.</summary>
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("XOUSCLOUD_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
}
