// Files that no compiler made: cut off, with bytes changed, and with IL that breaks every rule. The answer is an image or
// diagnostics, and it comes; a crash would end the test run, and a compilation that does not end fails its test.

using Microsoft.CodeAnalysis;
using XousCloud.Compiler.Link;
using XousCloud.Compiler.Tests.RandomPrograms;

namespace XousCloud.Compiler.Tests.Diagnostics;

public sealed class HostileInputTests
{
    private const int Marker = 0x1122_3344;
    private const int Mutants = 400;

    // Far beyond what a compilation takes: this guards the suite, it measures nothing.
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(2);

    private const string Program = """
        using System;
        using System.Runtime.CompilerServices;

        public interface IShape { static abstract int Sides { get; } int Area(); }

        public struct Square : IShape
        {
            public int Side;
            public static int Sides => 4;
            public int Area() => Side * Side;
        }

        public class Node { public int Value; public Node Next; public virtual int Get() => Value; }
        public sealed class Twice : Node { public override int Get() => Value * 2; }

        public static unsafe class Guest
        {
            private static readonly uint[] table = Make();
            private static readonly Node node = new Twice { Value = 21 };
            private static long counter;

            private static uint[] Make()
            {
                var made = new uint[64];
                for (uint i = 0; i < made.Length; i++) made[i] = i * 2654435761;
                return made;
            }

            private static int Measure<T>(T shape) where T : struct, IShape => T.Sides + shape.Area();

            [MethodImpl(MethodImplOptions.NoInlining)]
            public static int Victim(int a, long b)
            {
                int sum = a ^ 0x11223344;
                for (int i = 0; i < a; i++) { sum = sum * 31 + i; if (sum == 77) sum -= 1000003; }
                return sum + (int)(b >> 7) + (int)(b << 9);
            }

            public static int Main(int n)
            {
                Span<byte> bytes = stackalloc byte[16];
                try { bytes[n & 15] = (byte)n; counter += table[n & 63]; }
                finally { counter++; }
                ReadOnlySpan<byte> text = "hostile"u8;
                switch (n) { case 0: return 1; case 1: return text[n]; case 2: return Measure(new Square { Side = n }); case 3: return node.Get(); }
                checked { return Victim(n, counter) + text.Length; }
            }
        }
        """;

    private static readonly Lazy<(byte[] Image, int Marker)> valid = new(static () =>
    {
        using var source = new CSharpSource(Program, OptimizationLevel.Release);
        byte[] image = File.ReadAllBytes(source.Path);
        return (image, image.AsSpan().IndexOf(BitConverter.GetBytes(Marker)) - 1);
    });

    [Fact]
    public void The_program_is_valid_before_it_is_spoilt() => Assert.False(Compile(valid.Value.Image).HasErrors);

    [Fact]
    public void A_file_that_is_cut_off_is_an_error()
    {
        byte[] image = valid.Value.Image;
        for (int length = 0; length < image.Length; length += 1 + (image.Length / 150))
        {
            // Behind the metadata there is little that anybody needs.
            CompilationResult result = Compile(image[..length]);
            Assert.True(result.HasErrors || length > image.Length / 2, $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void A_file_with_changed_bytes_gets_an_answer(int changes)
    {
        int seed = TestSeed.Get();
        for (int mutant = 0; mutant < Mutants / 3; mutant++)
        {
            Random random = new(unchecked(seed + mutant));
            byte[] image = [.. valid.Value.Image];
            for (int change = 0; change < changes; change++)
            {
                image[random.Next(image.Length)] = random.Next(4) == 0 ? (byte)(1 << random.Next(8)) : (byte)random.Next(256);
            }

            try
            {
                CompilationResult result = Compile(image);
                Assert.True(result.Image is not null || result.Diagnostics.Count > 0);
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {unchecked(seed + mutant)} (XOUSCLOUD_TEST_SEED): {error}");
            }
        }
    }

    [Fact]
    public void IL_with_changed_bytes_gets_an_answer()
    {
        int seed = TestSeed.Get();
        for (int mutant = 0; mutant < Mutants; mutant++)
        {
            Random random = new(unchecked(seed + mutant));
            byte[] image = [.. valid.Value.Image];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                image[valid.Value.Marker - 8 + random.Next(70)] = (byte)random.Next(256);
            }

            try
            {
                Compile(image);
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {unchecked(seed + mutant)} (XOUSCLOUD_TEST_SEED): {error}");
            }
        }
    }

    public static TheoryData<string, byte[]> Rules => new()
    {
        { "the stack runs empty", [0x58, 0x2A] },
        { "a value is left out", [0x26, 0x26, 0x2A] },
        { "a long is taken for an int", [0x26, 0x03, 0x02, 0x58, 0x2A] },
        { "a branch leads between instructions", [0x26, 0x2B, 0x02, 0x20, 1, 2, 3, 4] },
        { "a branch leads outside", [0x26, 0x38, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "a branch leads before the start", [0x26, 0x38, 0x00, 0x00, 0x00, 0x80] },
        { "an instruction does not exist", [0x26, 0xFE, 0x7F] },
        { "a switch has four billion targets", [0x45, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "a call is of nothing", [0x26, 0x28, 0xFF, 0xFF, 0xFF, 0x06] },
        { "a call is of a type", [0x26, 0x28, 0x02, 0x00, 0x00, 0x02] },
        { "a field is a method", [0x26, 0x7E, 0x01, 0x00, 0x00, 0x06] },
        { "a string is behind the heap", [0x26, 0x72, 0xFF, 0xFF, 0xFF, 0x70] },
        { "a token is nonsense", [0x26, 0xD0, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "a type is a field", [0x26, 0x8C, 0x01, 0x00, 0x00, 0x04] },
        { "an argument does not exist", [0x26, 0x0E, 0xFF, 0x2A] },
        { "a local does not exist", [0x26, 0x11, 0xFF, 0x2A] },
        { "endfinally stands alone", [0x26, 0xDC] },
        { "leave leads nowhere", [0x26, 0xDD, 0x00, 0x00, 0x00, 0x40] },
        { "a stack grows in a loop", [0x17, 0x2B, 0xFD] },
        { "an alignment is 3", [0x26, 0xFE, 0x12, 0x03, 0x02, 0x4A, 0x2A] },
        { "a stack block is of four billion bytes", [0x26, 0x15, 0xFE, 0x0F, 0x26, 0x16, 0x2A] },
        { "a call is of a variable number", [0x26, 0xFE, 0x00, 0x26, 0x16, 0x2A] },
        { "a method jumps to another", [0x26, 0x27, 0x01, 0x00, 0x00, 0x06] },
        { "a field is read from a number", [0x26, 0x02, 0x7B, 0x01, 0x00, 0x00, 0x04, 0x2A] },
        { "a prefix has no instruction", [0x26, 0xFE, 0x13, 0x2A] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void IL_that_breaks_a_rule_is_an_error(string rule, byte[] code)
    {
        byte[] image = [.. valid.Value.Image];
        code.CopyTo(image, valid.Value.Marker);

        CompilationResult result = Compile(image);

        Assert.NotEmpty(rule);
        Assert.True(result.Image is not null || result.Diagnostics.Count > 0);
    }

    [Fact]
    public void Generics_without_an_end_are_an_error() => Expect(DiagnosticCode.UnboundedInstantiation, """
        public struct Wrap<T> { public T Value; }
        public static class Guest
        {
            public static int Main(int n) => Deep<int>(n);
            private static int Deep<T>(int n) => n == 0 ? 0 : Deep<Wrap<T>>(n - 1) + 1;
        }
        """);

    [Fact]
    public void A_static_constructor_without_an_end_is_an_error() => Expect(DiagnosticCode.StaticConstructor, """
        public static class Guest
        {
            private static readonly int value = Spin();
            private static int Spin() { int i = 1; while (i != 0) { i += 2; } return i; }
            public static int Main(int n) => value + n;
        }
        """, DiagnosticCode.Limit);

    [Fact]
    public void A_static_constructor_that_takes_all_memory_is_an_error() => Expect(DiagnosticCode.StaticConstructor, """
        public static class Guest
        {
            private static readonly int value = Fill();
            private static int Fill() { int i = 0; while (true) { i += new byte[1 << 20].Length; } }
            public static int Main(int n) => value + n;
        }
        """, DiagnosticCode.Limit);

    [Fact]
    public void Calls_that_multiply_when_inlined_end()
    {
        string chain = string.Concat(Enumerable.Range(1, 40).Select(i =>
            $"[MethodImpl(MethodImplOptions.AggressiveInlining)] private static int F{i}(int n) => F{i - 1}(n) + F{i - 1}(n + 1);\n"));
        using var source = new CSharpSource($$"""
            using System.Runtime.CompilerServices;
            public static class Guest
            {
                public static int Main(int n) => F40(n);
                private static int F0(int n) => n;
                {{chain}}
            }
            """, OptimizationLevel.Release);
        Compile(File.ReadAllBytes(source.Path));
    }

    private static void Expect(DiagnosticCode code, string program, DiagnosticCode? or = null)
    {
        using var source = new CSharpSource(program, OptimizationLevel.Release);
        CompilationResult result = Compile(File.ReadAllBytes(source.Path));
        Assert.True(result.HasErrors);
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == code || diagnostic.Code == or);
    }

    private static CompilationResult Compile(byte[] image)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("xouscloud-hostile");
        try
        {
            string path = Path.Combine(folder.FullName, "Generated.dll");
            File.WriteAllBytes(path, image);
            Task<CompilationResult> compilation = Task.Run(() => Compilation.Compile(new CompilationOptions
            {
                Assembly = path,
                References = [References.GuestLibrary, .. References.LibraryFolders],
                Roots = ["Guest.Main"],
                Map = MemoryMap.Ram,
            }));
            Assert.True(compilation.Wait(limit), "The compilation does not end.");
            return compilation.Result;
        }
        finally
        {
            folder.Delete(true);
        }
    }
}
