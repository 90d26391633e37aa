// The marks by which the compiler knows what a method is for. They mean nothing to ordinary .NET.

namespace XousCloud.Guest;

/// <summary>
/// The program: a static method without parameters or result. The start code calls it; when it returns, the hart waits
/// for ever. One for each program. A method that is <see cref="NakedAttribute"/>, too, is the image's first code itself.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EntryPointAttribute : Attribute;

/// <summary>
/// A static method without parameters or result that the compiler runs: what it writes through <see cref="Assembler"/>
/// is the function's code. Nothing else is added, no frame and no return.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NakedAttribute : Attribute;

/// <summary>An extern method that stands for an address which the linker makes; see <see cref="LinkerSymbols"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinkerSymbolAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>
/// What a failed check calls: <c>static void M(PanicKind kind, uint returnAddress)</c>, which must not return. The
/// address is that of the instruction behind the call at the failed check. A program's own handler takes the library's place.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PanicHandlerAttribute : Attribute;

/// <summary>A method that the compiler calls on its own account, under a name that it knows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeHelperAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>A method that the compiler replaces by instructions. Its body is what the host runs instead, if it can.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IntrinsicAttribute : Attribute;

/// <summary>
/// A method that is compiled instead of another with the same parameters, for what the core library does in a way that
/// does not suit the target.
/// </summary>
/// <param name="type">The full name of the type, as reflection writes it.</param>
/// <param name="method">The name of the static method.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ReplacesAttribute(string type, string method) : Attribute
{
    public string Type { get; } = type;

    public string Method { get; } = method;
}
