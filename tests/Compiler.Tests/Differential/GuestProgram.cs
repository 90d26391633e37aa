// An assembly compiled for the target and loaded into a machine, whose methods can be called by name.

using System.Globalization;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Differential;

internal sealed class GuestProgram : IDisposable
{
    private const ulong Budget = 20_000_000;

    private readonly Lock one = new();
    private readonly LinkedImage? image;
    private readonly (uint Address, ReadOnlyMemory<byte> Bytes)[] segments = [];
    private readonly Dictionary<string, string> rejected = [];
    private GuestMachine? machine;

    /// <summary>Compiles methods; those that the compiler rejects are left out and remembered with what it said.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="roots">Full names of its static methods.</param>
    public GuestProgram(string assembly, IEnumerable<string> roots)
    {
        List<string> left = [.. roots];
        while (image is null && left.Count > 0)
        {
            CompilationResult result = Compilation.Compile(new CompilationOptions
            {
                Assembly = assembly,
                References = [References.GuestLibrary, .. References.LibraryFolders],
                Roots = left,
                Map = MemoryMap.Ram,
            });
            image = result.Image;
            if (image is null && !Reject(left, result.Diagnostics))
            {
                string said = string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
                left.ForEach(name => rejected[name] = said);
                return;
            }
        }

        if (image is not null)
        {
            segments = [.. image.Segments.Where(segment => segment.Bytes.Length > 0)
                .Select(segment => (segment.LoadAddress, (ReadOnlyMemory<byte>)segment.Bytes))];
        }
    }

    /// <summary>Bytes of code.</summary>
    public int CodeSize => image?.Sections.FirstOrDefault(section => section.Name == ".text")?.Bytes.Length ?? 0;

    /// <summary>What the compiler said about a method that it does not take, or null.</summary>
    public string? RejectionOf(string name) => rejected.GetValueOrDefault(name);

    /// <summary>Calls a method; after anything but a return or a panic the machine is a new one.</summary>
    public CallResult Call(string name, uint[] arguments)
    {
        lock (one)
        {
            machine ??= new GuestMachine(segments, image!.AddressOf("__global_pointer"));
            CallResult result = machine.Call(image!.AddressOf(name), arguments, Budget);
            if (result.End is CallEnd.Trapped or CallEnd.TimedOut)
            {
                Renew();
            }

            return result;
        }
    }

    /// <summary>Forgets what the calls so far left in memory.</summary>
    public void Renew()
    {
        machine?.Dispose();
        machine = null;
    }

    public void Dispose() => machine?.Dispose();

    /// <summary>Takes away the roots that the errors are reached from; false if they name none.</summary>
    private bool Reject(List<string> left, IReadOnlyList<Diagnostic> diagnostics)
    {
        bool found = false;
        foreach (Diagnostic diagnostic in diagnostics.Where(diagnostic => !diagnostic.IsWarning))
        {
            if (diagnostic.ReachedFrom is [.., string root] && left.Remove(root))
            {
                rejected[root] = string.Create(CultureInfo.InvariantCulture, $"The compiler rejects it: {diagnostic}");
                found = true;
            }
        }

        return found;
    }
}
