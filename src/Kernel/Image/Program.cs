// Puts a Xous together:
//
//   XousCloud.Kernel.Image --loader LOADER.elf|.bin --kernel KERNEL.elf [--process|--xip-process NAME=FILE.elf] ...
//       --output FILE.elf
//
// The output has the loader at 0x6006_0000 and the kernel's image at 0x600A_0000, its signature block before it, and runs
// with `xouscloud run FILE.elf`. Processes get the numbers 2, 3, … in the order they are named; those of --xip-process
// run from RRAM.

namespace XousCloud.Kernel.Image;

internal static class Program
{
    private const string Usage =
        "usage: XousCloud.Kernel.Image --loader LOADER.elf|.bin --kernel KERNEL.elf [--process|--xip-process NAME=FILE.elf] ... --output FILE.elf";

    private static int Main(string[] arguments)
    {
        string? loader = null;
        string? kernel = null;
        string? output = null;
        var processes = new List<ProcessFile>();
        try
        {
            for (int i = 0; i + 1 < arguments.Length; i += 2)
            {
                string value = arguments[i + 1];
                switch (arguments[i])
                {
                    case "--loader":
                        loader = value;
                        break;
                    case "--kernel":
                        kernel = value;
                        break;
                    case "--output":
                        output = value;
                        break;
                    case "--process" or "--xip-process" when value.Split('=', 2) is [string name, string path]:
                        processes.Add(new ProcessFile(name, ElfFile.Read(File.ReadAllBytes(path)), arguments[i] == "--xip-process"));
                        break;
                    default:
                        return Misused();
                }
            }

            if (loader is null || kernel is null || output is null || arguments.Length % 2 != 0)
            {
                return Misused();
            }

            File.WriteAllBytes(output, XousFile.Build(ReadLoader(loader), ElfFile.Read(File.ReadAllBytes(kernel)), processes));
            return 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static ElfFile ReadLoader(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return ElfFile.IsElf(file) ? ElfFile.Read(file) : ElfFile.Raw(XousFile.LoaderBase, file);
    }

    private static int Misused()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
