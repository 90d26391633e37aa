// The guest's assembler: its words as the emulator's disassembler reads them, and branches as they run.

using XousCloud.Emulator.Cpu;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Guest;

public sealed class AssemblerTests
{
    private const uint Start = 0x6100_0000;

    [Fact]
    public void Instructions_are_what_they_are_called()
    {
        (string Text, Action Write)[] table =
        [
            ("lui a0, 0x12345", static () => Assembler.Lui(Register.A0, 0x12345)),
            ("addi t0, s1, -5", static () => Assembler.Addi(Register.T0, Register.S1, -5)),
            ("srai a0, a1, 31", static () => Assembler.Srai(Register.A0, Register.A1, 31)),
            ("slli a0, a1, 3", static () => Assembler.Slli(Register.A0, Register.A1, 3)),
            ("sub a0, a1, a2", static () => Assembler.Sub(Register.A0, Register.A1, Register.A2)),
            ("sra s2, s3, t6", static () => Assembler.Sra(Register.S2, Register.S3, Register.T6)),
            ("sltu a0, a1, a2", static () => Assembler.Sltu(Register.A0, Register.A1, Register.A2)),
            ("lw ra, -4(sp)", static () => Assembler.Lw(Register.Ra, -4, Register.Sp)),
            ("lbu a0, 2047(a1)", static () => Assembler.Lbu(Register.A0, 2047, Register.A1)),
            ("sw s11, -2048(gp)", static () => Assembler.Sw(Register.S11, -2048, Register.Gp)),
            ("sb zero, 31(tp)", static () => Assembler.Sb(Register.Zero, 31, Register.Tp)),
            ("sh t1, 32(t2)", static () => Assembler.Sh(Register.T1, 32, Register.T2)),
            ("csrrw sp, mscratch, sp", static () => Assembler.Csrrw(Register.Sp, Csr.Mscratch, Register.Sp)),
            ("mret", Assembler.Mret),
            ("sret", Assembler.Sret),
            ("wfi", Assembler.Wfi),
            ("ecall", Assembler.Ecall),
            ("ebreak", Assembler.Ebreak),
            ("fence.i", Assembler.FenceI),
            ("sfence.vma a0, a1", static () => Assembler.SfenceVma(Register.A0, Register.A1)),
        ];
        foreach ((string text, Action write) in table)
        {
            Assert.Equal(text, Plain(Disassembler.Text(Assert.Single(HostAssembler.Words(write)), Start, out _)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(-2048)]
    [InlineData(-2049)]
    [InlineData(0x7FFF_FFFF)]
    [InlineData(unchecked((int)0x8000_0000))]
    [InlineData(0x1234_5800)]
    [InlineData(0x1234_5FFF)]
    public void Li_makes_any_number(int number) => Assert.Equal((uint)number, Run(() =>
    {
        Assembler.Li(Register.A0, number);
        Assembler.Ret();
    }));

    /// <summary>Forward uses before and behind others, and a backward loop: 5 + 4 + 3 + 2 + 1.</summary>
    [Fact]
    public void Branches_reach_their_labels() => Assert.Equal(15u, Run(static () =>
    {
        Label loop = default;
        Label done = default;
        Label failed = default;
        Assembler.Li(Register.A0, 0);
        Assembler.Li(Register.T0, 5);
        Assembler.Mark(ref loop);
        Assembler.Beq(Register.T0, Register.Zero, ref done);
        Assembler.Blt(Register.T0, Register.Zero, ref failed);
        Assembler.Add(Register.A0, Register.A0, Register.T0);
        Assembler.Addi(Register.T0, Register.T0, -1);
        Assembler.Beq(Register.T0, Register.Zero, ref done);
        Assembler.Jal(Register.Zero, ref loop);
        Assembler.Mark(ref failed);
        Assembler.Li(Register.A0, -1);
        Assembler.Jal(Register.Zero, ref done);
        Assembler.Li(Register.A0, -2);
        Assembler.Mark(ref done);
        Assembler.Ret();
    }));

    /// <summary>Every bit of the offsets: branches over a growing number of words, both ways.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(260)]
    [InlineData(700)]
    [InlineData(1000)]
    public void Offsets_are_right_at_every_distance(int words) => Assert.Equal(3u, Run(() =>
    {
        Label forward = default;
        Label back = default;
        Label end = default;
        Assembler.Li(Register.A0, 1);
        Assembler.Bne(Register.A0, Register.Zero, ref forward);
        Assembler.Mark(ref back);
        Assembler.Addi(Register.A0, Register.A0, 1);
        Assembler.Jal(Register.Zero, ref end);
        for (int i = 0; i < words; i++)
        {
            Assembler.Ebreak();
        }

        Assembler.Mark(ref forward);
        Assembler.Addi(Register.A0, Register.A0, 1);
        Assembler.Bgeu(Register.A0, Register.Zero, ref back);
        Assembler.Mark(ref end);
        Assembler.Ret();
    }));

    private static uint Run(Action code)
    {
        using var machine = new GuestMachine([(Start, HostAssembler.Assemble(code))]);
        CallResult result = machine.Call(Start, [], 10_000);
        Assert.Equal(CallEnd.Returned, result.End);
        return result.A0;
    }

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
