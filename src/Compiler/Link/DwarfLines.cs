// .debug_line: which address comes from which line. Every function is a sequence: a row for its declaration and its
// prologue, then one wherever an instruction's line differs from the one before; instructions without a position belong
// to the row before.
//
// The first statement always has a row of its own, at the declaration's address if there is no prologue and even if the
// lines are the same: a function's second row tells debuggers where its prologue ends.

using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Link;

internal sealed class DwarfLines
{
    private const int Version = 4;
    private const int InstructionLength = 2;
    private const int LineBase = -5;
    private const int LineRange = 14;
    private const int OpcodeBase = 13;

    private const int AdvancePc = 2;
    private const int AdvanceLine = 3;
    private const int SetFile = 4;

    private const int EndSequence = 1;
    private const int SetAddress = 2;

    private readonly Dictionary<string, uint> files = [];
    private readonly Dictionary<string, uint> folders = [];
    private readonly ByteWriter fileTable = new();
    private readonly ByteWriter folderTable = new();
    private readonly ByteWriter program = new();

    // The state machine's registers within a sequence.
    private uint address;
    private uint file;
    private int line;

    public DwarfLines(IReadOnlyList<PlacedFunction> functions)
    {
        foreach (PlacedFunction function in functions)
        {
            WriteSequence(function);
        }

        Section = Join();
    }

    public byte[] Section { get; }

    /// <summary>The number of a source file that some row or function names.</summary>
    public uint FileNumber(string document) => files[document];

    private static (string Folder, string Name) Split(string document)
    {
        int end = document.LastIndexOfAny(['/', '\\']);
        return (end < 0 ? "" : document[..Math.Max(end, 1)], document[(end + 1)..]);
    }

    private uint Number(string document)
    {
        if (!files.TryGetValue(document, out uint number))
        {
            number = (uint)files.Count + 1;
            files.Add(document, number);
            (string folder, string name) = Split(document);
            fileTable.Text(name.Length == 0 ? "?" : name);
            fileTable.Uleb(FolderNumber(folder));
            fileTable.Uleb(0); // time
            fileTable.Uleb(0); // length
        }

        return number;
    }

    private uint FolderNumber(string folder)
    {
        if (folder.Length == 0)
        {
            return 0;
        }

        if (!folders.TryGetValue(folder, out uint number))
        {
            number = (uint)folders.Count + 1;
            folders.Add(folder, number);
            folderTable.Text(folder);
        }

        return number;
    }

    private void WriteSequence(PlacedFunction function)
    {
        List<MachineInstruction> code = function.Function.Naked is null ? function.Function.Code : [];
        SourcePosition? declaration = function.Function.Position
            ?? code.Find(instruction => instruction.Position is not null).Position;
        if (declaration is null)
        {
            return;
        }

        Number(declaration.Document);
        if (function.Size == 0)
        {
            return;
        }

        Start(function.Address);
        Row(function.Address, declaration);
        bool isFirst = true;
        for (int index = PrologueLength(function.Function); index < code.Count; index++)
        {
            if (code[index].Position is not { } position || function.Sizes[index] == 0)
            {
                continue;
            }

            bool isSame = Number(position.Document) == file && position.Line == line;
            if (isFirst || !isSame)
            {
                Row(function.AddressOf(index), position);
                isFirst = false;
            }
        }

        program.Byte(AdvancePc);
        program.Uleb((function.Address + function.Size - address) / InstructionLength);
        Extended(EndSequence, 0);
    }

    // The instructions up to the rule that holds once the frame stands.
    private static int PrologueLength(MachineFunction function) => function.FrameRules switch
    {
        [{ CfaOffset: > 0, Saved.Count: 0 } first, { Saved.Count: > 0 } second, ..] when first.CfaOffset == second.CfaOffset => second.Index,
        [{ CfaOffset: > 0 } first, ..] => first.Index,
        _ => 0,
    };

    private void Start(uint start)
    {
        Extended(SetAddress, sizeof(uint));
        program.Word(start);
        address = start;
        file = 1;
        line = 1;
    }

    private void Row(uint at, SourcePosition position)
    {
        uint number = Number(position.Document);
        if (number != file)
        {
            program.Byte(SetFile);
            program.Uleb(number);
            file = number;
        }

        // Line numbers come from a file that may be damaged; DWARF's are not negative.
        int lines = Math.Max(0, position.Line) - line;
        uint advance = (at - address) / InstructionLength;
        if (lines is < LineBase or >= LineBase + LineRange)
        {
            program.Byte(AdvanceLine);
            program.Sleb(lines);
            line += lines;
            lines = 0;
        }

        ulong special = (ulong)(lines - LineBase) + (LineRange * (ulong)advance) + OpcodeBase;
        if (special > byte.MaxValue)
        {
            program.Byte(AdvancePc);
            program.Uleb(advance);
            special = (ulong)(lines - LineBase) + OpcodeBase;
        }

        program.Byte((int)special);
        line += lines;
        address = at;
    }

    private void Extended(int opcode, int operandLength)
    {
        program.Byte(0);
        program.Byte(1 + operandLength);
        program.Byte(opcode);
    }

    private byte[] Join()
    {
        var section = new ByteWriter();
        section.Word(0);
        section.Half(Version);
        int headerLength = section.Length;
        section.Word(0);
        section.Byte(InstructionLength);
        section.Byte(1); // operations in an instruction
        section.Byte(1); // rows are statements
        section.Byte(LineBase);
        section.Byte(LineRange);
        section.Byte(OpcodeBase);
        section.Bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]); // operands of the standard opcodes
        section.Bytes(folderTable.ToArray());
        section.Byte(0);
        section.Bytes(fileTable.ToArray());
        section.Byte(0);
        section.Set(headerLength, (uint)(section.Length - headerLength - sizeof(uint)));
        section.Bytes(program.ToArray());
        section.Set(0, (uint)section.Length - sizeof(uint));
        return section.ToArray();
    }
}
