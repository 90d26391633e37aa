// The hash unit against the framework's SHA-2, as boot code, loader and C SDK drive it.

using System.Buffers.Binary;
using System.Security.Cryptography;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class CombohashTests(ITestOutputHelper output) : IDisposable
{
    private const uint Lkey = 0x4002_0000;
    private const uint Msg = 0x4002_0400;
    private const uint Hout = 0x4002_0600;
    private const uint Sob = 0x4002_0700;
    private const uint SRBUSY = 0x4002_8010;
    private const uint FRDONE = 0x4002_8014;
    private const uint FFEN = 0x4002_8030;
    private const uint CRFUNC = 0x4002_B000;
    private const uint AR = 0x4002_B004;
    private const uint SRMFSM = 0x4002_B008;
    private const uint FR = 0x4002_B00C;
    private const uint OPT1 = 0x4002_B010;
    private const uint OPT2 = 0x4002_B014;
    private const uint OPT3 = 0x4002_B018;
    private const uint BLKT0 = 0x4002_B01C;
    private const uint SEGPTR_MSG = 0x4002_B030;
    private const uint SEGPTR_HOUT = 0x4002_B034;
    private const uint SEGPTR_HOUT2 = 0x4002_B03C;
    private const uint Irqarray3Pending = 0xE001_1010;
    private const uint Irqarray4Pending = 0xE001_2010;

    private const uint Sha256Function = 0;
    private const uint Sha512Function = 1;
    private const uint Fresh = 1 << 2; // OPT2 ifstart

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Theory]
    [InlineData(Sha256Function)]
    [InlineData(Sha512Function)]
    public void Messages_of_any_length_have_the_digest_of_the_standard(uint function)
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        foreach (int length in (int[])[0, 1, 55, 56, 63, 64, 111, 112, 127, 128, .. Lengths(random, 40)])
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            Assert.Equal(Standard(function, message), Digest(function, message, blocksAtOnce: 1 + random.Next(4)));
        }
    }

    [Fact]
    public void The_example_of_FIPS_180_comes_out_in_words_when_no_bytes_are_swapped()
    {
        // "abc" padded, packed by the CPU as the C SDK does it.
        uint[] block = [0x6162_6380, .. new uint[14], 24];
        for (uint i = 0; i < 16; i++)
        {
            chip.Write(Msg + (i * 4), block[i]);
        }

        chip.Write(OPT3, 0);
        Run(Sha256Function, blocks: 1, Fresh);
        uint[] expected =
        [
            0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad,
        ];
        Assert.Equal(expected, Words(Hout, 8));
    }

    [Theory]
    [InlineData(1u << 4, true, false)]
    [InlineData(1u << 7, false, true)]
    [InlineData(0xB0u, true, true)]
    [InlineData(0x4Fu, false, false)] // bits of other segments
    public void OPT3_swaps_message_and_result_each_by_its_own_bit(uint swaps, bool message, bool result)
    {
        byte[] padded = Padded(Sha256Function, "each by its own bit"u8.ToArray());
        Store(Msg, message ? padded : Swapped(padded));
        chip.Write(OPT3, swaps);
        Run(Sha256Function, blocks: 1, Fresh);
        byte[] digest = SHA256.HashData("each by its own bit"u8);
        Assert.Equal(result ? digest : Swapped(digest), Load(Hout, 32));
    }

    [Fact]
    public void Bit_5_of_OPT3_swaps_the_running_state()
    {
        byte[] text = new byte[100];
        byte[] padded = Padded(Sha256Function, text);
        Store(Msg, padded);
        chip.Write(OPT3, 0xB0);
        Run(Sha256Function, blocks: 1, Fresh);
        Store(Hout, Swapped(Load(Hout, 32)));
        Store(Msg, padded[64..]);
        chip.Write(OPT3, 0x90);
        Run(Sha256Function, blocks: 1, 0);
        Assert.Equal(SHA256.HashData(text), Load(Hout, 32));
    }

    [Fact]
    public void Segment_pointers_count_words_and_wrap_at_the_end_of_their_segment()
    {
        byte[] padded = Padded(Sha256Function, "around the corner"u8.ToArray());
        Store(Msg + 480, padded[..32]);
        Store(Msg, padded[32..]);
        chip.Write(SEGPTR_MSG, 120);
        chip.Write(SEGPTR_HOUT2, 60);
        chip.Write(OPT3, 0xB0);
        Run(Sha256Function, blocks: 1, Fresh);
        byte[] digest = SHA256.HashData("around the corner"u8);
        Assert.Equal(digest[..16], Load(Hout + 240, 16));
        Assert.Equal(digest[16..], Load(Hout, 16));
    }

    [Fact]
    public void The_running_state_is_taken_from_where_SEGPTR_HOUT_says()
    {
        byte[] text = new byte[200];
        byte[] padded = Padded(Sha512Function, text);
        Store(Msg, padded);
        chip.Write(OPT3, 0xB0);
        chip.Write(SEGPTR_HOUT2, 16);
        Run(Sha512Function, blocks: 1, Fresh);
        Store(Msg, padded[128..]);
        chip.Write(SEGPTR_HOUT, 16);
        chip.Write(SEGPTR_HOUT2, 0);
        Run(Sha512Function, blocks: 1, 0);
        Assert.Equal(SHA512.HashData(text), Load(Hout, 64));
    }

    [Fact]
    public void A_second_block_starts_at_the_pointer_plus_the_end_of_the_first()
    {
        byte[] text = new byte[100];
        text[99] = 9;
        byte[] padded = Padded(Sha256Function, text);
        Store(Msg + (8 * 4), padded[..64]);
        Store(Msg + ((8 + 8 + 16) * 4), padded[64..]);
        chip.Write(SEGPTR_MSG, 8);
        chip.Write(OPT3, 0xB0);
        Run(Sha256Function, blocks: 2, Fresh);
        Assert.Equal(SHA256.HashData(text), Load(Hout, 32));
    }

    [Fact]
    public void Ifsob_writes_the_result_to_SOB_as_well()
    {
        Store(Msg, Padded(Sha256Function, []));
        chip.Write(OPT3, 0xB0);
        Run(Sha256Function, blocks: 1, Fresh);
        Assert.Equal(new byte[32], Load(Sob, 32));
        Run(Sha256Function, blocks: 1, Fresh | 2);
        Assert.Equal(SHA256.HashData([]), Load(Sob, 32));
        Assert.Equal(SHA256.HashData([]), Load(Hout, 32));
    }

    [Fact]
    public void A_run_takes_time_and_leaves_flags_until_they_are_cleared()
    {
        chip.Write(FR, 0x7F);
        chip.Write(OPT2, Fresh);
        chip.Write(AR, 0x5A);
        Assert.Equal(0u, chip.Read(FR));
        Assert.Equal(0x20u, chip.Read(SRMFSM));
        Assert.Equal(8u, chip.Read(SRBUSY));
        chip.Write(CRFUNC, 1); // locked meanwhile
        Assert.Equal(0u, chip.Read(CRFUNC));
        chip.Pass(100_000);
        Assert.Equal(0x0Fu, chip.Read(FR));
        Assert.Equal(0u, chip.Read(SRMFSM));
        Assert.Equal(0u, chip.Read(SRBUSY));
        chip.Write(FR, 1);
        Assert.Equal(0x0Eu, chip.Read(FR));
        chip.Write(FR, 0x7F);
        Assert.Equal(0u, chip.Read(FR));
    }

    [Fact]
    public void The_end_of_a_run_pulses_its_input_of_two_interrupt_banks_and_FRDONE()
    {
        Run(Sha256Function, blocks: 1, Fresh);
        Assert.Equal(8u, chip.Read(Irqarray3Pending));
        Assert.Equal(8u, chip.Read(Irqarray4Pending));
        Assert.Equal(8u, chip.Read(FRDONE));
        chip.Write(FRDONE, 8);
        chip.Write(Irqarray3Pending, 8);
        Assert.Equal(0u, chip.Read(FRDONE));
        Assert.Equal(0u, chip.Read(Irqarray3Pending));
    }

    [Fact]
    public void Loading_the_tables_is_done_and_writes_nothing()
    {
        chip.Write(Lkey, 0x6A09_E667);
        Run(0xFF, blocks: 1, 0);
        Assert.Equal(9u, chip.Read(FR));
        Assert.Equal(0u, chip.Read(Hout));
    }

    [Theory]
    [InlineData(0x02u, 0u, "RIPEMD")]
    [InlineData(0x03u, 0u, "BLAKE2s")]
    [InlineData(0x06u, 0u, "SHA-3")]
    [InlineData(0x51u, 0u, "HMAC-SHA-512")]
    [InlineData(0x77u, 0u, "unknown")]
    [InlineData(0x00u, 0x08u, "Schnorr")]
    public void What_is_not_modelled_is_named_and_gives_no_digest(uint function, uint options, string name)
    {
        chip.Write(CRFUNC, function);
        chip.Write(OPT2, options | Fresh);
        chip.Write(AR, 0x5A);
        chip.Pass(10_000_000);
        Assert.Equal(0u, chip.Read(FR));
        Assert.Equal(new byte[64], Load(Hout, 64));
        Assert.Contains(name, Assert.Single(chip.Unmodelled).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_in_a_FIFO_is_named_and_gives_no_digest()
    {
        chip.Write(FFEN, 2);
        chip.Write(OPT2, Fresh);
        chip.Write(AR, 0x5A);
        chip.Pass(10_000_000);
        Assert.Equal(0u, chip.Read(FR));
        Assert.Contains("FIFO", Assert.Single(chip.Unmodelled).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_magic_word_starts_a_run()
    {
        chip.Write(AR, 0x5B);
        chip.Write(AR, 0x15A);
        Assert.Equal(0u, chip.Read(SRMFSM));
        Assert.Equal(0u, chip.Read(AR));
    }

    [Fact]
    public void A_reset_stops_a_run_and_restores_the_registers()
    {
        chip.Write(OPT1, 100);
        chip.Write(BLKT0, 1);
        chip.Write(AR, 0x5A);
        chip.Reset(ResetKind.Core);
        Assert.Equal(0x40u, chip.Read(BLKT0));
        Assert.Equal(0u, chip.Read(OPT1));
        Assert.Equal(0u, chip.Read(SRBUSY));
        chip.Pass(10_000_000);
        Assert.Equal(0u, chip.Read(FR));
    }

    private static IEnumerable<int> Lengths(Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => random.Next(3000));

    private static byte[] Standard(uint function, byte[] message) =>
        function == Sha512Function ? SHA512.HashData(message) : SHA256.HashData(message);

    private static int BlockLength(uint function) => function == Sha512Function ? 128 : 64;

    private static byte[] Padded(uint function, byte[] message)
    {
        int block = BlockLength(function);
        int length = (message.Length + 1 + (block / 8) + block - 1) / block * block;
        byte[] padded = new byte[length];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(length - 8), (ulong)message.Length * 8);
        return padded;
    }

    private static byte[] Swapped(byte[] bytes) => [.. bytes.Chunk(4).SelectMany(word => word.Reverse())];

    // As the boot code hashes: message and digest in standard order, the state kept in HOUT between runs.
    private byte[] Digest(uint function, byte[] message, int blocksAtOnce)
    {
        int block = BlockLength(function);
        byte[] padded = Padded(function, message);
        chip.Write(OPT3, 0xB0);
        for (int at = 0; at < padded.Length; at += blocksAtOnce * block)
        {
            byte[] part = padded[at..Math.Min(padded.Length, at + (blocksAtOnce * block))];
            Store(Msg, part);
            Run(function, (uint)(part.Length / block), at == 0 ? Fresh : 0);
        }

        return Load(Hout, function == Sha512Function ? 64u : 32u);
    }

    private void Run(uint function, uint blocks, uint options)
    {
        chip.Write(CRFUNC, function);
        chip.Write(OPT1, blocks - 1);
        chip.Write(OPT2, options);
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

    private byte[] Load(uint address, uint length) => [.. Words(address, length / 4).SelectMany(BitConverter.GetBytes)];

    private uint[] Words(uint address, uint count) =>
        [.. Enumerable.Range(0, (int)count).Select(i => chip.Read(address + ((uint)i * 4)))];
}
