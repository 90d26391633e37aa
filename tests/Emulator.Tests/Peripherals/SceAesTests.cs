// The cipher unit against FIPS-197 and the framework's AES.

using System.Security.Cryptography;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class SceAesTests(ITestOutputHelper output) : IDisposable
{
    private const uint Akey = 0x4002_1C00;
    private const uint Aib = 0x4002_1D00;
    private const uint Aob = 0x4002_1E00;
    private const uint SRBUSY = 0x4002_8010;
    private const uint FFEN = 0x4002_8030;
    private const uint CRFUNC = 0x4002_D000;
    private const uint AR = 0x4002_D004;
    private const uint SRMFSM = 0x4002_D008;
    private const uint FR = 0x4002_D00C;
    private const uint OPT = 0x4002_D010;
    private const uint OPT1 = 0x4002_D014;
    private const uint OPTLTX = 0x4002_D018;
    private const uint PTR_IV = 0x4002_D030;
    private const uint PTR_AKEY = 0x4002_D034;
    private const uint PTR_AIB = 0x4002_D038;
    private const uint PTR_AOB = 0x4002_D03C;
    private const uint Irqarray3Pending = 0xE001_1010;
    private const uint Irqarray4Pending = 0xE001_2010;

    private const uint KeySchedule = 0;
    private const uint Encrypt = 1;
    private const uint Decrypt = 2;
    private const uint AllSwapped = 0x0F;
    private const uint IvWord = 32; // behind the key

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Theory]
    [InlineData(16, "69C4E0D86A7B0430D8CDB78070B4C55A")]
    [InlineData(24, "DDA97CA4864CDFE06EAF70A0EC0D7191")]
    [InlineData(32, "8EA2B7CA516745BFEAFC49904B496089")]
    public void The_examples_of_FIPS_197_come_out_with_words_packed_as_by_the_C_SDK(int keyLength, string cipher)
    {
        byte[] key = [.. Enumerable.Range(0, keyLength).Select(i => (byte)i)];
        byte[] plain = [.. Enumerable.Range(0, 16).Select(i => (byte)(i * 0x11))];
        chip.Write(OPTLTX, 0);
        Store(Akey, Packed(key));
        chip.Write(OPT, (uint)(keyLength - 16) / 8);
        Run(KeySchedule, blocks: 1);
        Store(Aib, Packed(plain));
        Run(Encrypt, blocks: 1);
        Assert.Equal(cipher, Convert.ToHexString(Packed(Load(Aob, 16))));
        Store(Aib, Load(Aob, 16));
        Run(Decrypt, blocks: 1);
        Assert.Equal(plain, Packed(Load(Aob, 16)));
        Assert.Empty(chip.Unmodelled);
    }

    [Theory]
    [InlineData(0u, CipherMode.ECB)]
    [InlineData(1u, CipherMode.CBC)]
    [InlineData(4u, CipherMode.CFB)]
    public void Messages_come_out_as_from_the_framework_and_back_over_several_runs(uint mode, CipherMode framework)
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int attempt = 0; attempt < 30; attempt++)
        {
            byte[] key = Bytes(random, 16 + (8 * random.Next(3)));
            byte[] iv = Bytes(random, 16);
            byte[] plain = Bytes(random, 16 * random.Next(1, 40));
            using Aes aes = Aes.Create();
            aes.Key = key;
            byte[] expected = framework switch
            {
                CipherMode.CBC => aes.EncryptCbc(plain, iv, PaddingMode.None),
                CipherMode.CFB => aes.EncryptCfb(plain, iv, PaddingMode.None, feedbackSizeInBits: 128),
                _ => aes.EncryptEcb(plain, PaddingMode.None),
            };

            Assert.Equal(expected, Cipher(Encrypt, mode, key, iv, plain));
            Assert.Equal(plain, Cipher(Decrypt, mode, key, iv, expected));
        }
    }

    [Fact]
    public void OFB_adds_to_the_message_the_repeated_cipher_of_the_IV()
    {
        byte[] key = new byte[16];
        byte[] iv = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] plain = [.. Enumerable.Range(0, 48).Select(i => (byte)(i * 5))];
        byte[] stream = aes.EncryptEcb(iv, PaddingMode.None);
        byte[] expected = new byte[48];
        for (int i = 0; i < 48; i++)
        {
            stream = i is 16 or 32 ? aes.EncryptEcb(stream, PaddingMode.None) : stream;
            expected[i] = (byte)(plain[i] ^ stream[i % 16]);
        }

        Assert.Equal(expected, Cipher(Encrypt, 3, key, iv, plain));
        Assert.Equal(plain, Cipher(Decrypt, 3, key, iv, expected));
    }

    [Fact]
    public void Pointers_count_words_and_wrap_at_the_end_of_their_segment()
    {
        byte[] plain = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        chip.Write(OPTLTX, AllSwapped);
        chip.Write(PTR_AKEY, 8);
        Store(Akey + 32, plain);
        Run(KeySchedule, blocks: 1);
        chip.Write(PTR_AIB, 62);
        chip.Write(PTR_AOB, 63);
        Store(Aib + 248, plain[..8]);
        Store(Aib, plain[8..]);
        Run(Encrypt, blocks: 1);
        using Aes aes = Aes.Create();
        aes.Key = plain;
        byte[] expected = aes.EncryptEcb(plain, PaddingMode.None);
        Assert.Equal(expected[..4], Load(Aob + 252, 4));
        Assert.Equal(expected[4..], Load(Aob, 12));
    }

    [Fact]
    public void A_run_takes_time_pulses_its_interrupts_and_leaves_flags_until_they_are_cleared()
    {
        Run(KeySchedule, blocks: 1);
        Assert.Equal(0x0Bu, chip.Read(FR));
        chip.Write(Irqarray3Pending, 2);
        chip.Write(CRFUNC, Encrypt);
        chip.Write(FR, 0x0F);
        chip.Write(AR, 0x5A);
        Assert.Equal(0u, chip.Read(FR));
        Assert.Equal(1u, chip.Read(SRMFSM));
        Assert.Equal(2u, chip.Read(SRBUSY));
        chip.Pass(10_000);
        Assert.Equal(0x0Fu, chip.Read(FR));
        Assert.Equal(0u, chip.Read(SRMFSM));
        Assert.Equal(0u, chip.Read(SRBUSY));
        Assert.Equal(2u, chip.Read(Irqarray3Pending));
        Assert.Equal(2u, chip.Read(Irqarray4Pending));
        chip.Write(FR, 1);
        Assert.Equal(0x0Eu, chip.Read(FR));
    }

    [Fact]
    public void The_key_survives_a_snapshot_and_no_reset()
    {
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)(i + 1))];
        chip.Write(OPTLTX, AllSwapped);
        Store(Akey, key);
        Run(KeySchedule, blocks: 1);
        Store(Akey, new byte[16]);
        Run(Encrypt, blocks: 1);
        byte[] before = Load(Aob, 16);

        using Chip restored = new();
        restored.Machine.Load(chip.Machine.Save());
        restored.Write(0x4002_1E00, 0);
        restored.Write(AR, 0x5A);
        restored.Pass(10_000);
        Assert.Equal(BitConverter.ToUInt32(before), restored.Read(Aob));

        chip.Reset(ResetKind.Core);
        chip.Write(CRFUNC, Encrypt);
        chip.Write(AR, 0x5A);
        chip.Pass(10_000);
        Assert.Equal(0u, chip.Read(FR));
    }

    [Theory]
    [InlineData(0x20u, 0u, "CTR")]
    [InlineData(0x70u, 0u, "mode 7")]
    [InlineData(0x02u, 0u, "key")]
    [InlineData(0x00u, 4u, "FIFO")]
    public void What_is_not_modelled_is_named_and_gives_no_cipher_text(uint options, uint fifos, string name)
    {
        Run(KeySchedule, blocks: 1);
        chip.Write(FFEN, fifos);
        chip.Write(OPT, options);
        chip.Write(CRFUNC, Encrypt);
        chip.Write(FR, 0x0F);
        chip.Write(AR, 0x5A);
        chip.Pass(10_000);
        Assert.Equal(0u, chip.Read(FR));
        Assert.Equal(new byte[16], Load(Aob, 16));
        Assert.Contains(name, Assert.Single(chip.Unmodelled).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_does_not_exist_does_nothing()
    {
        chip.Write(CRFUNC, 3);
        chip.Write(AR, 0x5A);
        Assert.Equal(0u, chip.Read(SRMFSM));
        Assert.Equal(0u, chip.Read(OPT1));
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Packed(byte[] bytes) => [.. bytes.Chunk(4).SelectMany(word => word.Reverse())];

    // Bytes in standard order, the IV carried on from run to run, up to 16 blocks a run.
    private byte[] Cipher(uint function, uint mode, byte[] key, byte[] iv, byte[] message)
    {
        chip.Write(OPTLTX, AllSwapped);
        Store(Akey, key);
        chip.Write(OPT, (uint)((key.Length - 16) / 8) | (mode << 4));
        Run(KeySchedule, blocks: 1);
        chip.Write(PTR_IV, IvWord);
        Store(Akey + (IvWord * 4), iv);
        List<byte> result = [];
        foreach (byte[] part in message.Chunk(256))
        {
            Store(Aib, part);
            Run(function, (uint)part.Length / 16);
            result.AddRange(Load(Aob, (uint)part.Length));
        }

        return [.. result];
    }

    private void Run(uint function, uint blocks)
    {
        chip.Write(CRFUNC, function);
        chip.Write(OPT1, blocks - 1);
        chip.Write(FR, 0x0F);
        chip.Write(AR, 0x5A);
        chip.PassUntil(() => (chip.Read(FR) & 1) != 0);
    }

    private void Store(uint address, byte[] bytes)
    {
        for (uint i = 0; i < bytes.Length; i += 4)
        {
            chip.Write(address + i, BitConverter.ToUInt32(bytes, (int)i));
        }
    }

    private byte[] Load(uint address, uint length)
    {
        byte[] bytes = new byte[length];
        for (uint i = 0; i < length; i += 4)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan((int)i), chip.Read(address + i));
        }

        return bytes;
    }
}
