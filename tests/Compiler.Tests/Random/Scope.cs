// What a place in a generated method can name.

namespace XousCloud.Compiler.Tests.RandomPrograms;

/// <param name="Name">Or a path to a field, which is used in the same way.</param>
/// <param name="Type">A C# keyword.</param>
/// <param name="CanAssign">False for loop counters.</param>
internal sealed record Variable(string Name, string Type, bool CanAssign = true);

/// <param name="Name">Of a span.</param>
/// <param name="Element">A C# keyword.</param>
/// <param name="Length">0 if it is a parameter, with at least one element.</param>
internal sealed record SpanVariable(string Name, string Element, int Length);

/// <param name="Name">Of a variable.</param>
/// <param name="Struct">Its type.</param>
internal sealed record StructVariable(string Name, StructType Struct);

/// <param name="Name">Of the type.</param>
/// <param name="Fields">Names and types.</param>
internal sealed record StructType(string Name, IReadOnlyList<Variable> Fields);

/// <summary>What all methods of a program can name.</summary>
/// <param name="Structs">Types.</param>
/// <param name="Statics">Fields that each method sets before it uses them.</param>
/// <param name="Tables">Constant arrays and spans.</param>
internal sealed record ProgramMembers(
    IReadOnlyList<StructType> Structs, IReadOnlyList<Variable> Statics, IReadOnlyList<SpanVariable> Tables);

internal enum MethodKind
{
    /// <summary>Public, with scalar parameters: what the test calls.</summary>
    Scalar,

    /// <summary>The first parameter is a reference to a scalar.</summary>
    Reference,

    /// <summary>The first parameter is a span.</summary>
    Span,

    /// <summary>The first parameter is a structure, and so is the result.</summary>
    Struct,
}

/// <summary>A method that was generated and can be called by later ones.</summary>
/// <param name="Name">Without its type.</param>
/// <param name="Kind">What the first parameter is.</param>
/// <param name="First">The type of the first parameter if it is not a scalar: an element, a scalar, a structure's name.</param>
/// <param name="Parameters">The types of the scalar parameters.</param>
/// <param name="Result">A type.</param>
/// <param name="Level">0 if it calls nothing that was generated.</param>
/// <param name="HasLoop">Too slow to be called in a loop.</param>
/// <param name="Source">Its text.</param>
/// <param name="Calls">What it calls.</param>
internal sealed record GeneratedMethod(
    string Name, MethodKind Kind, string First, IReadOnlyList<string> Parameters, string Result, int Level, bool HasLoop, string Source, IReadOnlyList<GeneratedMethod> Calls);

internal sealed class Scope
{
    public List<Variable> Variables { get; } = [];

    public List<SpanVariable> Spans { get; } = [];

    public List<StructVariable> Structs { get; } = [];

    /// <summary>How many loops are around the place.</summary>
    public int Loops { get; set; }

    public (int Variables, int Spans, int Structs) Mark() => (Variables.Count, Spans.Count, Structs.Count);

    /// <summary>Forgets what was declared since the mark.</summary>
    public void Release((int Variables, int Spans, int Structs) mark)
    {
        Variables.RemoveRange(mark.Variables, Variables.Count - mark.Variables);
        Spans.RemoveRange(mark.Spans, Spans.Count - mark.Spans);
        Structs.RemoveRange(mark.Structs, Structs.Count - mark.Structs);
    }
}
