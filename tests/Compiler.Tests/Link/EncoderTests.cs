// Both encoders against the GNU assembler: every operation with the registers and immediates at the edges of its forms.

using System.Buffers.Binary;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

public sealed class EncoderTests
{
    // x0, ra, sp, gp, the first and last that three bits name and their neighbours, the last.
    private static readonly byte[] registers = [0, 1, 2, 3, 7, 8, 9, 15, 16, 31];

    private static readonly int[] immediates =
    [
        0, 1, -1, 2, 3, 4, 8, 12, 16, -16, 31, 32, -32, -33, 48, 60, 64, 124, 125, 126, 128, 248, 252, 254, 256, -256, -255,
        496, 512, -512, -528, 1008, 1016, 1020, 1021, 1023, 1024, 2032, 2047, -2048, -2047, 0x555, -0x556,
    ];

    private static readonly int[] distances =
    [
        0, 2, -2, 4, 6, 8, 16, 32, 64, 128, 254, 256, -256, -258, 0xAA, -0xAA, 510, 512, 1024, 2046, 2048, -2048, -2050,
        4094, -4096, 0x0AAA, -0x0AAA, 0x0554,
    ];

    private static readonly int[] farDistances = [4096, -4098, 0xAAAAA, -0xAAAAA, 0x55554, 0xFFFFE, -0x100000];

    public static TheoryData<MachineOp> Operations =>
        [.. Enum.GetValues<MachineOp>().Where(op => op is not MachineOp.Nop)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Words_are_the_assemblers(MachineOp op)
    {
        List<MachineInstruction> code = [.. Variants(op)];
        byte[] expected = BinaryTools.Assemble(Source("norvc", code.Select(instruction => AssemblerText.Of(instruction))));

        Assert.Equal(4 * code.Count, expected.Length);
        for (int index = 0; index < code.Count; index++)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(expected.AsSpan(4 * index));
            Assert.True(
                word == Encoder.Encode(code[index]),
                $"{AssemblerText.Of(code[index])}: {Encoder.Encode(code[index]):X8}, but the assembler has {word:X8}");
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Halves_are_the_assemblers(MachineOp op)
    {
        List<MachineInstruction> code = [.. Variants(op)];
        byte[] expected = BinaryTools.Assemble(Source("rvc", code.Select(instruction => AssemblerText.ShortOf(instruction))));

        int offset = 0;
        foreach (MachineInstruction instruction in code)
        {
            ushort half = BinaryPrimitives.ReadUInt16LittleEndian(expected.AsSpan(offset));
            bool isHalf = (half & 3) != 3 && op != MachineOp.Raw;
            ushort ours = op == MachineOp.Raw ? (ushort)0 : CompressedEncoder.Encode(instruction);
            Assert.True(
                ours == (isHalf ? half : 0),
                $"{AssemblerText.Of(instruction)}: {ours:X4}, but the assembler has {(isHalf ? $"{half:X4}" : "no short form")}");
            offset += isHalf ? 2 : 4;
        }

        Assert.Equal(expected.Length, offset);
    }

    [Fact]
    public void Immediates_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Addi, Imm = 2048 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Sw, Imm = -2049 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Slli, Imm = 32 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Lui, Imm = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Beq, Imm = 4096 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Beq, Imm = 3 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Jal, Imm = 1 << 20 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Add, Rd = 32 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder.Encode(new MachineInstruction { Op = MachineOp.Nop }));
    }

    private static string Source(string option, IEnumerable<string> lines) => $".option {option}\n{string.Join('\n', lines)}\n";

    private static IEnumerable<MachineInstruction> Variants(MachineOp op) => op switch
    {
        MachineOp.Raw => [new() { Op = op, Imm = 0x0FF0000F }, new() { Op = op, Imm = unchecked((int)0xDEADBEEF) }],
        MachineOp.Lui => Numbers(op, [0, 1, 31, 32, 0x7FFFF, 0x80000, 0xFFFDF, 0xFFFE0, 0xFFFFF, 0xAAAAA]),
        MachineOp.Jal => Numbers(op, [.. distances, .. farDistances]),
        >= MachineOp.Beq and <= MachineOp.Bgeu => Pairs(op, distances),
        >= MachineOp.Slli and <= MachineOp.Srai => Numbers(op, [0, 1, 2, 15, 16, 30, 31]),
        >= MachineOp.Csrrw and <= MachineOp.Csrrci => Numbers(op, [0, 0x300, 0x7C0, 0xB02, 0xC00, 0xFFF]),
        >= MachineOp.Addi and <= MachineOp.Andi or MachineOp.Jalr or (>= MachineOp.Lb and <= MachineOp.Lhu) => Numbers(op, immediates),
        >= MachineOp.Sb and <= MachineOp.Sw => Pairs(op, immediates),
        MachineOp.SfenceVma => Pairs(op, [0]),
        MachineOp.LrW => Numbers(op, [0]),
        _ => from pair in Pairs(op, [0]) from rd in registers select pair with { Rd = rd },
    };

    private static IEnumerable<MachineInstruction> Numbers(MachineOp op, int[] numbers) =>
        from rd in registers
        from rs1 in op is MachineOp.Lui or MachineOp.Jal ? [0] : registers
        from number in numbers
        select new MachineInstruction { Op = op, Rd = rd, Rs1 = rs1, Imm = number };

    private static IEnumerable<MachineInstruction> Pairs(MachineOp op, int[] numbers) =>
        from rs1 in registers
        from rs2 in registers
        from number in numbers
        select new MachineInstruction { Op = op, Rs1 = rs1, Rs2 = rs2, Imm = number };
}
