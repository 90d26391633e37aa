// Random damage to sound files. Whatever comes, the import gives an image or a refusal, within a bound of memory.

using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class HostileFirmwareTests(ITestOutputHelper output)
{
    // All memories that firmware can be placed in, and some for the work itself.
    private const long AllocationBound = 24 * 1024 * 1024;
    private const int Rounds = 20_000;

    private static readonly uint[] Interesting =
    [
        0, 1, 4, 255, 256, 476, 477, 512, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFC,
        0x5000_0000, 0x5003_FFFC, 0x6000_0000, 0x6006_0000, 0x603F_FFFC, 0x6100_0000, 0x611F_FFFC, 0x7000_0000, 0x7080_0000,
    ];

    [Fact]
    public void Damaged_uf2_files_give_an_image_or_a_refusal() => Damage(Random.Shared.Next(), Uf2.File(0x6006_0000, Stage()));

    [Fact]
    public void Damaged_elf_files_give_an_image_or_a_refusal() =>
        Damage(Random.Shared.Next(), new ElfFile(
            new ElfSegment(0x6006_0000, Stage()),
            new ElfSegment(0x6006_1000, [1, 2, 3]) { VirtualAddress = 0x6100_0000, MemoryLength = 64 },
            new ElfSegment(0x6100_0000, [4, 5]) { MemoryLength = 256 })
        {
            Entry = 0x6006_0000,
            Symbols = [new("main", 0x6006_0300, 8), new("counter", 0x6100_0000, 4, 0x11), new("loop", 0x6006_0304, Info: 0)],
        }.ToBytes());

    [Fact]
    public void Damaged_signed_stages_give_an_image_or_a_refusal() => Damage(Random.Shared.Next(), Stage());

    [Fact]
    public void A_staircase_of_overlapping_blocks_becomes_one_segment()
    {
        // Each block overlaps the one before in all but a byte, so that a search for owners in each would be quadratic.
        byte[] file = Uf2.Of([.. Enumerable.Range(0, 60_000).Select(index =>
            new Uf2Block(0x6006_0000 + (uint)index, new byte[476]))]);
        FirmwareImage image = Import.One(file);
        Assert.Equal(60_000 + 475, Assert.Single(image.Segments).Bytes.Length);
    }

    [Fact]
    public void Symbols_that_share_one_endless_name_cost_no_more_than_their_limit()
    {
        byte[] file = new ElfFile(new ElfSegment(0x6006_0000, [1]))
        {
            Symbols = [.. Enumerable.Range(0, 100_000).Select(index => new ElfSymbol("", 0x6006_0000 + (uint)index))],
        }.ToBytes();
        // All names start at offset 0 of a section of names without an end.
        int sections = BitConverter.ToInt32(file, 32);
        int names = BitConverter.ToInt32(file, sections + 120 + 16);
        file.AsSpan(names, 100_001).Fill((byte)'a');

        FirmwareImage image = Import.One(file);
        Assert.True(image.Warns("elf_symbols_cut"));
        Assert.InRange(
            image.Symbols.All.Sum(symbol => (long)symbol.Name.Length),
            FirmwareLimits.SymbolCharacters - FirmwareLimits.SymbolNameCharacters,
            FirmwareLimits.SymbolCharacters);
    }

    private static byte[] Stage() => SignedStage.Of(6, 1280);

    private void Damage(int seed, byte[] sound)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["image"] = 0 };
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damaged(random, sound);
            uint? address = random.Next(8) == 0 ? 0x6006_0000 + (uint)random.Next(16) : null;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                FirmwareImage image = Import.One(damaged, "fuzz", address);
                Assert.All(image.Segments.Zip(image.Segments.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Address));
                outcomes["image"]++;
            }
            catch (FirmwareFormatException refusal)
            {
                Assert.NotEmpty(refusal.Advice);
                outcomes[refusal.Code] = outcomes.GetValueOrDefault(refusal.Code) + 1;
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {seed}, round {round}: {fault}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= AllocationBound, $"seed {seed}, round {round}: {allocated} bytes");
        }

        output.WriteLine(string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}")));
        Assert.InRange(outcomes["image"], 1, Rounds - 1);
    }

    private static byte[] Damaged(Random random, byte[] sound)
    {
        var bytes = new List<byte>(sound);
        for (int count = random.Next(1, 5); count > 0 && bytes.Count > 8; count--)
        {
            int at = Math.Min(Position(random, bytes.Count), bytes.Count - 5);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2: // a whole field, where fields are
                    at &= ~3;
                    Put(bytes, at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3:
                    at &= ~3;
                    Put(bytes, at, (uint)random.NextInt64(1L << 32));
                    break;
                case 4:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                default: // repeat a stretch
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(bytes.Count - at, 1024))));
                    break;
            }
        }

        return [.. bytes];
    }

    // Anywhere, or where fields are: the file's first bytes, a UF2 block's head, the section headers at the end.
    private static int Position(Random random, int length) => random.Next(4) switch
    {
        0 => random.Next(160),
        1 => (random.Next(length) / 512 * 512) + random.Next(32),
        2 => Math.Max(0, length - 1 - random.Next(240)),
        _ => random.Next(length),
    };

    private static void Put(List<byte> bytes, int at, uint value)
    {
        for (int index = 0; index < 4; index++)
        {
            bytes[at + index] = (byte)(value >> (8 * index));
        }
    }
}
