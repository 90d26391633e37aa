// What the compiler says about a program that it cannot take. docs/compiler.md explains every code.

namespace XousCloud.Compiler;

/// <summary>The stable codes of the compiler's messages.</summary>
public enum DiagnosticCode
{
    /// <summary>The assembly or its IL is malformed.</summary>
    InvalidInput = 0,
    FloatingPoint = 1,
    CatchOrFilter = 2,
    VariableStackAllocation = 3,
    ExternalMethod = 4,
    Boxing = 6,
    HeapAllocation = 7,
    Reflection = 8,
    OperandNotConstant = 9,
    StaticConstructor = 10,
    PlainDeviceAccess = 12,
    Construct = 13,
    UnboundedInstantiation = 14,
    Threading = 15,

    /// <summary>Image layout: does not fit, no entry point, a missing helper.</summary>
    Image = 16,

    /// <summary>A limit of the compiler: too large, too deep.</summary>
    Limit = 17,
}

/// <summary>One error (or warning): where, what, why, and what to write instead.</summary>
public sealed record Diagnostic(DiagnosticCode Code, string Text, SourcePosition? Position = null, bool IsWarning = false)
{
    /// <summary>The chain of callers that reaches the place, innermost first.</summary>
    public IReadOnlyList<string> ReachedFrom { get; init; } = [];

    /// <summary>As MSBuild reads it: <c>file(line): error AOT003: text</c>.</summary>
    public override string ToString()
    {
        string place = Position is null ? "XousCloud.Compiler" : $"{Position.Document}({Position.Line},{Math.Max(1, Position.Column)})";
        string chain = ReachedFrom.Count == 0 ? "" : " Reached from " + string.Join(" <- ", ReachedFrom) + ".";
        return $"{place}: {(IsWarning ? "warning" : "error")} AOT{(int)Code:000}: {Text}{chain}";
    }
}

/// <summary>The program is at fault: the compilation ends with this diagnostic.</summary>
public sealed class CompileErrorException(Diagnostic diagnostic) : Exception(diagnostic.ToString())
{
    public CompileErrorException(DiagnosticCode code, string text, SourcePosition? position = null)
        : this(new Diagnostic(code, text, position))
    {
    }

    public Diagnostic Diagnostic { get; } = diagnostic;
}
