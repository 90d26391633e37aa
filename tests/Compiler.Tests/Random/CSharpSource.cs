// C# compiled in memory, for the host and for our compiler alike.

using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace XousCloud.Compiler.Tests.RandomPrograms;

/// <summary>An assembly made of source text: a file for the compiler, and loaded on the host.</summary>
internal sealed class CSharpSource : IDisposable
{
    private static readonly Lazy<MetadataReference[]> references = new(static () =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(System.IO.Path.PathSeparator)
            .Where(path => System.IO.Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Memory.dll")
            .Append(References.GuestLibrary)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private readonly AssemblyLoadContext context = new("generated", isCollectible: true);
    private readonly DirectoryInfo folder;

    /// <summary>Compiles; fails the test if C# does not take it.</summary>
    public CSharpSource(string source, OptimizationLevel optimization)
    {
        Microsoft.CodeAnalysis.Text.SourceText text = Microsoft.CodeAnalysis.Text.SourceText.From(source, System.Text.Encoding.UTF8);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Generated",
            [CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path: "Generated.cs")],
            references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimization, allowUnsafe: true, deterministic: true));
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(5)) + source);
        folder = Directory.CreateTempSubdirectory("xouscloud-compiler");
        Path = System.IO.Path.Combine(folder.FullName, "Generated.dll");
        File.WriteAllBytes(Path, image.ToArray());
        File.WriteAllBytes(System.IO.Path.ChangeExtension(Path, ".pdb"), symbols.ToArray());
        image.Position = 0;
        Assembly = context.LoadFromStream(image);
    }

    public string Path { get; }

    public System.Reflection.Assembly Assembly { get; }

    public void Dispose()
    {
        context.Unload();
        folder.Delete(true);
    }
}
