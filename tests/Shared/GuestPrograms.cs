// The guest programs of tests/Firmware, for every test project. XOUSCLOUD_FIRMWARE names a folder of built ones
// (scripts/test sets it); without it they are built here once, and without a cross compiler the test is skipped.

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace XousCloud.Tests.Shared;

internal static class GuestPrograms
{
    private static readonly Lazy<string?> Built = new(FindOrBuild);

    /// <summary>The folder of the built programs; skips the test where there can be none.</summary>
    public static string Folder
    {
        get
        {
            if (Built.Value is { } folder)
            {
                return folder;
            }

            Assert.Skip("No RISC-V cross compiler (riscv64-unknown-elf-gcc) and XOUSCLOUD_FIRMWARE is not set.");
            return "";
        }
    }

    /// <summary>A program as ELF, with symbols.</summary>
    public static byte[] Elf(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".elf"));

    /// <summary>A program as it goes to flash at 0x6006_0000, vendor header included.</summary>
    public static byte[] Binary(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".bin"));

    private static string? FindOrBuild()
    {
        if (Environment.GetEnvironmentVariable("XOUSCLOUD_FIRMWARE") is { Length: > 0 } given)
        {
            return given;
        }

        string sources = Path.GetFullPath(Path.Combine(SourceFolder(), "../Firmware"));
        string output = Path.Combine(Path.GetTempPath(), $"xouscloud-firmware-{Environment.ProcessId}");
        try
        {
            using Process make = Process.Start(new ProcessStartInfo("make", ["-s", "-C", sources, "OUT=" + output])
            {
                RedirectStandardError = true,
            })!;
            string errors = make.StandardError.ReadToEnd();
            make.WaitForExit();
            return make.ExitCode == 0 ? output
                : errors.Contains("not found", StringComparison.Ordinal) ? null
                : throw new InvalidOperationException("The guest programs do not build: " + errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no make
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
