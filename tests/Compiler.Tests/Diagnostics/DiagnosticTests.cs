// What is outside the subset is an error with its code, its line, and what to write instead.

using Microsoft.CodeAnalysis;
using XousCloud.Compiler.Link;
using XousCloud.Compiler.Tests.RandomPrograms;

namespace XousCloud.Compiler.Tests.Diagnostics;

public sealed class DiagnosticTests
{
    public static TheoryData<string, DiagnosticCode, string> Programs => new()
    {
        { "public static int Main(int n) => (int)(n * 0.5f); // here", DiagnosticCode.FloatingPoint, "fixed point" },
        { "public static int Main(int n) => (int)(double)n; // here", DiagnosticCode.FloatingPoint, "fixed point" },
        {
            """
            public static int Main(int n)
            {
                try { return 10 / n; } catch (DivideByZeroException) { return 0; } // here
            }
            """,
            DiagnosticCode.CatchOrFilter, "status"
        },
        {
            """
            public static int Main(int n)
            {
                Span<byte> bytes = stackalloc byte[n]; // here
                return bytes.Length;
            }
            """,
            DiagnosticCode.VariableStackAllocation, "slice it"
        },
        {
            """
            [System.Runtime.InteropServices.DllImport("c")] private static extern int getpid();
            public static int Main(int n) => getpid(); // here
            """,
            DiagnosticCode.ExternalMethod, "XousCloud.Guest"
        },
        { "public static int Main(int n) => new int[n].Length; // here", DiagnosticCode.HeapAllocation, "stackalloc" },
        { "public static int Main(int n) { object o = n; return o.GetHashCode(); } // here", DiagnosticCode.HeapAllocation, "RuntimeHelper" },
        { "public static int Main(int n) => typeof(int).Name.Length; // here", DiagnosticCode.Reflection, "typeof" },
        { "public static uint Main(uint n) => XousCloud.Guest.Csr.Read(n); // here", DiagnosticCode.OperandNotConstant, "constant" },
        {
            """
            private static readonly int value = Bad(new int[3], 4);
            private static int Bad(int[] a, int i) => a[i]; // here
            public static int Main(int n) => value;
            """,
            DiagnosticCode.StaticConstructor, "panics at compile time: IndexOutOfRange"
        },
        {
            """
            private static readonly uint value = XousCloud.Guest.Csr.Read(0x300); // here
            public static uint Main(int n) => value;
            """,
            DiagnosticCode.StaticConstructor, ""
        },
        { "public static int Main(int n) => new int[2, 3].Length; // here", DiagnosticCode.Construct, "one dimension" },
        {
            """
            private static readonly object key = new();
            private static int count;
            public static int Main(int n) { lock (key) { count += n; } return count; } // here
            """,
            DiagnosticCode.Threading, "Interlocked"
        },
        {
            """
            [ThreadStatic] private static int count;
            public static int Main(int n) => count += n; // here
            """,
            DiagnosticCode.Threading, "thread"
        },
        {
            """
            private static long count;
            public static long Main(int n) => System.Threading.Interlocked.Add(ref count, n); // here
            """,
            DiagnosticCode.Threading, "32 bits"
        },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void What_is_outside_the_subset_is_said_at_its_line(string members, DiagnosticCode code, string advice)
    {
        string text = $"using System;\npublic static unsafe class Guest\n{{\n{members}\n}}\n";
        int line = Array.FindIndex(text.Split('\n'), found => found.Contains("// here", StringComparison.Ordinal)) + 1;

        CompilationResult result = Compile(text, "Guest.Main");

        Assert.Null(result.Image);
        Diagnostic found = Assert.Single(result.Diagnostics.Where(diagnostic => !diagnostic.IsWarning).Take(1));
        Assert.Equal(code, found.Code);
        Assert.Contains(advice, found.Text, StringComparison.Ordinal);
        Assert.Equal(("Generated.cs", line), (found.Position?.Document, found.Position?.Line));
        Assert.StartsWith($"Generated.cs({line},", found.ToString(), StringComparison.Ordinal);
        Assert.Contains($": error AOT{(int)code:000}: ", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_callers_of_what_is_refused_are_named()
    {
        CompilationResult result = Compile("""
            using System.Runtime.CompilerServices;
            public static class Guest
            {
                public static int Main(int n) => Middle(n) + 1;
                [MethodImpl(MethodImplOptions.NoInlining)] private static int Middle(int n) => Inner(n) * 2;
                [MethodImpl(MethodImplOptions.NoInlining)] private static int Inner(int n) => new int[n].Length;
            }
            """, "Guest.Main");

        Assert.Equal(["Guest.Inner", "Guest.Middle", "Guest.Main"], result.Diagnostics.First(diagnostic => !diagnostic.IsWarning).ReachedFrom);
    }

    [Fact]
    public void A_plain_access_to_a_device_is_a_warning_at_its_line()
    {
        CompilationResult result = Compile("""
            public static unsafe class Guest
            {
                public static void Main(int n)
                {
                    *(uint*)0x40042000 = (uint)n;
                    XousCloud.Guest.Mmio.Write32(0x40042004, 1);
                }
            }
            """, "Guest.Main");

        Diagnostic found = Assert.Single(result.Diagnostics);
        Assert.NotNull(result.Image);
        Assert.True(found.IsWarning);
        Assert.Equal((DiagnosticCode.PlainDeviceAccess, 5), (found.Code, found.Position?.Line));
        Assert.Contains("Mmio", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_never_reached_is_no_error() => Assert.NotNull(Compile("""
        public static class Guest
        {
            public static int Main(int n) => sizeof(int) == 8 ? (int)(n * 0.5) : n;
            public static double Unused(double x) => x * 2;
        }
        """, "Guest.Main").Image);

    [Fact]
    public void A_program_without_an_entry_point_is_an_error() => Assert.Equal(
        DiagnosticCode.Image, Assert.Single(Compile("public static class Guest { public static int F(int n) => n; }").Diagnostics).Code);

    [Fact]
    public void A_program_that_does_not_fit_names_the_largest_symbols()
    {
        CompilationResult result = Compile("""
            public static unsafe class Guest
            {
                private struct Block { public fixed byte Bytes[1000000]; }
                private static Block one;
                private static Block two;
                public static int Main(int n) { one.Bytes[n] = 1; two.Bytes[n] = 2; return one.Bytes[0] + two.Bytes[1]; }
            }
            """, "Guest.Main");

        Diagnostic found = Assert.Single(result.Diagnostics);
        Assert.Equal(DiagnosticCode.Image, found.Code);
        Assert.Contains("Guest.two", found.Text, StringComparison.Ordinal);
    }

    private static CompilationResult Compile(string text, params string[] roots)
    {
        using var source = new CSharpSource(text, OptimizationLevel.Release);
        return Compilation.Compile(new CompilationOptions
        {
            Assembly = source.Path,
            References = [References.GuestLibrary, .. References.LibraryFolders],
            Roots = roots,
            Map = MemoryMap.Ram,
        });
    }
}
