// Calls of methods that were generated before. Levels and loops are limited, so that no method runs for long.

namespace XousCloud.Compiler.Tests.RandomPrograms;

internal sealed class MethodCalls(Choice choice, Scope scope, IReadOnlyList<GeneratedMethod> methods)
{
    private const int DeepestLevel = 2;
    private const int MostCalls = 4;

    public List<GeneratedMethod> Called { get; } = [];

    public int Level => Called.Count == 0 ? 0 : Called.Max(method => method.Level) + 1;

    /// <summary>A call with a result that is converted to the type, or null.</summary>
    public string? Scalar(string type, int depth, Expressions expressions)
    {
        GeneratedMethod[] candidates = [.. methods.Where(method => method.Kind != MethodKind.Struct && IsAllowed(method))];
        if (candidates.Length == 0 || Called.Count >= MostCalls)
        {
            return null;
        }

        GeneratedMethod called = choice.Of(candidates);
        if (First(called, expressions) is not { } first)
        {
            return null;
        }

        string call = Call(called, first, depth, expressions);
        return called.Result == type ? call
            : type == "bool" ? $"({call} != {Types.Literal(called.Result, 0)})"
            : called.Result == "bool" ? $"({type})({call} ? 1 : 0)"
            : $"({type})({call})";
    }

    /// <summary>A call that takes and returns a structure of the type, or null.</summary>
    public string? Structure(StructVariable local, int depth, Expressions expressions)
    {
        GeneratedMethod[] candidates =
            [.. methods.Where(method => method.Kind == MethodKind.Struct && method.First == local.Struct.Name && IsAllowed(method))];
        return candidates.Length == 0 || Called.Count >= MostCalls
            ? null
            : Call(choice.Of(candidates), local.Name, depth, expressions);
    }

    private bool IsAllowed(GeneratedMethod method) => method.Level < DeepestLevel && (scope.Loops == 0 || (method is { HasLoop: false, Level: 0 }));

    /// <summary>The first argument, "" if there is no special one; null if there is nothing that could be it.</summary>
    private string? First(GeneratedMethod called, Expressions expressions)
    {
        switch (called.Kind)
        {
            case MethodKind.Reference:
                return expressions.Place(called.First, 0) is { } place ? $"ref {place}" : null;
            case MethodKind.Span:
                SpanVariable[] spans = [.. scope.Spans.Where(span => span.Element == called.First)];
                if (spans.Length == 0)
                {
                    return null;
                }

                SpanVariable chosen = choice.Of(spans);
                return chosen.Length > 2 && choice.Percent(30) ? $"{chosen.Name}.Slice(1, {choice.Any("1", "2")})" : chosen.Name;
            default:
                return "";
        }
    }

    private string Call(GeneratedMethod called, string first, int depth, Expressions expressions)
    {
        Called.Add(called);
        IEnumerable<string> arguments = called.Parameters.Select(parameter => expressions.Of(parameter, depth - 2));
        return $"{called.Name}({string.Join(", ", first.Length > 0 ? arguments.Prepend(first) : arguments)})";
    }
}
