// Expressions of a given type. What would be an error of C# is avoided: constants are never divided or checked by
// constants (variables stand on the left of both), and every method's body is unchecked.

namespace XousCloud.Compiler.Tests.RandomPrograms;

internal sealed class Expressions(Choice choice, Scope scope, MethodCalls calls, ProgramMembers members)
{
    public string Of(string type, int depth)
    {
        if (depth <= 0 || choice.Percent(25))
        {
            return Leaf(type);
        }

        return type == "bool" ? Truth(depth) : Number(type, depth);
    }

    /// <summary>An index: mostly inside a span of the length, and now and then anything near it.</summary>
    public string Index(SpanVariable span, int depth)
    {
        string length = span.Length == 0 ? $"{span.Name}.Length" : Text(span.Length);
        return choice.Below(40) switch
        {
            < 17 => $"(int)({Of("uint", depth)} % (uint){length})",
            < 27 when span.Length != 0 => $"({Of("int", depth)} & {Text(LargestMask(span.Length))})",
            < 38 when span.Length != 0 => Text(choice.Below(span.Length)),
            38 => $"({Of("int", depth)} & 15)",
            39 => $"(int)({Of("uint", depth)} % ((uint){length} + 1))",
            _ => "0",
        };
    }

    /// <summary>A variable, a field or an element of the type that can be passed by reference or assigned; null if there is none.</summary>
    public string? Place(string type, int depth)
    {
        SpanVariable[] spans = [.. scope.Spans.Where(span => span.Element == type)];
        if (spans.Length > 0 && choice.Percent(40))
        {
            SpanVariable span = choice.Of(spans);
            return $"{span.Name}[{Index(span, depth)}]";
        }

        string[] fields = [.. scope.Structs.SelectMany(local => local.Struct.Fields
            .Where(field => field.Type == type).Select(field => $"{local.Name}.{field.Name}"))];
        if (fields.Length > 0 && choice.Percent(50))
        {
            return choice.Of(fields);
        }

        Variable[] variables = [.. scope.Variables.Where(variable => variable.Type == type && variable.CanAssign)];
        return variables.Length > 0 ? choice.Of(variables).Name : null;
    }

    private string Leaf(string type)
    {
        if (choice.Percent(25))
        {
            return Types.Literal(type, choice.Bits());
        }

        Variable[] same = [.. scope.Variables.Where(variable => variable.Type == type)];
        if (same.Length > 0)
        {
            return choice.Of(same).Name;
        }

        if (Place(type, 0) is { } place)
        {
            return place;
        }

        Variable other = choice.Of(scope.Variables);
        return type == "bool" ? $"({other.Name} != {Types.Literal(other.Type, choice.Bits())})" : Convert(type, other.Type, other.Name);
    }

    private string Truth(int depth)
    {
        string type = choice.Of(Types.Numbers);
        return choice.Below(10) switch
        {
            < 6 => $"({Of(type, depth - 1)} {choice.Any("==", "!=", "<", "<=", ">", ">=")} {Of(type, depth - 1)})",
            6 => $"({Of("bool", depth - 1)} {choice.Any("&&", "||", "&", "|", "^", "==", "!=")} {Of("bool", depth - 1)})",
            7 => $"!{Of("bool", depth - 1)}",
            8 => $"(({Of("int", depth - 1)} & {Text(1 << choice.Below(8))}) != 0)",
            _ => calls.Scalar("bool", depth, this) ?? Leaf("bool"),
        };
    }

    private string Number(string type, int depth)
    {
        switch (choice.Below(27))
        {
            case < 9:
                return Arithmetic(type, depth);
            case < 12:
                {
                    string from = choice.Of(Types.All);
                    return Convert(type, from, Of(from, depth - 1));
                }

            case 12:
                return $"({Of("bool", depth - 1)} ? {Of(type, depth - 1)} : {Of(type, depth - 1)})";
            case < 15:
                return Division(type, depth);
            case < 17:
                return Shift(type, depth);
            case 17:
                return $"({type})({choice.Any("~", "-", "+")}{Of(type == "ulong" ? "long" : type, depth - 1)})";
            case 18 when choice.Percent(40):
                return Checked(type, depth);
            case < 21 when scope.Spans.Count > 0:
                {
                    SpanVariable span = choice.Of(scope.Spans);
                    return Convert(type, span.Element, $"{span.Name}[{Index(span, depth - 1)}]");
                }

            case 21 when scope.Structs.Count > 0:
                {
                    StructVariable local = choice.Of(scope.Structs);
                    Variable field = choice.Of(local.Struct.Fields);
                    return Convert(type, field.Type, $"{local.Name}.{field.Name}");
                }

            case 22:
                return Library(type, depth);
            case 23:
                return SwitchExpression(type, depth);
            case 24:
                {
                    SpanVariable table = choice.Of(members.Tables);
                    return Convert(type, table.Element, $"{table.Name}[{Index(table, depth - 1)}]");
                }

            default:
                return calls.Scalar(type, depth, this) ?? Arithmetic(type, depth);
        }
    }

    private string Arithmetic(string type, int depth)
    {
        string symbol = choice.Any("+", "-", "*", "&", "|", "^", "+", "-");
        return Types.IsWide(type)
            ? $"({Of(type, depth - 1)} {symbol} {Of(type, depth - 1)})"
            : $"({type})({Of(choice.Any(type, "int"), depth - 1)} {symbol} {Of(type, depth - 1)})";
    }

    /// <summary>The divisor is now and then one that may be 0, and often a constant.</summary>
    private string Division(string type, int depth)
    {
        string wide = Types.IsWide(type) ? type : choice.Of(Types.Wide);
        string divisor = choice.Below(16) switch
        {
            0 => $"({Of(wide, depth - 1)} + {AnyVariable(wide)} * 0)",
            < 5 => Types.Literal(wide, NotZero()),
            < 10 => $"(({Of(wide, depth - 1)} & {Types.Literal(wide, 127)}) + {Types.Literal(wide, 1)})",
            _ => $"({Of(wide, depth - 1)} | {AnyVariable(wide)} * 0 | {Types.Literal(wide, 1)})",
        };
        return Convert(type, wide, $"(({Of(wide, depth - 1)} + {AnyVariable(wide)} * 0) {choice.Any("/", "%")} {divisor})");
    }

    private string Shift(string type, int depth)
    {
        string count = choice.Percent(50) ? Text(choice.Below(70)) : Of("int", depth - 1);
        string wide = Types.IsWide(type) ? type : choice.Of(Types.Wide);
        return Convert(type, wide, $"({Of(wide, depth - 1)} {choice.Any("<<", ">>", ">>>")} {count})");
    }

    private string Checked(string type, int depth)
    {
        string wide = choice.Of(Types.Wide);
        string small = $"({AnyVariable(wide)} {choice.Any("%", "/")} {Types.Literal(wide, (ulong)choice.Between(2, 9))})";
        return choice.Below(3) switch
        {
            0 => $"({type})checked({AnyVariable(wide)} {choice.Any("+", "-", "*")} unchecked({Of(wide, depth - 1)}))",
            1 => $"({type})checked({small} {choice.Any("+", "*")} {small})",
            _ => $"({type})checked(({choice.Of(Types.Numbers)}){(choice.Percent(50) ? small : AnyVariable(wide))})",
        };
    }

    private string Library(string type, int depth)
    {
        string wide = choice.Of(Types.Wide);
        string unsigned = choice.Any("uint", "ulong");
        string call = choice.Below(8) switch
        {
            0 => $"System.Math.{choice.Any("Min", "Max")}({Of(wide, depth - 1)}, {Of(wide, depth - 1)})",
            1 => $"System.Numerics.BitOperations.{choice.Any("RotateLeft", "RotateRight")}({Of(unsigned, depth - 1)}, {Of("int", depth - 1)})",
            2 => $"System.Numerics.BitOperations.{choice.Any("PopCount", "LeadingZeroCount", "TrailingZeroCount")}({Of(unsigned, depth - 1)})",
            3 => $"System.Buffers.Binary.BinaryPrimitives.ReverseEndianness({Of(choice.Any("uint", "ushort", "ulong", "int"), depth - 1)})",
            4 => $"System.Math.BigMul({Of("int", depth - 1)}, {Of("int", depth - 1)})",
            5 => $"Choose({Of("bool", depth - 1)}, {Of(wide, depth - 1)}, {Of(wide, depth - 1)})",
            6 => $"Fold<{choice.Any("Adding", "Mixing")}>({Of("uint", depth - 1)}, {Of("uint", depth - 1)})",
            _ => $"new Pair<{wide}>({Of(wide, depth - 1)}, {Of(wide, depth - 1)}).Swapped().{choice.Any("First", "Second")}",
        };
        return $"({type})({call})";
    }

    private string SwitchExpression(string type, int depth)
    {
        int stride = choice.Any("1", "1", "3", "1000") switch { "1" => 1, "3" => 3, _ => 1000 };
        IEnumerable<string> arms = Enumerable.Range(0, choice.Between(2, 6)).Select(arm => $"{Text(arm * stride)} => {Of(type, depth - 2)}, ");
        return $"(({Of("int", depth - 1)} & 7) switch {{ {string.Concat(arms)}_ => {Of(type, depth - 2)} }})";
    }

    /// <summary>Something that C# does not take for a constant.</summary>
    private string AnyVariable(string type)
    {
        Variable[] same = [.. scope.Variables.Where(variable => variable.Type == type)];
        Variable chosen = same.Length > 0 ? choice.Of(same) : choice.Of(scope.Variables);
        return Convert(type, chosen.Type, chosen.Name);
    }

    private ulong NotZero()
    {
        ulong bits = choice.Bits();
        return (uint)bits == 0 ? 10 : bits;
    }

    private static string Convert(string type, string from, string expression) =>
        type == from ? expression
        : type == "bool" ? $"({expression} != {Types.Literal(from, 0)})"
        : from == "bool" ? $"({type})({expression} ? 1 : 0)"
        : $"({type})({expression})";

    private static int LargestMask(int length) => (1 << (31 - int.LeadingZeroCount(length))) - 1;

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
