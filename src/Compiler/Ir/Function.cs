// One function of the program: its blocks in layout order (the first is the entry) and its frame slots.

namespace XousCloud.Compiler.Ir;

/// <summary>A piece of the function's frame: a local, or a temporary struct. Most are promoted to values and vanish.</summary>
public sealed class Slot(int size, int alignment, string name)
{
    public int Size { get; } = size;

    /// <summary>Bytes, a power of 2 up to 16.</summary>
    public int Alignment { get; } = alignment;

    public override string ToString() => name;
}

public sealed class Function(FunctionSymbol symbol)
{
    public FunctionSymbol Symbol { get; } = symbol;

    public string Name => Symbol.Name;

    public List<Block> Blocks { get; set; } = [];

    public Block Entry => Blocks[0];

    /// <summary>How many argument words the function takes.</summary>
    public int ParameterWords { get; set; }

    /// <summary>How many words it returns in a0 and a1, 0 to 2.</summary>
    public int ResultWords { get; set; }

    /// <summary>Where the function is declared.</summary>
    public SourcePosition? Position { get; set; }

    /// <summary>Instruction words that a naked function consists of, or null: see Evaluate/NakedCode.</summary>
    public NakedCode? Naked { get; set; }

    /// <summary>Numbers blocks and values from 0, leaves too, and returns how many values there are.</summary>
    public int Number()
    {
        int values = 0;
        int blocks = 0;
        foreach (Block block in Blocks)
        {
            block.Id = blocks++;
            foreach (Value value in block.All())
            {
                value.Id = values++;
            }
        }

        foreach (Block block in Blocks)
        {
            foreach (Value value in block.All())
            {
                foreach (Value input in value.Inputs)
                {
                    if (input.IsLeaf)
                    {
                        input.Id = values++;
                    }
                }
            }
        }

        return values;
    }

    /// <summary>Rewrites every input to what stands for it since <see cref="Value.Become"/>, and drops replaced values.</summary>
    public void Resolve()
    {
        foreach (Block block in Blocks)
        {
            block.Phis.RemoveAll(phi => phi.Forward is not null);
            block.Body.RemoveAll(value => value.Forward is not null);
            foreach (Value value in block.All())
            {
                Value[] inputs = value.Inputs;
                for (int i = 0; i < inputs.Length; i++)
                {
                    inputs[i] = inputs[i].Resolved();
                }
            }
        }
    }
}

/// <summary>The code of a naked function: instruction words, and calls and jumps to symbols among them.</summary>
public sealed class NakedCode
{
    public List<uint> Words { get; } = [];

    /// <summary>Word index, target, addend of instructions whose immediate is an address: <c>jal</c> at that word, or a lui/addi pair.</summary>
    public List<(int Index, NakedRelocation Kind, Symbol Target, int Addend)> Relocations { get; } = [];
}

/// <summary>How the linker fills in an address in naked code.</summary>
public enum NakedRelocation : byte
{
    /// <summary>The 21-bit offset of a <c>jal</c>.</summary>
    Jal,

    /// <summary>The upper 20 bits of a <c>lui</c>, rounded for a signed low part.</summary>
    High,

    /// <summary>The low 12 bits of an I-type immediate.</summary>
    Low,

    /// <summary>The whole word.</summary>
    Word,
}

public static class BlockValues
{
    /// <summary>Phis, body and terminator in their order.</summary>
    public static IEnumerable<Value> All(this Block block)
    {
        foreach (Value phi in block.Phis)
        {
            yield return phi;
        }

        foreach (Value value in block.Body)
        {
            yield return value;
        }

        if (block.Terminator is { } terminator)
        {
            yield return terminator;
        }
    }
}
