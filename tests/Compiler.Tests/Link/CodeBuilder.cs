// A machine function, instruction by instruction.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

internal sealed class CodeBuilder(string name)
{
    public const byte Ra = 1;
    public const byte Sp = 2;
    public const byte Gp = 3;
    public const byte A0 = 10;
    public const byte A1 = 11;

    private SourcePosition? position;

    public MachineFunction Function { get; } = new(new FunctionSymbol(name));

    public FunctionSymbol Symbol => Function.Symbol;

    public static MachineFunction Naked(string name, params uint[] words)
    {
        var naked = new NakedCode();
        naked.Words.AddRange(words);
        return new MachineFunction(new FunctionSymbol(name)) { Naked = naked };
    }

    public static DataSymbol Data(string name, int size, int alignment = 4, byte[]? content = null, bool isReadOnly = false) =>
        new(name, size, alignment) { Content = content, IsReadOnly = isReadOnly };

    /// <summary>Links functions, the first is the entry.</summary>
    public static LinkedImage Link(params CodeBuilder[] functions) => Link(MemoryMap.Ram, functions);

    public static LinkedImage Link(MemoryMap map, params CodeBuilder[] functions) =>
        Linker.Link(new LinkInput { Functions = [.. functions.Select(function => function.Function)], Map = map });

    /// <summary>The instructions from here on come from that line.</summary>
    public CodeBuilder At(string document, int line)
    {
        position = new SourcePosition(document, line);
        Function.Position ??= position;
        return this;
    }

    public CodeBuilder Add(MachineOp op, int rd = 0, int rs1 = 0, int rs2 = 0, int imm = 0) => Add(new MachineInstruction
    {
        Op = op, Rd = (byte)rd, Rs1 = (byte)rs1, Rs2 = (byte)rs2, Imm = imm, Label = -1,
    });

    public CodeBuilder Add(MachineInstruction instruction)
    {
        instruction.Position = position;
        Function.Code.Add(instruction);
        return this;
    }

    /// <summary>So many words of zeros, which objdump leaves out.</summary>
    public CodeBuilder Fill(int count)
    {
        for (int index = 0; index < count; index++)
        {
            Add(MachineOp.Raw, imm: 0);
        }

        return this;
    }

    public int NewLabel()
    {
        Function.Labels.Add(-1);
        return Function.Labels.Count - 1;
    }

    public CodeBuilder Mark(int label)
    {
        Function.Labels[label] = Function.Code.Count;
        return this;
    }

    public CodeBuilder Branch(MachineOp op, int rs1, int rs2, int label) =>
        Add(new MachineInstruction { Op = op, Rs1 = (byte)rs1, Rs2 = (byte)rs2, Label = label });

    public CodeBuilder Jump(int label, int rd = 0) => Add(new MachineInstruction { Op = MachineOp.Jal, Rd = (byte)rd, Label = label });

    public CodeBuilder Call(Symbol symbol, int rd = Ra, bool isPanicSite = false) => Add(new MachineInstruction
    {
        Op = MachineOp.Jal, Rd = (byte)rd, Label = -1, Symbol = symbol, IsPanicSite = isPanicSite,
    });

    public CodeBuilder High(int rd, Symbol symbol, int addend = 0) => Add(new MachineInstruction
    {
        Op = MachineOp.Lui, Rd = (byte)rd, Label = -1, Part = AddressPart.High, Symbol = symbol, Imm = addend,
    });

    public CodeBuilder Low(MachineOp op, int register, int rs1, Symbol symbol, int addend = 0) => Add(new MachineInstruction
    {
        Op = op,
        Rd = op is >= MachineOp.Sb and <= MachineOp.Sw ? (byte)0 : (byte)register,
        Rs2 = op is >= MachineOp.Sb and <= MachineOp.Sw ? (byte)register : (byte)0,
        Rs1 = (byte)rs1,
        Label = -1,
        Part = AddressPart.Low,
        Symbol = symbol,
        Imm = addend,
    });

    /// <summary>The address of a symbol in a register.</summary>
    public CodeBuilder Address(int rd, Symbol symbol, int addend = 0) =>
        High(rd, symbol, addend).Low(MachineOp.Addi, rd, rd, symbol, addend);

    public CodeBuilder Return() => Add(MachineOp.Jalr, rs1: Ra);
}
