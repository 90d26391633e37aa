// Makes values of the pieces of slots (mem2reg, and scalar replacement of structs): block operations are split into
// accesses to pieces; phis go where definitions meet and the piece is still needed; then one walk over the dominator
// tree replaces the loads. A piece that is smaller than a word keeps the extension with which it is read; where reads
// differ, each read extends for itself.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class Promotion
{
    private readonly Function function;
    private readonly Dictionary<Slot, SlotPieces> slots;
    private readonly Dictionary<(Slot, int), Variable> variables = [];
    private readonly List<Variable> order = [];

    private Promotion(Function function)
    {
        this.function = function;
        slots = SlotPieces.Find(function);
    }

    /// <summary>One piece.</summary>
    private sealed class Variable(Piece piece)
    {
        public Piece Piece { get; } = piece;

        public bool IsReadSigned { get; set; }

        public bool IsReadUnsigned { get; set; }

        /// <summary>Some access covers a part of the piece only.</summary>
        public bool HasPartialAccess { get; set; }

        public List<Block> Definitions { get; } = [];

        /// <summary>Blocks that read the piece before they write it.</summary>
        public List<Block> Reads { get; } = [];

        public Value Undefined { get; } = piece.Size == 4 ? new Value(Op.Undefined) : Value.Const(0);

        /// <summary>The definition that reaches the place of the walk.</summary>
        public Value? Current { get; set; }

        /// <summary>Reads differ in their extension, so that the value is kept with any upper bits.</summary>
        public bool IsRaw => Piece.Size < 4 && (HasPartialAccess || (IsReadSigned && IsReadUnsigned));
    }

    public static bool Run(Function function) => new Promotion(function).Run();

    private bool Run()
    {
        if (!slots.Values.Any(pieces => !pieces.IsPinned))
        {
            return false;
        }

        bool split = false;
        foreach (Block block in function.Blocks)
        {
            split |= SplitBlockOperations(block);
        }

        CollectVariables();
        if (order.Count == 0)
        {
            return split;
        }

        Dominators dominators = new(function);
        List<(Value Phi, Variable Variable)>?[] phis = new List<(Value, Variable)>?[function.Blocks.Count];
        foreach (Variable variable in order)
        {
            PlacePhis(variable, dominators, phis);
        }

        Rename(dominators, phis);
        function.Resolve();
        return true;
    }

    private bool SplitBlockOperations(Block block)
    {
        if (!block.Body.Exists(v => v.Op is Op.CopyMemory or Op.ClearMemory && v.Inputs.Any(IsPromotable)))
        {
            return false;
        }

        List<Value> body = [];
        foreach (Value value in block.Body)
        {
            if (value.Op is not (Op.CopyMemory or Op.ClearMemory) || !value.Inputs.Any(IsPromotable))
            {
                body.Add(value);
                continue;
            }

            // The source of a copy to memory covers it all; otherwise the pieces of the target are what counts.
            Value target = value.Inputs[0];
            Value leading = IsPromotable(target) ? target : value.Inputs[1];
            foreach (Piece piece in slots[leading.Slot!].Within(leading.Imm, value.Imm))
            {
                int offset = piece.Offset - leading.Imm;
                Value word = Value.Const(0);
                if (value.Op == Op.CopyMemory)
                {
                    word = Access(value, new Value(Op.Load, value.Inputs[1]), offset, piece.Size);
                    body.Add(word);
                }

                body.Add(Access(value, new Value(Op.Store, target, word), offset, piece.Size));
            }
        }

        foreach (Value value in body)
        {
            value.Block = block;
        }

        block.Body = body;
        return true;
    }

    private static Value Access(Value operation, Value access, int offset, int size)
    {
        access.Imm = offset;
        access.Size = (byte)size;
        access.Position = operation.Position;
        Folding.Simplify(access);
        return access;
    }

    private bool IsPromotable(Value address) => address.Op == Op.SlotAddress && !slots[address.Slot!].IsPinned;

    private Variable? Accessed(Value access)
    {
        if (access.Op is not (Op.Load or Op.Store) || !IsPromotable(access.Inputs[0]))
        {
            return null;
        }

        Slot slot = access.Inputs[0].Slot!;
        SlotPieces pieces = slots[slot];
        Piece piece = pieces.Pieces[pieces.IndexOf(access.Inputs[0].Imm + access.Imm)];
        if (!variables.TryGetValue((slot, piece.Offset), out Variable? variable))
        {
            variables.Add((slot, piece.Offset), variable = new Variable(piece));
            order.Add(variable);
        }

        return variable;
    }

    private void CollectVariables()
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.Body)
            {
                if (Accessed(value) is not { } variable)
                {
                    continue;
                }

                bool partial = value.Size < variable.Piece.Size;
                variable.HasPartialAccess |= partial;
                if (value.Op == Op.Load)
                {
                    variable.IsReadSigned |= value.Signed;
                    variable.IsReadUnsigned |= !value.Signed;
                }

                bool defined = variable.Definitions.Count > 0 && variable.Definitions[^1] == block;
                if ((value.Op == Op.Load || partial) && !defined && (variable.Reads.Count == 0 || variable.Reads[^1] != block))
                {
                    variable.Reads.Add(block);
                }

                if (value.Op == Op.Store && !defined)
                {
                    variable.Definitions.Add(block);
                }
            }
        }
    }

    private static void PlacePhis(Variable variable, Dominators dominators, List<(Value, Variable)>?[] phis)
    {
        foreach (Block block in PhiPlacement.Find(dominators, variable.Definitions, variable.Reads))
        {
            Value phi = new(Op.Phi) { Inputs = new Value[block.Predecessors.Count] };
            (phis[block.Id] ??= []).Add((phi, variable));
        }
    }

    private void Rename(Dominators dominators, List<(Value Phi, Variable Variable)>?[] phis)
    {
        // Over which edges a block gives values to phis: target and the edge's number there.
        List<(Block Target, int Index)>?[] outgoing = new List<(Block, int)>?[function.Blocks.Count];
        foreach (Block block in function.Blocks)
        {
            for (int i = 0; phis[block.Id] is not null && i < block.Predecessors.Count; i++)
            {
                (outgoing[block.Predecessors[i].Id] ??= []).Add((block, i));
            }
        }

        Stack<(Block Block, int UndoneTo)> open = new();
        Stack<(Variable Variable, Value? Before)> undo = new();
        void Define(Variable variable, Value value)
        {
            undo.Push((variable, variable.Current));
            variable.Current = value;
        }

        open.Push((function.Entry, -1));
        while (open.TryPop(out (Block Block, int UndoneTo) next))
        {
            if (next.UndoneTo >= 0)
            {
                while (undo.Count > next.UndoneTo)
                {
                    (Variable variable, Value? before) = undo.Pop();
                    variable.Current = before;
                }

                continue;
            }

            Block block = next.Block;
            open.Push((block, undo.Count));
            foreach ((Value phi, Variable variable) in phis[block.Id] ?? [])
            {
                block.AddPhi(phi);
                Define(variable, phi);
            }

            RenameBody(block, Define);
            foreach ((Block target, int index) in outgoing[block.Id] ?? [])
            {
                foreach ((Value phi, Variable variable) in phis[target.Id]!)
                {
                    phi.Inputs[index] = (variable.Current ?? variable.Undefined).Resolved();
                }
            }

            foreach (Block child in dominators.Children(block))
            {
                open.Push((child, -1));
            }
        }
    }

    private void RenameBody(Block block, Action<Variable, Value> define)
    {
        List<Value> body = [];
        foreach (Value value in block.Body)
        {
            for (int i = 0; i < value.Inputs.Length; i++)
            {
                value.Inputs[i] = value.Inputs[i].Resolved();
            }

            if (Accessed(value) is not { } variable)
            {
                body.Add(value);
                continue;
            }

            Value current = (variable.Current ?? variable.Undefined).Resolved();
            int shift = 8 * (value.Inputs[0].Imm + value.Imm - variable.Piece.Offset);
            if (value.Op == Op.Load)
            {
                value.Become(variable.Piece.Size == 4 && value.Size == 4 ? current
                    : variable.IsRaw || variable.Piece.Size == 4 ? Extract(current, value, shift) : current);
            }
            else if (value.Size == variable.Piece.Size)
            {
                define(variable, variable.Piece.Size == 4 || variable.IsRaw
                    ? value.Inputs[1]
                    : Extend(value.Inputs[1], value.Size, variable.IsReadSigned, value));
            }
            else
            {
                define(variable, Insert(current, value, shift));
            }
        }

        block.Body = body;

        Value Emit(Value candidate, Value origin)
        {
            candidate.Position = origin.Position;
            if (Folding.Simplify(candidate)?.Resolved() is { } same)
            {
                return same;
            }

            candidate.Block = block;
            body.Add(candidate);
            return candidate;
        }

        Value Extend(Value word, int size, bool signed, Value origin) => Emit(
            signed ? new Value(size == 1 ? Op.SignExtend8 : Op.SignExtend16, word)
                : new Value(Op.And, word, Value.Const(size == 1 ? 0xff : 0xffff)),
            origin);

        Value Extract(Value word, Value load, int shift) =>
            Extend(Emit(new Value(Op.ShiftRight, word, Value.Const(shift)), load), load.Size, load.Signed, load);

        Value Insert(Value word, Value store, int shift)
        {
            int mask = store.Size == 1 ? 0xff : 0xffff;
            Value part = Emit(new Value(Op.And, store.Inputs[1], Value.Const(mask)), store);
            Value rest = Emit(new Value(Op.And, word, Value.Const(~(mask << shift))), store);
            return Emit(new Value(Op.Or, rest, Emit(new Value(Op.ShiftLeft, part, Value.Const(shift)), store)), store);
        }
    }
}
