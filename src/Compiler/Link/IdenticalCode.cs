// Functions with the same instructions become one, as instances of a generic method often have. Calls of functions
// that became one are the same, too, so this goes on until nothing changes. Function pointers of two such functions
// are equal.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

internal static class IdenticalCode
{
    // Code that shrinks in more rounds than this stays a little larger.
    private const int Rounds = 16;

    /// <summary>For each function that another stands for, that other one.</summary>
    /// <param name="functions">The functions; the first of equal ones stays.</param>
    /// <param name="keepsPositions">Panic sites of different lines are different.</param>
    public static Dictionary<Symbol, Symbol> Find(IReadOnlyList<MachineFunction> functions, bool keepsPositions)
    {
        Dictionary<Symbol, Symbol> replacements = [];
        Dictionary<Symbol, uint> numbers = [];
        bool changed = true;
        for (int round = 0; changed && round < Rounds; round++)
        {
            changed = false;
            Dictionary<string, Symbol> seen = [];
            foreach (MachineFunction function in functions)
            {
                // Naked code may be a trap vector, and jump tables name labels of their own function.
                if (function.Naked is not null || function.JumpTables.Count > 0 || replacements.ContainsKey(function.Symbol))
                {
                    continue;
                }

                string content = Content(function, replacements, numbers, keepsPositions);
                if (!seen.TryAdd(content, function.Symbol))
                {
                    replacements.Add(function.Symbol, seen[content]);
                    changed = true;
                }
            }
        }

        // What a function was replaced by may have been replaced in a later round.
        foreach (Symbol symbol in replacements.Keys.ToArray())
        {
            while (replacements.TryGetValue(replacements[symbol], out Symbol? next))
            {
                replacements[symbol] = next;
            }
        }

        return replacements;
    }

    private static string Content(
        MachineFunction function, Dictionary<Symbol, Symbol> replacements, Dictionary<Symbol, uint> numbers, bool keepsPositions)
    {
        var content = new ByteWriter();
        foreach (MachineInstruction instruction in function.Code)
        {
            content.Bytes([(byte)instruction.Op, instruction.Rd, instruction.Rs1, instruction.Rs2, (byte)instruction.Part]);
            content.Word(instruction.Imm);
            if (instruction.Symbol is { } symbol)
            {
                symbol = replacements.GetValueOrDefault(symbol, symbol);
                content.Word(symbol == function.Symbol ? 0 : Number(symbol, numbers));
            }
            else if (instruction.Op == MachineOp.Jal || Encoder.IsBranch(instruction.Op))
            {
                content.Word(function.Labels[instruction.Label]);
            }

            if (keepsPositions && instruction is { IsPanicSite: true, Position: { } position })
            {
                content.Text(position.ToString());
            }
        }

        return Convert.ToBase64String(content.ToArray());
    }

    private static uint Number(Symbol symbol, Dictionary<Symbol, uint> numbers)
    {
        if (!numbers.TryGetValue(symbol, out uint number))
        {
            number = (uint)numbers.Count + 1;
            numbers.Add(symbol, number);
        }

        return number;
    }
}
