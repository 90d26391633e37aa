// An assembly compiled for the target and loaded into a machine, whose methods can be called by name.

using System.Globalization;
using System.Reflection;
using XousCloud.Compiler.Link;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Differential;

internal sealed class GuestProgram : IDisposable
{
    private const ulong Budget = 20_000_000;

    private readonly Lock one = new();
    private readonly LinkedImage? image;
    private readonly (uint Address, ReadOnlyMemory<byte> Bytes)[] segments = [];
    private readonly Dictionary<MethodInfo, uint> addresses = [];
    private readonly Dictionary<MethodInfo, string> rejected = [];
    private GuestMachine? machine;

    /// <summary>Compiles methods; those that the compiler rejects are left out and remembered with what it said.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="methods">Its static methods, as the host sees them.</param>
    /// <param name="passes">The optimizer's.</param>
    public GuestProgram(string assembly, IEnumerable<MethodInfo> methods, OptimizerPasses passes = OptimizerPasses.All)
    {
        List<MethodInfo> left = [.. methods];
        while (image is null && left.Count > 0)
        {
            CompilationResult result = Compilation.Compile(new CompilationOptions
            {
                Assembly = assembly,
                References = [References.GuestLibrary, .. References.LibraryFolders],
                Roots = [.. left.Select(FullName)],
                Map = MemoryMap.Ram,
                Optimizer = new OptimizerOptions { Passes = passes },
            });
            image = result.Image;
            if (image is not null)
            {
                for (int i = 0; i < left.Count; i++)
                {
                    addresses.Add(left[i], image.AddressOf(result.RootSymbols[i]));
                }
            }
            else if (!Reject(left, result.Diagnostics))
            {
                string said = string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
                left.ForEach(method => rejected[method] = said);
                return;
            }
        }

        if (image is not null)
        {
            segments = [.. image.Segments.Where(segment => segment.Bytes.Length > 0)
                .Select(segment => (segment.LoadAddress, (ReadOnlyMemory<byte>)segment.Bytes))];
        }
    }

    /// <summary>
    /// Compiles methods together; where the compiler fails without saying which method is at fault, the halves of them,
    /// and so on, so that one method does not take all others with it.
    /// </summary>
    public static Dictionary<MethodInfo, GuestProgram> CompileAll(string assembly, IReadOnlyList<MethodInfo> methods)
    {
        Dictionary<MethodInfo, GuestProgram> programs = [];
        Stack<MethodInfo[]> groups = new([[.. methods]]);
        while (groups.TryPop(out MethodInfo[]? group))
        {
            var program = new GuestProgram(assembly, group);
            if (program.image is null && group.Length > 1 && program.rejected.Count == group.Length)
            {
                groups.Push(group[(group.Length / 2)..]);
                groups.Push(group[..(group.Length / 2)]);
                continue;
            }

            foreach (MethodInfo method in group)
            {
                programs.Add(method, program);
            }
        }

        return programs;
    }

    /// <summary>Bytes of code.</summary>
    public int CodeSize => image?.Sections.FirstOrDefault(section => section.Name == ".text")?.Bytes.Length ?? 0;

    /// <summary>What the compiler said about a method that it does not take, or null.</summary>
    public string? RejectionOf(MethodInfo method) => rejected.GetValueOrDefault(method);

    /// <summary>Calls a method; after anything but a return or a panic the machine is a new one.</summary>
    public CallResult Call(MethodInfo method, uint[] arguments)
    {
        lock (one)
        {
            machine ??= new GuestMachine(segments, image!.AddressOf("__global_pointer"));
            CallResult result = machine.Call(addresses[method], arguments, Budget);
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

    /// <summary>Takes away the methods that the errors are reached from; false if they name none.</summary>
    private bool Reject(List<MethodInfo> left, IReadOnlyList<Diagnostic> diagnostics)
    {
        bool found = false;
        foreach (Diagnostic diagnostic in diagnostics.Where(diagnostic => !diagnostic.IsWarning))
        {
            if (diagnostic.ReachedFrom is [.., string root] && left.Find(method => FullName(method) == root) is { } reached)
            {
                left.Remove(reached);
                rejected[reached] = string.Create(CultureInfo.InvariantCulture, $"The compiler rejects it: {diagnostic}");
                found = true;
            }
        }

        return found;
    }

    private static string FullName(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
