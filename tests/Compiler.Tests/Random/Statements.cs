// The body of a generated method: declarations, assignments, branches, loops with few rounds, and at the end one number
// made of everything that is left.

using System.Globalization;
using System.Text;

namespace XousCloud.Compiler.Tests.RandomPrograms;

internal sealed class Statements(Choice choice, Scope scope, Expressions expressions, MethodCalls calls, ProgramMembers members)
{
    private const int Depth = 2;
    private const int MostLoops = 2;

    private readonly StringBuilder text = new();
    private int names;
    private int indent = 3;

    public bool HasLoop { get; private set; }

    public string Text => text.ToString();

    /// <summary>Locals, then statements.</summary>
    public void Body()
    {
        if (scope.Variables.Count == 0)
        {
            Declare("int");
        }

        foreach (Variable field in members.Statics.Where(_ => choice.Percent(10)))
        {
            Line($"{field.Name} = {expressions.Of(field.Type, 1)};");
            scope.Variables.Add(field);
        }

        for (int count = choice.Below(8) / 3; count > 0; count--)
        {
            DeclareSpan();
        }

        for (int count = choice.Below(8) / 3; count > 0 && members.Structs.Count > 0; count--)
        {
            StructType type = choice.Of(members.Structs);
            string name = NewName("t");
            Line($"{type.Name} {name} = default;");
            scope.Structs.Add(new StructVariable(name, type));
        }

        for (int count = choice.Between(2, 4); count > 0; count--)
        {
            Statement(2);
        }
    }

    /// <summary>Returns a number that depends on every local.</summary>
    public void ReturnAll(string type)
    {
        string sum = NewName("h");
        Line($"ulong {sum} = 17;");
        foreach (Variable variable in scope.Variables)
        {
            Mix(sum, variable.Type, variable.Name);
        }

        foreach (StructVariable local in scope.Structs)
        {
            foreach (Variable field in local.Struct.Fields)
            {
                Mix(sum, field.Type, $"{local.Name}.{field.Name}");
            }
        }

        foreach (SpanVariable span in scope.Spans)
        {
            string element = NewName("e");
            Line($"foreach ({span.Element} {element} in {span.Name})");
            Open();
            Mix(sum, span.Element, element);
            Close();
        }

        Line(type == "bool" ? $"return ({sum} & 4) != 0;" : $"return ({type})({sum} ^ ({sum} >> 29));");
    }

    public void Return(string expression) => Line($"return {expression};");

    private void Mix(string sum, string type, string value) =>
        Line($"{sum} = ({sum} * 31) + {(type == "bool" ? $"({value} ? 1ul : 2ul)" : $"(ulong){value}")};");

    private void Statement(int nesting)
    {
        switch (choice.Below(nesting > 0 ? 20 : 11))
        {
            case < 3:
                Declare(choice.Of(Types.All));
                break;
            case < 7:
                Assign();
                break;
            case < 9:
                StoreElement();
                break;
            case 9:
                ChangeStructure();
                break;
            case 10:
                Assign();
                break;
            case < 14:
                Condition(nesting);
                break;
            case 14:
                Switch(nesting);
                break;
            case 15 when scope.Loops == 0:
                TryFinally(nesting);
                break;
            default:
                if (scope.Loops < MostLoops)
                {
                    Loop(nesting);
                }

                break;
        }
    }

    private void Declare(string type)
    {
        string value = scope.Variables.Count == 0 ? Types.Literal(type, choice.Bits()) : expressions.Of(type, Depth);
        string name = NewName("v");
        Line($"{type} {name} = {value};");
        scope.Variables.Add(new Variable(name, type));
    }

    private void DeclareSpan()
    {
        string type = choice.Of(Types.Numbers);
        int length = choice.Between(1, 9);
        string name = NewName("s");
        Line($"System.Span<{type}> {name} = stackalloc {type}[{Number(length)}];");
        var span = new SpanVariable(name, type, length);
        string counter = NewName("i");
        Line($"for (int {counter} = 0; {counter} < {name}.Length; {counter}++)");
        Open();
        (int, int, int) mark = scope.Mark();
        scope.Variables.Add(new Variable(counter, "int", false));
        scope.Loops++;
        Line($"{name}[{counter}] = {expressions.Of(type, 2)};");
        scope.Loops--;
        scope.Release(mark);
        Close();
        scope.Spans.Add(span);
    }

    private void Assign()
    {
        string type = choice.Of(Types.All);
        if (expressions.Place(type, 1) is not { } place)
        {
            Declare(type);
            return;
        }

        Line(choice.Below(8) switch
        {
            < 4 => $"{place} = {expressions.Of(type, Depth)};",
            4 when type != "bool" => $"{place}{choice.Any("++", "--")};",
            5 when type != "bool" => $"{place} {choice.Any("<<=", ">>=", ">>>=")} {expressions.Of("int", 1)};",
            _ when type == "bool" => $"{place} {choice.Any("&=", "|=", "^=")} {expressions.Of(type, 2)};",
            _ => $"{place} {choice.Any("+=", "-=", "*=", "^=", "|=", "&=")} {expressions.Of(type, 2)};",
        });
    }

    private void StoreElement()
    {
        if (scope.Spans.Count == 0)
        {
            Assign();
            return;
        }

        SpanVariable span = choice.Of(scope.Spans);
        Line($"{span.Name}[{expressions.Index(span, 1)}] {choice.Any("=", "=", "+=", "^=")} {expressions.Of(span.Element, 2)};");
    }

    private void ChangeStructure()
    {
        if (scope.Structs.Count == 0)
        {
            Assign();
            return;
        }

        StructVariable local = choice.Of(scope.Structs);
        StructVariable[] others = [.. scope.Structs.Where(other => other.Struct == local.Struct)];
        string? value = choice.Percent(60) ? calls.Structure(choice.Of(others), Depth, expressions) : null;
        Line($"{local.Name} = {value ?? choice.Of(others).Name};");
    }

    private void Condition(int nesting)
    {
        Line($"if ({expressions.Of("bool", Depth)})");
        Nested(nesting);
        if (choice.Percent(50))
        {
            Line("else");
            Nested(nesting);
        }
    }

    private void Switch(int nesting)
    {
        int stride = choice.Percent(70) ? 1 : choice.Between(2, 400);
        int first = choice.Between(-2, 3);
        Line($"switch ({expressions.Of("int", 2)} & {choice.Any("3", "7", "15", "-1")})");
        Open();
        for (int arm = 0, count = choice.Between(2, 5); arm < count; arm++)
        {
            Line($"case {Number((arm + first) * stride)}:");
            if (choice.Percent(15) && arm + 1 < count)
            {
                continue; // shares the next one's body
            }

            Nested(nesting);
            Line("break;");
        }

        if (choice.Percent(60))
        {
            Line("default:");
            Nested(nesting);
            Line("break;");
        }

        Close();
    }

    private void TryFinally(int nesting)
    {
        Line("try");
        Nested(nesting);
        Line("finally");
        Open();
        Variable[] places = [.. scope.Variables.Where(variable => variable.CanAssign && Types.IsWide(variable.Type))];
        if (places.Length > 0)
        {
            // Nothing that can fail: a failed check ends the target's program where it stands, without the finally.
            Variable place = choice.Of(places);
            Line($"{place.Name} {choice.Any("+=", "^=", "*=")} {Types.Literal(place.Type, choice.Bits())};");
        }

        Close();
    }

    private void Loop(int nesting)
    {
        HasLoop = true;
        string counter = NewName("i");
        (int, int, int) mark = scope.Mark();
        Open();
        if (choice.Percent(40) && scope.Spans.Count > 0)
        {
            SpanLoop(counter, choice.Of(scope.Spans));
        }
        else
        {
            CountedLoop(counter, nesting);
        }

        Close();
        scope.Release(mark);
    }

    private void CountedLoop(string counter, int nesting)
    {
        string type = choice.Any("int", "int", "uint", "byte", "long");
        string limit = $"({type})({expressions.Of(type, 1)} & 7)";
        string header = choice.Below(6) switch
        {
            0 => $"for ({type} {counter} = 0; {counter} < {limit}; {counter}++)",
            1 => $"for (int {counter} = {Number(choice.Between(0, 9))}; {counter} > 0; {counter} -= {choice.Any("1", "2", "3")})",
            2 => $"for (int {counter} = {Number(choice.Between(1, 7))}; {counter}-- > 0;)",
            3 => $"for (uint {counter} = 0; {counter} <= {Number(choice.Between(0, 6))}; {counter} += {choice.Any("1", "2")})",
            4 => $"int {counter} = 0; while ({expressions.Of("bool", 2)} && {counter}++ < 6)",
            _ => $"int {counter} = 0; do",
        };
        string counterType = header.StartsWith("for (", StringComparison.Ordinal) ? header[5..header.IndexOf(' ', 5)] : "int";
        Line(header);
        Open();
        (int, int, int) inside = scope.Mark();
        scope.Loops++;
        scope.Variables.Add(new Variable(counter, counterType, false));
        for (int count = choice.Between(1, 2); count > 0; count--)
        {
            Statement(nesting - 1);
        }

        if (choice.Percent(20))
        {
            Line($"if ({expressions.Of("bool", 2)})");
            Open();
            Line(header.EndsWith("do", StringComparison.Ordinal) ? "break;" : choice.Any("break;", "continue;"));
            Close();
        }

        scope.Loops--;
        scope.Release(inside);
        Close();
        if (header.EndsWith("do", StringComparison.Ordinal))
        {
            Line($"while ({counter}++ < {Number(choice.Between(0, 5))} && {expressions.Of("bool", 1)});");
        }
    }

    /// <summary>Walks a span in ways whose checks a compiler may want to leave out, some of which leave the span.</summary>
    private void SpanLoop(string counter, SpanVariable span)
    {
        int near = choice.Below(3);
        string s = span.Name;
        (string header, string index) = choice.Below(12) switch
        {
            0 or 1 => ($"for (int {counter} = 0; {counter} < {s}.Length; {counter}++)", counter),
            2 => ($"for (int {counter} = {Number(near)}; {counter} < {s}.Length; {counter}++)", $"{counter} - {Number(near)}"),
            3 => ($"for (int {counter} = 0; {counter} < {s}.Length - {Number(near)}; {counter}++)", $"{counter} + {Number(near)}"),
            4 => ($"for (int {counter} = {s}.Length - 1; {counter} >= 0; {counter}--)", counter),
            5 => ($"for (int {counter} = {s}.Length; {counter}-- > 0;)", counter),
            6 => ($"for (int {counter} = 0; {counter} < {s}.Length; {counter} += {Number(near + 1)})", counter),
            7 => ($"for (uint {counter} = 0; {counter} < (uint){s}.Length; {counter}++)", $"(int){counter}"),
            8 => ($"for (int {counter} = 0; {counter} < {s}.Length; {counter}++)", $"{s}.Length - 1 - {counter}"),
            9 => ($"for (int {counter} = 0; {counter} <= {s}.Length - {Number(near)}; {counter}++)", counter),
            10 => ($"for (int {counter} = 0; {counter} < ({expressions.Of("int", 1)} & 7); {counter}++)", counter),
            _ => ($"for (int {counter} = 0; {counter} < {s}.Length; {counter}++)", $"{counter} + {Number(near)} - {choice.Any("0", "1")}"),
        };
        Line(header);
        Open();
        (int, int, int) inside = scope.Mark();
        scope.Loops++;
        scope.Variables.Add(new Variable(counter, header.StartsWith("for (uint", StringComparison.Ordinal) ? "uint" : "int", false));
        string element = $"{s}[{index}]";
        Line(choice.Percent(50)
            ? $"{element} {choice.Any("=", "+=", "^=")} {expressions.Of(span.Element, 2)};"
            : Accumulate(span.Element, element));
        if (choice.Percent(40))
        {
            Statement(0);
        }

        scope.Loops--;
        scope.Release(inside);
        Close();
    }

    private string Accumulate(string type, string element) =>
        expressions.Place(type, 0) is { } place ? $"{place} {choice.Any("+=", "^=", "-=")} {element};" : $"{element}++;";

    private void Nested(int nesting)
    {
        Open();
        (int, int, int) mark = scope.Mark();
        for (int count = choice.Between(1, 2); count > 0; count--)
        {
            Statement(nesting - 1);
        }

        scope.Release(mark);
        Close();
    }

    private string NewName(string prefix) => prefix + Number(names++);

    private void Open()
    {
        Line("{");
        indent++;
    }

    private void Close()
    {
        indent--;
        Line("}");
    }

    private void Line(string line) => text.Append(' ', indent * 4).Append(line).Append('\n');

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
