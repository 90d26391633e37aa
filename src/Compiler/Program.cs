// The compiler as a tool, as the build target calls it:
//
//   XousCloud.Compiler ASSEMBLY --reference PATH ... --output FOLDER [--map bare-metal|ram|kernel|process] [--listing]
//
// Writes NAME.elf, NAME.map and NAME.bin into the folder. Messages are in MSBuild's form; the exit code is 1 after an error.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler;

internal static class Program
{
    private const string Usage =
        "usage: XousCloud.Compiler ASSEMBLY --reference PATH ... --output FOLDER [--map bare-metal|ram|kernel|process] [--listing]";

    private static int Main(string[] arguments)
    {
        List<string> references = [];
        string? assembly = null;
        string? output = null;
        MemoryMap map = MemoryMap.BareMetal;
        bool listing = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--reference" when value is not null:
                    references.Add(value);
                    i++;
                    break;
                case "--output" when value is not null:
                    output = value;
                    i++;
                    break;
                case "--map" when value is not null && MemoryMap.Named(value) is MemoryMap named:
                    map = named;
                    i++;
                    break;
                case "--listing":
                    listing = true;
                    break;
                case string name when assembly is null && !name.StartsWith('-'):
                    assembly = name;
                    break;
                default:
                    return Misused($"{arguments[i]} is no option, or lacks its value.");
            }
        }

        if (assembly is null || output is null)
        {
            return Misused("an assembly and an output folder are needed.");
        }

        CompilationResult result = Compilation.Compile(new CompilationOptions { Assembly = assembly, References = references, Map = map });
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            Console.Error.WriteLine(diagnostic);
        }

        if (result.HasErrors)
        {
            return 1;
        }

        Directory.CreateDirectory(output);
        string path = Path.Combine(output, Path.GetFileNameWithoutExtension(assembly));
        File.WriteAllBytes(path + ".elf", result.Image!.ToElf());
        File.WriteAllText(path + ".map", result.Image.ToMap());
        File.WriteAllBytes(path + ".bin", result.Image.ToRaw());
        if (listing)
        {
            File.WriteAllText(path + ".s", string.Join('\n', result.Functions.Select(pair => Listing.Of(pair.Code))));
        }

        return 0;
    }

    private static int Misused(string problem)
    {
        Console.Error.WriteLine($"XousCloud.Compiler: {problem}");
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
