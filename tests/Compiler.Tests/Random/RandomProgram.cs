// A class of generated methods. The same seed gives the same text.

using System.Globalization;

namespace XousCloud.Compiler.Tests.RandomPrograms;

internal sealed class RandomProgram
{
    public const string TypeName = "Generated";

    /// <summary>What every program has: the panic handler of the test machine, and generic code to call.</summary>
    private const string Common = """
        internal static unsafe class PanicStop
        {
            [XousCloud.Guest.PanicHandler]
            public static void Panic(XousCloud.Guest.PanicKind kind, uint address) =>
                ((delegate*<XousCloud.Guest.PanicKind, uint, void>)0x611FF004)(kind, address);
        }

        public interface IFolding
        {
            static abstract uint Fold(uint a, uint b);
        }

        public struct Adding : IFolding
        {
            public static uint Fold(uint a, uint b) => a + b;
        }

        public struct Mixing : IFolding
        {
            public static uint Fold(uint a, uint b) => (a * 0x9E3779B9) ^ (b >> 7);
        }

        public readonly struct Pair<T>(T first, T second)
        {
            public readonly T First = first;
            public readonly T Second = second;

            public Pair<T> Swapped() => new Pair<T>(Second, First);
        }
        """;

    private const string Generic = """
            private static T Choose<T>(bool condition, T first, T second) => condition ? first : second;

            private static uint Fold<T>(uint first, uint second)
                where T : IFolding => T.Fold(T.Fold(first, second), 3);
        """;

    private readonly Choice choice;
    private readonly List<GeneratedMethod> methods = [];
    private readonly ProgramMembers members;
    private readonly string declarations;

    public RandomProgram(int seed, int methodCount)
    {
        choice = new Choice(seed);
        StructType[] structs = [.. Enumerable.Range(0, 6).Select(index => new StructType(
            $"S{index}", [.. Enumerable.Range(0, choice.Between(1, 6)).Select(field => new Variable($"F{field}", choice.Of(Types.All)))]))];
        Variable[] statics = [.. Enumerable.Range(0, 8).Select(index => new Variable($"G{index}", choice.Of(Types.All)))];
        SpanVariable[] tables = [.. Enumerable.Range(0, 6).Select(index =>
            new SpanVariable($"T{index}", choice.Of(Types.Numbers), choice.Between(1, 20)))];
        members = new ProgramMembers(structs, statics, tables);
        declarations = string.Concat(statics.Select(field => $"    private static {field.Type} {field.Name};\n"))
            + string.Concat(tables.Select(Table));
        for (int i = 0; i < methodCount; i++)
        {
            methods.Add(Generate(string.Create(CultureInfo.InvariantCulture, $"M{i}")));
        }
    }

    /// <summary>The methods that a test can call.</summary>
    public IEnumerable<string> Names => methods.Where(method => method.Kind == MethodKind.Scalar).Select(method => method.Name);

    public string Source => Complete(
        string.Concat(members.Structs.Select(Declaration)), declarations + string.Join('\n', methods.Select(method => method.Source)));

    /// <summary>The same with a method and what it needs, alone.</summary>
    public string SourceOf(string name)
    {
        List<GeneratedMethod> needed = [];
        Collect(methods.First(method => method.Name == name), needed);
        return Complete(
            string.Concat(members.Structs.Select(Declaration)), declarations + string.Join('\n', needed.Select(method => method.Source)));
    }

    private GeneratedMethod Generate(string name)
    {
        MethodKind kind = choice.Below(10) switch { 0 => MethodKind.Reference, 1 => MethodKind.Span, 2 => MethodKind.Struct, _ => MethodKind.Scalar };
        var scope = new Scope();
        string[] parameters = [.. Enumerable.Range(0, choice.Below(4)).Select(_ => choice.Of(Types.All))];
        string first = choice.Of(Types.Numbers);
        string result = choice.Of(Types.All);
        List<string> signature = [];
        StructVariable? structure = null;
        switch (kind)
        {
            case MethodKind.Reference:
                signature.Add($"ref {first} r");
                scope.Variables.Add(new Variable("r", first));
                break;
            case MethodKind.Span:
                signature.Add($"System.Span<{first}> s");
                scope.Spans.Add(new SpanVariable("s", first, 0));
                break;
            case MethodKind.Struct:
                structure = new StructVariable("t", choice.Of(members.Structs));
                first = result = structure.Struct.Name;
                signature.Add($"{first} t");
                scope.Structs.Add(structure);
                break;
            default:
                break;
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            signature.Add(string.Create(CultureInfo.InvariantCulture, $"{parameters[i]} p{i}"));
            scope.Variables.Add(new Variable($"p{i}", parameters[i]));
        }

        var calls = new MethodCalls(choice, scope, methods);
        var expressions = new Expressions(choice, scope, calls, members);
        var statements = new Statements(choice, scope, expressions, calls, members);
        statements.Body();
        if (structure is not null)
        {
            statements.Return(structure.Name);
        }
        else if (kind == MethodKind.Scalar)
        {
            statements.ReturnAll(result);
        }
        else
        {
            statements.Return(expressions.Of(result, 2));
        }

        string inlining = choice.Below(10) switch
        {
            < 3 => "    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]\n",
            3 => "    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]\n",
            _ => "",
        };
        string access = kind == MethodKind.Scalar ? "public" : "private";
        string source = $"{inlining}    {access} static {result} {name}({string.Join(", ", signature)})\n    {{\n        unchecked\n        {{\n{statements.Text}        }}\n    }}\n";
        return new GeneratedMethod(name, kind, first, parameters, result, calls.Level, statements.HasLoop, source, calls.Called);
    }

    /// <summary>Half of them arrays that a static constructor makes, half spans of constant data.</summary>
    private string Table(SpanVariable table)
    {
        string elements = string.Join(", ", Enumerable.Range(0, table.Length).Select(_ => Types.Literal(table.Element, choice.Bits())));
        return choice.Percent(50)
            ? $"    private static readonly {table.Element}[] {table.Name} = [{elements}];\n"
            : $"    private static System.ReadOnlySpan<{table.Element}> {table.Name} => [{elements}];\n";
    }

    private static string Complete(string types, string methods) =>
        $"{Common}\n{types}public static class {TypeName}\n{{\n{Generic}\n{methods}}}\n";

    private static void Collect(GeneratedMethod method, List<GeneratedMethod> needed)
    {
        foreach (GeneratedMethod called in method.Calls)
        {
            Collect(called, needed);
        }

        if (!needed.Contains(method))
        {
            needed.Add(method);
        }
    }

    private static string Declaration(StructType type) =>
        $"public struct {type.Name}\n{{\n{string.Concat(type.Fields.Select(field => $"    public {field.Type} {field.Name};\n"))}}}\n\n";
}
