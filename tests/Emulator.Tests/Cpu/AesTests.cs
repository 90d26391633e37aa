// The AES instructions against FIPS 197 and the host's own AES: a guest program encrypts and decrypts blocks with
// nothing but them, key expansion included. Facts: RISC-V scalar cryptography, Zkne and Zknd.

using System.Buffers.Binary;
using System.Security.Cryptography;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class AesTests
{
    private const uint Memory = CoreUnderTest.Sram;
    private const int Block = 0;
    private const int RoundKeys = 0x100;
    private const int InverseKeys = 0x300;
    private const int Encrypted = 0x40;
    private const int Decrypted = 0x50;
    private const int Rounds = 10;
    private const ulong EnoughCycles = 5_000;

    // The function bits of the four instructions.
    private const uint EncryptFinal = 0x11;
    private const uint EncryptMiddle = 0x13;
    private const uint DecryptFinal = 0x15;
    private const uint DecryptMiddle = 0x17;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void The_example_of_FIPS_197_comes_out(EngineKind engine)
    {
        byte[] key = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");
        byte[] block = Convert.FromHexString("00112233445566778899aabbccddeeff");
        (byte[] encrypted, byte[] decrypted) = Run(engine, key, block);
        Assert.Equal("69c4e0d86a7b0430d8cdb78070b4c55a", Convert.ToHexStringLower(encrypted));
        Assert.Equal(block, decrypted);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Random_blocks_come_out_as_the_host_encrypts_them(EngineKind engine)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        for (int i = 0; i < 50; i++)
        {
            byte[] key = new byte[16];
            byte[] block = new byte[16];
            random.NextBytes(key);
            random.NextBytes(block);
            using Aes aes = Aes.Create();
            aes.Key = key;
            (byte[] encrypted, byte[] decrypted) = Run(engine, key, block);
            Assert.True(
                aes.EncryptEcb(block, PaddingMode.None).AsSpan().SequenceEqual(encrypted)
                && block.AsSpan().SequenceEqual(decrypted),
                $"seed {seed}, block {i}");
        }
    }

    private static (byte[] Encrypted, byte[] Decrypted) Run(EngineKind engine, byte[] key, byte[] block)
    {
        using CoreUnderTest core = new CoreUnderTest(
            engine, Program, (Memory + Block, Words(block)), (Memory + RoundKeys, Words(key))).Run(EnoughCycles);
        Assert.Equal(0u, core.Traps);
        return (Bytes(core, Memory + Encrypted), Bytes(core, Memory + Decrypted));
    }

    private static uint[] Words(byte[] bytes) =>
        [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * 4)))];

    private static byte[] Bytes(CoreUnderTest core, uint address) =>
        [.. Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes(core.Word(address + ((uint)i * 4))))];

    // x10 points to memory; x5 to x9 and x11 to x15 work.
    private static void Program(Assembler code)
    {
        code.LoadConstant(10, Memory);
        ExpandKey(code);
        InvertKeys(code);
        LoadState(code, Block, RoundKeys);
        for (int round = 1; round <= Rounds; round++)
        {
            Round(code, RoundKeys + (round * 16), round == Rounds ? EncryptFinal : EncryptMiddle, 1);
        }

        StoreState(code, Encrypted);
        LoadState(code, Encrypted, RoundKeys + (Rounds * 16));
        for (int round = Rounds - 1; round >= 0; round--)
        {
            bool last = round == 0;
            Round(code, (last ? RoundKeys : InverseKeys) + (round * 16), last ? DecryptFinal : DecryptMiddle, 3);
        }

        StoreState(code, Decrypted);
    }

    private static uint AesInstruction(uint function, uint rd, uint rs1, uint rs2, uint index) =>
        R(function | (index << 5), rs2, rs1, 0, rd, 0x33);

    // rd becomes the substitution of all four bytes of rs2.
    private static void Substitute(Assembler code, uint rd, uint rs2)
    {
        code.Word(Addi(rd, 0, 0));
        for (uint index = 0; index < 4; index++)
        {
            code.Word(AesInstruction(EncryptFinal, rd, rd, rs2, index));
        }
    }

    private static void ExpandKey(Assembler code)
    {
        uint constant = 1;
        for (int i = 4; i < 4 * (Rounds + 1); i++)
        {
            code.Word(Lw(5, RoundKeys + ((i - 1) * 4), 10));
            if (i % 4 == 0)
            {
                code.Words(I(8, 5, 5, 6, 0x13), I(24, 5, 1, 7, 0x13), R(0, 7, 6, 6, 6, 0x33)); // rotate right by 8
                Substitute(code, 5, 6);
                code.Word(I((int)constant, 5, 4, 5, 0x13));
                constant = (constant << 1) ^ ((constant & 0x80) != 0 ? 0x11Bu : 0);
            }

            code.Words(Lw(6, RoundKeys + ((i - 4) * 4), 10), R(0, 6, 5, 4, 5, 0x33), Sw(5, RoundKeys + (i * 4), 10));
        }
    }

    // The equivalent inverse cipher: the middle round keys through the inverse column mix.
    private static void InvertKeys(Assembler code)
    {
        for (int i = 4; i < 4 * Rounds; i++)
        {
            code.Word(Lw(5, RoundKeys + (i * 4), 10));
            Substitute(code, 6, 5);
            code.Word(Addi(7, 0, 0));
            for (uint index = 0; index < 4; index++)
            {
                code.Word(AesInstruction(DecryptMiddle, 7, 7, 6, index));
            }

            code.Word(Sw(7, InverseKeys + (i * 4), 10));
        }
    }

    private static void LoadState(Assembler code, int block, int key)
    {
        for (uint column = 0; column < 4; column++)
        {
            code.Words(Lw(5, block + ((int)column * 4), 10), Lw(6, key + ((int)column * 4), 10));
            code.Word(R(0, 6, 5, 4, 12 + column, 0x33));
        }
    }

    // Each new column starts as the round key and gathers one byte of each of four columns.
    private static void Round(Assembler code, int key, uint function, uint step)
    {
        uint[] next = [5, 6, 7, 8];
        for (uint column = 0; column < 4; column++)
        {
            code.Word(Lw(next[column], key + ((int)column * 4), 10));
            for (uint index = 0; index < 4; index++)
            {
                uint from = 12 + ((column + (index * step)) % 4);
                code.Word(AesInstruction(function, next[column], next[column], from, index));
            }
        }

        for (uint column = 0; column < 4; column++)
        {
            code.Word(Addi(12 + column, next[column], 0));
        }
    }

    private static void StoreState(Assembler code, int place)
    {
        for (uint column = 0; column < 4; column++)
        {
            code.Word(Sw(12 + column, place + ((int)column * 4), 10));
        }
    }
}
