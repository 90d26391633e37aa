// One operation and its result word. Values are identities: a pass that replaces one calls Become, and Function.Resolve
// then rewrites the inputs of everybody.

using System.Globalization;

namespace XousCloud.Compiler.Ir;

public sealed class Value(Op op, params Value[] inputs)
{
    private static readonly Value[] none = [];

    public Op Op { get; set; } = op;

    public Value[] Inputs { get; set; } = inputs.Length == 0 ? none : inputs;

    /// <summary>The constant, displacement, word number or count that <see cref="Ir.Op"/> names.</summary>
    public int Imm { get; set; }

    /// <summary>The symbol of SymbolAddress and Call.</summary>
    public Symbol? Symbol { get; set; }

    /// <summary>The slot of SlotAddress.</summary>
    public Slot? Slot { get; set; }

    public Condition Condition { get; set; }

    /// <summary>Bytes of a memory access (1, 2 or 4), or the alignment of a block operation.</summary>
    public byte Size { get; set; }

    /// <summary>A sub-word load extends its sign.</summary>
    public bool Signed { get; set; }

    /// <summary>A memory access that is neither removed, repeated, merged nor moved over another volatile access or barrier.</summary>
    public bool Volatile { get; set; }

    /// <summary>
    /// A Parameter, Load, Call or Result that is never negative, as the length of a span, array or string is: bounds
    /// checks fold better where that is known.
    /// </summary>
    public bool IsNonNegative { get; set; }

    /// <summary>
    /// The greatest number that a value with <see cref="IsNonNegative"/> can be: a span of words has at most 0x3fffffff.
    /// </summary>
    public int Maximum { get; set; } = int.MaxValue;

    public PanicKind Panic { get; set; }

    public CsrOperation Csr { get; set; }

    public AtomicOperation Atomic { get; set; }

    /// <summary>What an Unsupported value stands for.</summary>
    public Diagnostic? Diagnostic { get; set; }

    /// <summary>Where the value comes from: the innermost line of the program's own sources.</summary>
    public SourcePosition? Position { get; set; }

    /// <summary>The block that holds the value, or null for a leaf.</summary>
    public Block? Block { get; set; }

    /// <summary>A number for tables of passes; <see cref="Function.Number"/> gives it.</summary>
    public int Id { get; set; } = -1;

    /// <summary>What stands in for this value since <see cref="Become"/>.</summary>
    public Value? Forward { get; private set; }

    public bool IsLeaf => Op <= Op.Undefined;

    public bool IsConst => Op == Op.Const;

    public bool IsTerminator => Op >= Op.Jump;

    /// <summary>Whether the operation must stay although nobody uses its result.</summary>
    public bool HasEffect => Op switch
    {
        Op.Load => Volatile,
        Op.Store or Op.CopyMemory or Op.ClearMemory or Op.Call or Op.CallIndirect or Op.EnvironmentCall or Op.CsrAccess
            or Op.Instruction or Op.FenceVirtualMemory or Op.AtomicAccess or Op.CompareExchange or Op.Check
            or Op.Unsupported => true,
        _ => Op >= Op.Jump,
    };

    /// <summary>Whether the result depends on the inputs alone, so that equal values can be one.</summary>
    public bool IsPure => Op is >= Op.Add and <= Op.ZeroExtend16;

    /// <summary>Whether the operation is a call that may read and write any memory that it can reach.</summary>
    public bool IsCall => Op is Op.Call or Op.CallIndirect or Op.EnvironmentCall;

    public static Value Const(int number) => new(Op.Const) { Imm = number };

    public static Value AddressOf(Symbol symbol, int offset = 0) => new(Op.SymbolAddress) { Symbol = symbol, Imm = offset };

    public static Value AddressOf(Slot slot, int offset = 0) => new(Op.SlotAddress) { Slot = slot, Imm = offset };

    public bool Is(int number) => Op == Op.Const && Imm == number;

    /// <summary>The value that stands for this one after all replacements so far.</summary>
    public Value Resolved()
    {
        Value value = this;
        while (value.Forward is { } next)
        {
            value = next;
        }

        if (Forward is not null && Forward != value)
        {
            Forward = value;
        }

        return value;
    }

    /// <summary>Lets <paramref name="other"/> take this value's place wherever it is used.</summary>
    public void Become(Value other)
    {
        other = other.Resolved();
        if (other != this)
        {
            Forward = other;
        }
    }

    /// <summary>Whether two leaves are the same word.</summary>
    public bool SameLeaf(Value other) =>
        this == other || (Op == other.Op && Op is Op.Const or Op.SymbolAddress or Op.SlotAddress
            && other.Op == Op && Imm == other.Imm && Symbol == other.Symbol && Slot == other.Slot);

    public override string ToString() => Op switch
    {
        Op.Const => Imm is > -10000 and < 10000 ? Imm.ToString(CultureInfo.InvariantCulture) : $"0x{Imm:x}",
        Op.SymbolAddress => Imm == 0 ? $"&{Symbol!.Name}" : $"&{Symbol!.Name}+{Imm}",
        Op.SlotAddress => Imm == 0 ? $"&{Slot}" : $"&{Slot}+{Imm}",
        _ => $"v{Id}",
    };
}
