// The compiler's code beside gcc's: executed instructions and bytes of every kernel in bench/compiler, C# and C twins with
// the same checksum. What is counted is the kernel itself with what it calls, from its entry to its return; its driver is not.

using System.Diagnostics;
using System.Globalization;
using XousCloud.Compiler;
using XousCloud.Compiler.Link;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Bench;

internal static class CompilerBench
{
    private const uint Origin = 0x6100_0000;
    private const uint Scratch = 0x6118_0000;
    private const uint Stop = 0x611F_F000;

    private sealed record Program(uint GlobalPointer, IReadOnlyList<(uint Address, ReadOnlyMemory<byte> Bytes)> Segments,
        Func<string, (uint Address, uint Size)> Find);

    /// <summary>Prints every kernel's figures and the geometric means; the means go into <paramref name="figures"/>.</summary>
    public static void Run(Dictionary<string, double> figures)
    {
        string folder = Directory.CreateTempSubdirectory("xouscloud-compiler-").FullName;
        try
        {
            Program fast = Gcc(folder, "-O2");
            Program small = Gcc(folder, "-Os");
            Program ours = Ours();
            List<double> instructions = [];
            List<double> size = [];
            Console.WriteLine($"{"kernel",-18}{"insns",10}{"gcc -O2",10}{"ratio",7}{"bytes",8}{"gcc -Os",9}{"ratio",7}");
            foreach (string name in Names())
            {
                (uint sum, ulong taken) = Measure(ours, name);
                (uint sumFast, ulong takenFast) = Measure(fast, name);
                (uint sumSmall, _) = Measure(small, name);
                if (sum != sumFast || sum != sumSmall)
                {
                    throw new InvalidOperationException($"{name}: checksum {sum:x8}, gcc's are {sumFast:x8} and {sumSmall:x8}.");
                }

                uint bytes = ours.Find(name).Size;
                uint bytesSmall = small.Find(name).Size;
                instructions.Add((double)taken / takenFast);
                size.Add((double)bytes / bytesSmall);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-18}{taken,10}{takenFast,10}{instructions[^1],7:F2}{bytes,8}{bytesSmall,9}{size[^1],7:F2}"));
            }

            figures["compiler.instructions_to_gcc_O2"] = GeometricMean(instructions);
            figures["compiler.size_to_gcc_Os"] = GeometricMean(size);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"geometric mean: {GeometricMean(instructions):F3} of gcc -O2's instructions, {GeometricMean(size):F3} of gcc -Os's bytes"));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static double GeometricMean(List<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    // Every kernel F has a driver RunF.
    private static IEnumerable<string> Names() => typeof(Kernels).GetMethods()
        .Where(method => method.Name.StartsWith("Run", StringComparison.Ordinal) && method.GetParameters().Length == 0)
        .Select(method => method.Name[3..]);

    private static Program Ours()
    {
        string package = typeof(CompilerBench).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().First(data => data.Key == "GuestCoreLibrary").Value!;
        string prefix = typeof(Kernels).FullName + ".";
        CompilationResult result = Compilation.Compile(new CompilationOptions
        {
            Assembly = typeof(Kernels).Assembly.Location,
            References = [typeof(Guest.PanicKind).Assembly.Location, Path.Combine(package, "native"), Path.Combine(package, "lib", "net10.0")],
            Roots = [.. Names().Select(name => $"{prefix}Run{name}")],
            Map = MemoryMap.Ram,
        });
        LinkedImage image = result.Image
            ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.ToString())));
        byte[] memory = BitConverter.GetBytes(Scratch);
        return new Program(image.AddressOf("__global_pointer"),
            [.. image.Segments.Where(segment => segment.Bytes.Length > 0).Select(segment => (segment.LoadAddress, (ReadOnlyMemory<byte>)segment.Bytes)),
                (image.AddressOf(prefix + "Memory"), memory)],
            name => (image.AddressOf(prefix + name), image.Symbols.First(symbol => symbol.Name == prefix + name).Size));
    }

    private static Program Gcc(string folder, string optimization)
    {
        string sources = Path.Combine(Repository.Root, "bench", "compiler");
        string common = Path.Combine(folder, "common.c");
        File.WriteAllText(common, """
            #include <stddef.h>
            unsigned char memory[65536] __attribute__((aligned(8), section(".scratch")));
            void *memcpy(void *target, const void *source, size_t count)
            {
                unsigned *to = target;
                const unsigned *from = source;
                for (; count >= 4; count -= 4)
                    *to++ = *from++;
                return target;
            }
            """);
        string elf = Path.Combine(folder, optimization + ".elf");
        string flat = Path.Combine(folder, optimization + ".bin");
        Output("riscv64-unknown-elf-gcc", ["-march=rv32imac", "-mabi=ilp32", optimization, "-ffreestanding", "-nostdlib",
            "-fno-tree-loop-distribute-patterns", "-Wl,--no-warn-rwx-segments", $"-Wl,-Ttext={Origin:x}", $"-Wl,--section-start=.scratch={Scratch:x}",
            "-Wl,-e,RunPageWalk", "-o", elf, common, .. Directory.GetFiles(sources, "kernels_*.c").Order()]);
        Output("riscv64-unknown-elf-objcopy", ["-O", "binary", "-R", ".scratch", elf, flat]);
        Dictionary<string, (uint Address, uint Size)> symbols = [];
        foreach (string line in Output("riscv64-unknown-elf-nm", ["-S", elf]).Split('\n'))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 4)
            {
                symbols[parts[3]] = (Convert.ToUInt32(parts[0], 16), Convert.ToUInt32(parts[1], 16));
            }
            else if (parts.Length == 3)
            {
                symbols[parts[2]] = (Convert.ToUInt32(parts[0], 16), 0);
            }
        }

        return new Program(symbols["__global_pointer$"].Address, [(Origin, File.ReadAllBytes(flat))], name => symbols[name]);
    }

    private static string Output(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    // Runs a driver; the kernel's instructions are those between a stop at its entry and one at its return address.
    private static (uint Checksum, ulong Instructions) Measure(Program program, string name)
    {
        const uint ResetVector = 0x6000_0000;
        using Machine machine = new(new MachineOptions
        {
            // Jumps to where a function returns: lui t0, then jalr.
            Image = new MachineImage("kernel", ResetVector, [(ResetVector, (byte[])[0xB7, 0xF2, 0x1F, 0x61, 0x67, 0x80, 0x02, 0x00]), .. program.Segments]),
            Board = Board.Find("dabao")!,
            Engine = EngineKind.Threaded,
            Cold = true,
        });
        machine.Debug.AddBreakpoint(Stop);
        machine.Run(100);
        uint kernel = program.Find(name).Address;
        machine.Hart.SetRegister(1, Stop);
        machine.Hart.SetRegister(2, Stop);
        machine.Hart.SetRegister(3, program.GlobalPointer);
        machine.Hart.SetPc(program.Find("Run" + name).Address);
        machine.Debug.AddBreakpoint(kernel);
        ulong counted = 0;
        while (true)
        {
            machine.Debug.ClearHit();
            if (machine.Run(200_000_000) != RunStop.Requested)
            {
                throw new InvalidOperationException($"{name} does not end.");
            }

            if (machine.Hart.Pc == Stop)
            {
                return (machine.Hart.Register(10), counted);
            }

            uint after = machine.Hart.Register(1);
            ulong before = machine.Hart.InstructionsRetired;
            machine.Debug.RemoveBreakpoint(kernel);
            machine.Debug.AddBreakpoint(after);
            machine.Debug.ClearHit();
            machine.Run(200_000_000);
            counted += machine.Hart.InstructionsRetired - before;
            machine.Debug.RemoveBreakpoint(after);
            machine.Debug.AddBreakpoint(kernel);
        }
    }
}
