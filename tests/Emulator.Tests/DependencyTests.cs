// Dependencies point one way: Web to Api to Emulator, Cli to Emulator; Kernel and Compiler know nothing of the rest.

using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace XousCloud.Emulator.Tests;

public class DependencyTests
{
    [Theory]
    [InlineData("Emulator")]
    [InlineData("Compiler")]
    [InlineData("Guest")]
    [InlineData("Kernel/Core")]
    [InlineData("Kernel/Image")]
    [InlineData("Kernel/Loader")]
    [InlineData("Kernel/Supervisor", "Core")]
    [InlineData("Kernel/Library", "Guest", "Core")]
    [InlineData("Cli", "Emulator")]
    [InlineData("Api", "Emulator")]
    public void A_project_refers_only_to_what_stands_below_it(string project, params string[] below)
    {
        string file = Directory.GetFiles(Path.Combine(Sources(), project), "*.csproj").Single();
        IEnumerable<string> referred = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileName(Path.GetDirectoryName(reference.Attribute("Include")!.Value))!);

        Assert.Equal(below, referred);
    }

    [Fact]
    public void Every_project_below_src_is_covered_by_the_rule_above()
    {
        IEnumerable<string> projects = Directory.GetFiles(Sources(), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file))!);

        Assert.Equal(["Api", "Cli", "Compiler", "Core", "Emulator", "Guest", "Image", "Library", "Loader", "Supervisor"], projects.Order());
    }

    [Fact]
    public void The_machine_uses_no_assembly_for_files_sockets_or_threads()
    {
        string[] allowed =
        [
            "System.Runtime", "System.Collections", "System.Linq", "System.Memory", "System.Runtime.InteropServices",
            "System.Security.Cryptography", "System.Numerics.Vectors", "System.Runtime.Intrinsics",
            "BouncyCastle.Cryptography", // Ed25519, which .NET lacks; no I/O
            "System.Threading", // locks and counts over what devices share; threads and tasks are in other assemblies
            "System.Text.Json", // how the preflight report names its values; no I/O
        ];

        IEnumerable<string?> used = typeof(Emulator.Machine).Assembly.GetReferencedAssemblies().Select(name => name.Name);

        Assert.Empty(used.Except(allowed));
    }

    [Fact]
    public void One_file_alone_knows_the_library_that_checks_signatures()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(Sources(), "Emulator"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("Org.BouncyCastle", StringComparison.Ordinal))
            .Select(Path.GetFileName)!;

        Assert.Equal(["Ed25519Signature.cs"], files);
    }

    private static string Sources([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../src"));
}
