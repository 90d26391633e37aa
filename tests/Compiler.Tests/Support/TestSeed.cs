using System.Globalization;

namespace XousCloud.Compiler.Tests;

/// <summary>Seeds of random tests. A test prints its seed when it fails; XOUSCLOUD_TEST_SEED runs that one again.</summary>
internal static class TestSeed
{
    /// <summary>The seed that the environment names, or the given one, or a new one.</summary>
    public static int Get(int? usual = null) =>
        int.TryParse(Environment.GetEnvironmentVariable("XOUSCLOUD_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : usual ?? Random.Shared.Next();
}
