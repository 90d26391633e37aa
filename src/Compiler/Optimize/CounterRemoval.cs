// Takes a counter out of a loop that has a pointer moving along with it: the loop's test, and Checks of the counter, compare
// the pointer instead, and what uses the counter behind the loop gets its last number. This rests on the counter
// meeting its bound exactly: it moves by one from the near side of the bound, or the test is for equality. A pointer
// that moves by more than the counter would come round again only after more than the whole address space, so such a
// one must be accessed in every turn.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class CounterRemoval(
    Loop loop, Block preheader, LinearValues linear, Dictionary<Value, List<Value>> users, Dominators dominators, Prover prover)
{
    /// <summary>A pointer with a longer step might pass all of the address space in a real loop.</summary>
    private const int LongestStep = 1024;

    /// <summary>The number behind the last turn: the bound plus Offset, or with a Mask those bits of the first number.</summary>
    private readonly record struct Exit(Value Bound, int Offset, int Mask);

    /// <summary>
    /// Whether the counter is used for nothing that a pointer cannot take over, if the values in
    /// <paramref name="dying"/> go.
    /// </summary>
    public bool CanRemove(Counter counter, IReadOnlySet<Value> dying)
    {
        if (FindExit(counter) is not { } exit)
        {
            return false;
        }

        Value test = loop.Latches[0].Terminator!;
        HashSet<Value> seen = [];
        Stack<Value> open = new([counter.Phi, counter.Next]);
        while (open.TryPop(out Value? value))
        {
            foreach (Value user in users.GetValueOrDefault(value) ?? [])
            {
                if (user == test || user == counter.Phi || user == counter.Next || dying.Contains(user)
                    || IsReplaceable(user, counter)
                    || (value == counter.Next && !loop.Contains(user.Block!) && HasOneExit() && IsFree(exit)))
                {
                    continue;
                }

                if (linear.Of(user) is null || !loop.Contains(user.Block!))
                {
                    return false;
                }

                if (seen.Add(user))
                {
                    open.Push(user);
                }
            }
        }

        return true;
    }

    /// <summary>A pointer or another counter that moves along and stays in the loop anyway.</summary>
    public Counter? FindCompanion(Counter counter)
    {
        List<Counter> others = linear.Counters.FindAll(other => other != counter && (long)other.Step % counter.Step == 0
            && IsUsedOtherwise(other)
            && (Math.Abs((long)other.Step) == Math.Abs((long)counter.Step)
                || (other.Step is >= -LongestStep and <= LongestStep && IsAlwaysAccessed(other))));
        return others.Find(other => other.Step == counter.Step) ?? others.FirstOrDefault();
    }

    public void Remove(Counter counter, Counter pointer)
    {
        Exit exit = FindExit(counter)!.Value;
        Value test = loop.Latches[0].Terminator!;
        Value last = exit.Mask != 0
            ? Emit(new Value(Op.And, counter.Start, Value.Const(exit.Mask)), counter)
            : Emit(new Value(Op.Add, exit.Bound, Value.Const(exit.Offset)), counter);
        foreach (Value user in (users.GetValueOrDefault(counter.Next) ?? []).Where(u => !loop.Contains(u.Block!)))
        {
            user.Inputs = [.. user.Inputs.Select(input => input == counter.Next ? last : input)];
        }

        foreach (Value check in (users.GetValueOrDefault(counter.Phi) ?? []).Where(u => IsReplaceable(u, counter)).Distinct().ToArray())
        {
            check.Inputs = [pointer.Phi, Along(check.Inputs[1], counter, pointer)];
            check.Condition = Condition.Equal;
        }

        test.Inputs = [pointer.Next, Along(last, counter, pointer)];
        test.Condition = loop.Latches[0].Successors[0] == loop.Header ? Condition.NotEqual : Condition.Equal;
    }

    /// <summary>Where the pointer is when the counter has reached a number.</summary>
    private Value Along(Value number, Counter counter, Counter pointer)
    {
        long ratio = (long)pointer.Step / counter.Step;
        (Value to, Value from) = ratio < 0 ? (counter.Start, number) : (number, counter.Start);
        Value turns = Emit(new Value(Op.Sub, to, from), counter);
        Value distance = Emit(new Value(Op.Mul, turns, Value.Const(unchecked((int)Math.Abs(ratio)))), counter);
        return Emit(new Value(Op.Add, pointer.Start, distance), counter);
    }

    private Value Emit(Value candidate, Counter counter)
    {
        candidate.Position = counter.Next.Position;
        return Folding.Simplify(candidate)?.Resolved() ?? preheader.Add(candidate);
    }

    private Condition ContinueCondition(Value test) =>
        loop.Latches[0].Successors[0] == loop.Header ? test.Condition : test.Condition.Negate();

    private Exit? FindExit(Counter counter)
    {
        Block latch = loop.Latches[0];
        Value test = latch.Terminator!;
        if (test.Op != Op.Branch || latch.Successors[0] == latch.Successors[1])
        {
            return null;
        }

        bool isLeft = test.Inputs[0] == counter.Next;
        Value bound = test.Inputs[isLeft ? 1 : 0];
        if ((!isLeft && test.Inputs[1] != counter.Next) || !linear.IsInvariant(bound))
        {
            return null;
        }

        // The first number must be one with which the loop goes on, or the counter might start beyond its bound.
        Place before = new(preheader, int.MaxValue, null);
        Condition condition = ContinueCondition(test);
        bool StartsBefore() => prover.Holds(
            condition, isLeft ? counter.Start : bound, isLeft ? bound : counter.Start, before);
        switch (counter.Step, condition)
        {
            case (1 or -1, Condition.NotEqual):
                return new Exit(bound, 0, 0);
            case (1, Condition.Less or Condition.LessUnsigned) when isLeft && StartsBefore():
            case (-1, Condition.Less or Condition.LessUnsigned) when !isLeft && StartsBefore():
                return new Exit(bound, 0, 0);
            case (-1, Condition.GreaterOrEqual) when isLeft && bound.IsConst && bound.Imm > int.MinValue && StartsBefore():
                return new Exit(bound, -1, 0);
            case (1, Condition.GreaterOrEqual) when !isLeft && bound.IsConst && bound.Imm < int.MaxValue && StartsBefore():
                return new Exit(bound, 1, 0);
            case (< -1, Condition.GreaterOrEqualUnsigned) when isLeft && bound.IsConst && bound.Imm == -(long)counter.Step
                && BitOperations.IsPow2(bound.Imm) && StartsBefore():
                return new Exit(bound, 0, bound.Imm - 1);
            default:
                return null;
        }
    }

    /// <summary>A bounds check of the counter in every turn: it fails first when the counter meets the length.</summary>
    private bool IsReplaceable(Value user, Counter counter) =>
        user is { Op: Op.Check, Condition: Condition.GreaterOrEqualUnsigned } && user.Inputs[0] == counter.Phi
        && counter.Step == 1 && linear.IsInvariant(user.Inputs[1]) && loop.Contains(user.Block!)
        && dominators.Dominates(user.Block!, loop.Latches[0])
        && prover.Holds(Condition.GreaterOrEqualUnsigned, user.Inputs[1], counter.Start, new Place(preheader, int.MaxValue, null));

    /// <summary>What is used behind the loop costs nothing there.</summary>
    private static bool IsFree(Exit exit) => exit.Mask != 0 || exit.Offset == 0 || exit.Bound.IsConst;

    private bool HasOneExit() => loop.Blocks.TrueForAll(block =>
        block == loop.Latches[0] || (block.Successors.Count > 0 && block.Successors.TrueForAll(loop.Contains)));

    private bool IsUsedOtherwise(Counter counter) =>
        users.GetValueOrDefault(counter.Phi)?.Exists(user => user != counter.Next) == true
        || users.GetValueOrDefault(counter.Next)?.Exists(user => user != counter.Phi) == true;

    private bool IsAlwaysAccessed(Counter counter) => Enumerable.Concat(
            users.GetValueOrDefault(counter.Phi) ?? [], users.GetValueOrDefault(counter.Next) ?? [])
        .Any(user => user.Op is Op.Load or Op.Store
            && (user.Inputs[0] == counter.Phi || user.Inputs[0] == counter.Next)
            && loop.Contains(user.Block!) && dominators.Dominates(user.Block!, loop.Latches[0]));
}
