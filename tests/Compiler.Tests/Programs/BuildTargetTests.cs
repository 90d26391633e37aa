// The build target: a guest project of two lines, its errors at their places, and nothing done twice.

using System.Diagnostics;

namespace XousCloud.Compiler.Tests.Programs;

public sealed class BuildTargetTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("xouscloud-guest");

    public void Dispose() => folder.Delete(true);

    [Fact]
    public void An_error_of_the_compiler_is_one_of_the_build()
    {
        Write("""
            using XousCloud.Guest;

            internal static class Program
            {
                private static float half = 0.5f;

                [EntryPoint]
                public static void Main()
                {
                    Duart.Write((byte)(half * Csr.Read(Csr.Mcycle)));
                }
            }
            """);
        (int exitCode, string output) = Build();

        Assert.NotEqual(0, exitCode);
        Assert.Matches(@"Program\.cs\(10,\d+\): error AOT001: ", output);
        Assert.False(File.Exists(Result("guest.elf")));
    }

    [Fact]
    public void A_second_build_does_nothing_and_a_change_does()
    {
        const string program = """
            using XousCloud.Guest;

            internal static class Program
            {
                [EntryPoint]
                public static void Main() => Duart.Write("one"u8);
            }
            """;
        Write(program);
        (int exitCode, string output) = Build();
        Assert.True(exitCode == 0, output);
        Assert.All(["guest.elf", "guest.map", "guest.bin"], name => Assert.True(File.Exists(Result(name)), name));

        DateTime first = File.GetLastWriteTimeUtc(Result("guest.elf"));
        Assert.Equal(0, Build().ExitCode);
        Assert.Equal(first, File.GetLastWriteTimeUtc(Result("guest.elf")));

        Write(program.Replace("one", "another", StringComparison.Ordinal));
        Assert.Equal(0, Build().ExitCode);
        Assert.True(File.ReadAllBytes(Result("guest.bin")).AsSpan().IndexOf("another"u8) > 0);
    }

    private string Result(string name) => Path.Combine(folder.FullName, Metadata.Of("GuestProgramOutput"), name);

    private void Write(string program)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "Program.cs"), program);
        File.WriteAllText(Path.Combine(folder.FullName, "guest.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Metadata.Of("GuestTargets")}" />
            </Project>
            """);
    }

    // The compiler and the library are built already; tests of other projects may be using them.
    private (int ExitCode, string Output) Build()
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["build", "-c", Metadata.Of("BuildConfiguration"), "--nologo", "-v", "minimal", "-p:BuildProjectReferences=false"])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process build = Process.Start(start)!;
        Task<string> errors = build.StandardError.ReadToEndAsync();
        string output = build.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        build.WaitForExit();
        return (build.ExitCode, output);
    }
}
