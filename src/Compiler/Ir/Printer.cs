// Functions as text, for people and for messages of the verifier.

using System.Text;

namespace XousCloud.Compiler.Ir;

public static class Printer
{
    /// <summary>Numbers the function and writes it, a line for each value.</summary>
    public static string Print(Function function)
    {
        function.Number();
        StringBuilder text = new();
        text.Append("function ").Append(function.Name).Append(" parameters ").Append(function.ParameterWords)
            .Append(" results ").Append(function.ResultWords).Append('\n');
        foreach (Block block in function.Blocks)
        {
            text.Append(block).Append(':').Append(block.IsCold ? " cold" : "");
            if (block.Predecessors.Count > 0)
            {
                text.Append(" from ").AppendJoin(", ", block.Predecessors);
            }

            text.Append('\n');
            foreach (Value value in block.All())
            {
                text.Append("  ").Append(Print(value)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>One operation; its number and those of its inputs are the last that <see cref="Function.Number"/> gave.</summary>
    public static string Print(Value value)
    {
        StringBuilder text = new();
        if (!value.IsLeaf)
        {
            text.Append(value).Append(" = ");
        }

        text.Append(value.Op);
        switch (value.Op)
        {
            case Op.Load or Op.Store:
                text.Append(value.Size).Append(value.Signed ? "s" : "").Append(value.Volatile ? " volatile" : "")
                    .Append(" [").Append(value.Inputs[0]).Append(" + ").Append(value.Imm).Append(']');
                text.Append(value.Op == Op.Store ? $" <- {value.Inputs[1]}" : "");
                return text.ToString();
            case Op.Set or Op.Branch or Op.Check:
                text.Append(' ').Append(value.Condition);
                break;
            case Op.CsrAccess:
                text.Append(' ').Append(value.Csr);
                break;
            case Op.AtomicAccess:
                text.Append(' ').Append(value.Atomic);
                break;
            case Op.Const:
                return value.ToString();
            default:
                break;
        }

        text.Append(value.Inputs.Length > 0 ? " " : "").AppendJoin(", ", value.Inputs.AsEnumerable());
        text.Append(value.Symbol is { } symbol ? $" &{symbol.Name}" : "");
        text.Append(value.Imm != 0 || value.Op == Op.Parameter ? $" #{value.Imm}" : "");
        text.Append(value.Op is Op.CopyMemory or Op.ClearMemory ? $" align {value.Size}" : "");
        text.Append(value.Op is Op.Check or Op.Panic ? $" {value.Panic}" : "");
        text.Append(value.Block is { } block && value.IsTerminator && block.Successors.Count > 0
            ? $" -> {string.Join(", ", block.Successors)}"
            : "");
        return text.ToString();
    }
}
