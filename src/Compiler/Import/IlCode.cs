// IL bytes as instructions, all of a method at once, so that a bad branch or a truncated operand is found first.

using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace XousCloud.Compiler.Import;

/// <summary>One IL instruction. <see cref="Operand"/> is a token, a number, or a branch's target offset.</summary>
internal readonly record struct IlInstruction(int Offset, int Next, ILOpCode Op, long Operand, int[]? Targets);

internal sealed class IlCode
{
    private const int LargestMethod = 1 << 20;

    private static readonly Dictionary<ushort, OperandType> operandTypes = typeof(OpCodes).GetFields()
        .Where(field => field.FieldType == typeof(OpCode))
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value, code => code.OperandType);

    private readonly Dictionary<int, int> indexOf = [];

    private IlCode(List<IlInstruction> instructions)
    {
        Instructions = instructions;
        for (int i = 0; i < instructions.Count; i++)
        {
            indexOf[instructions[i].Offset] = i;
        }
    }

    public IReadOnlyList<IlInstruction> Instructions { get; }

    /// <summary>The index of the instruction at an offset.</summary>
    public int At(long offset) => offset is >= 0 and < LargestMethod && indexOf.TryGetValue((int)offset, out int index)
        ? index
        : throw new BadImageFormatException("A branch leads between two instructions.");

    public static IlCode Decode(byte[] code)
    {
        if (code.Length > LargestMethod)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"A method is longer than {LargestMethod} bytes of IL.");
        }

        List<IlInstruction> instructions = [];
        int at = 0;
        while (at < code.Length)
        {
            int start = at;
            ushort op = code[at++];
            if (op == 0xFE)
            {
                op = (ushort)(0xFE00 | Byte(code, ref at));
            }

            if (!operandTypes.TryGetValue(op, out OperandType type))
            {
                throw new BadImageFormatException("There is no such IL instruction.");
            }

            long operand = 0;
            int[]? targets = null;
            switch (type)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget:
                    operand = (sbyte)Byte(code, ref at);
                    operand += at;
                    break;
                case OperandType.ShortInlineI:
                    operand = (ILOpCode)op == ILOpCode.Ldc_i4_s ? (sbyte)Byte(code, ref at) : Byte(code, ref at);
                    break;
                case OperandType.ShortInlineVar:
                    operand = Byte(code, ref at);
                    break;
                case OperandType.InlineVar:
                    operand = (ushort)Number(code, ref at, 2);
                    break;
                case OperandType.InlineBrTarget:
                    operand = (int)Number(code, ref at, 4);
                    operand += at;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    operand = Number(code, ref at, 8);
                    break;
                case OperandType.InlineSwitch:
                    long count = (uint)Number(code, ref at, 4);
                    if (count > (code.Length - at) / 4)
                    {
                        throw new BadImageFormatException("A switch is cut off.");
                    }

                    targets = new int[count];
                    for (int i = 0; i < targets.Length; i++)
                    {
                        targets[i] = (int)Number(code, ref at, 4);
                    }

                    for (int i = 0; i < targets.Length; i++)
                    {
                        targets[i] = unchecked(targets[i] + at);
                    }

                    break;
                default:
                    operand = (int)Number(code, ref at, 4);
                    break;
            }

            instructions.Add(new IlInstruction(start, at, (ILOpCode)op, operand, targets));
        }

        return new IlCode(instructions);
    }

    private static byte Byte(byte[] code, ref int at) =>
        at < code.Length ? code[at++] : throw new BadImageFormatException("An IL instruction is cut off.");

    private static long Number(byte[] code, ref int at, int size)
    {
        if (at + size > code.Length)
        {
            throw new BadImageFormatException("An IL instruction is cut off.");
        }

        long number = size switch
        {
            2 => BitConverter.ToInt16(code, at),
            4 => BitConverter.ToInt32(code, at),
            _ => BitConverter.ToInt64(code, at),
        };
        at += size;
        return number;
    }
}
