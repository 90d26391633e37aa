// Values of a loop that move by a constant in every turn: base + counter * scale + offset, where the base does not change
// in the loop and the counter is a phi of its header that grows by a constant step.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

/// <summary>Counter is Start in the first turn and Next = Counter + Step in the following one.</summary>
internal sealed record Counter(Value Phi, Value Start, Value Next, int Step);

/// <summary>Base + Counter * Scale + Offset; Base is null for 0.</summary>
internal readonly record struct LinearValue(Counter Counter, int Scale, Value? Base, int Offset);

internal sealed class LinearValues
{
    private const int MaximumDepth = 8;

    private readonly Loop loop;
    private readonly Dictionary<Value, LinearValue?> known = [];

    /// <param name="loop">With one latch.</param>
    /// <param name="entry">Which predecessor of the header is the preheader.</param>
    public LinearValues(Loop loop, int entry)
    {
        this.loop = loop;
        Block header = loop.Header;
        int back = header.Predecessors.IndexOf(loop.Latches[0]);
        foreach (Value phi in header.Phis)
        {
            Value next = phi.Inputs[back];
            if (header.Predecessors.Count == 2 && next.Op == Op.Add && next.Inputs[0] == phi && next.Inputs[1].IsConst
                && next.Inputs[1].Imm != 0)
            {
                Counter counter = new(phi, phi.Inputs[entry], next, next.Inputs[1].Imm);
                Counters.Add(counter);
                known.Add(phi, new LinearValue(counter, 1, null, 0));
            }
        }
    }

    public List<Counter> Counters { get; } = [];

    public LinearValue? Of(Value value) => Of(value, 0);

    public bool IsInvariant(Value value) => value.IsLeaf || !loop.Contains(value.Block!);

    private LinearValue? Of(Value value, int depth)
    {
        if (known.TryGetValue(value, out LinearValue? found) || IsInvariant(value) || depth > MaximumDepth)
        {
            return found;
        }

        LinearValue? result = null;
        if (value.Op is Op.Add or Op.ShiftLeft or Op.Mul)
        {
            Value a = value.Inputs[0];
            Value b = value.Inputs[1];
            if (value.Op == Op.Add && IsInvariant(a))
            {
                (a, b) = (b, a);
            }

            if (IsInvariant(b) && Of(a, depth + 1) is { } inner)
            {
                result = value.Op switch
                {
                    Op.Add when b.IsConst => inner with { Offset = inner.Offset + b.Imm },
                    Op.Add when inner.Base is null => inner with { Base = b },
                    Op.ShiftLeft when b.IsConst && inner.Base is null =>
                        inner with { Scale = inner.Scale << b.Imm, Offset = inner.Offset << b.Imm },
                    Op.Mul when b.IsConst && inner.Base is null =>
                        inner with { Scale = inner.Scale * b.Imm, Offset = inner.Offset * b.Imm },
                    _ => null,
                };
            }
        }

        known[value] = result;
        return result;
    }
}
