// The GNU tools as an independent opinion: the assembler, the disassembler, the readers of ELF and DWARF, and gdb. A test
// that needs one is skipped where it is missing.

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace XousCloud.Compiler.Tests.Link;

internal static class BinaryTools
{
    private const string Prefix = "riscv64-unknown-elf-";

    public static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    /// <summary>The bytes that the GNU assembler makes of a source; symbols from elsewhere are 0.</summary>
    public static byte[] Assemble(string source, string section = ".text")
    {
        using var folder = new TemporaryFolder();
        string code = folder.Write("code.s", source);
        Run(Prefix + "as", "-march=rv32imac_zicsr", "-mabi=ilp32", "-mno-relax", "-o", code + ".o", code);
        Run(Prefix + "objcopy", "-O", "binary", "-j", section, code + ".o", code + ".bin");
        return File.ReadAllBytes(code + ".bin");
    }

    /// <summary>What a tool of binutils says about an ELF file; it must not warn.</summary>
    public static string Read(string tool, byte[] elf, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("image.elf", elf);
        return Run(Prefix + tool, [.. arguments, file]);
    }

    /// <summary>The file and line of each address.</summary>
    public static string[] Addr2Line(byte[] elf, IEnumerable<uint> addresses)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("image.elf", elf);
        string[] arguments = ["-e", file, .. addresses.Select(address => $"0x{address:x}")];
        return Run(Prefix + "addr2line", arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What gdb prints for commands on an ELF file, without warnings.</summary>
    public static string Debug(byte[] elf, params string[] commands)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("image.elf", elf);
        return Run("gdb-multiarch", ["-batch", "-nx", .. commands.SelectMany(command => new[] { "-ex", command }), file]);
    }

    private static string Run(string tool, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(tool, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{tool} is not installed.");
            return "";
        }

        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(
                errors.Result.Length == 0 && process.ExitCode == 0,
                $"{tool} exits with {process.ExitCode}: {errors.Result}");
            return output;
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string path = Directory.CreateTempSubdirectory("xouscloud-link-").FullName;

        public string Write(string name, string content)
        {
            string file = Path.Combine(path, name);
            File.WriteAllText(file, content);
            return file;
        }

        public string Write(string name, byte[] content)
        {
            string file = Path.Combine(path, name);
            File.WriteAllBytes(file, content);
            return file;
        }

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
