// The guest's memory loops at every alignment and overlap, beside spans.

using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Guest;

public sealed unsafe class MemoryBlocksTests
{
    private const int Size = 64;
    private const int Edge = 12;

    [Fact]
    public void Moves_at_every_distance_and_length()
    {
        for (int source = 0; source < Edge; source++)
        {
            for (int target = 0; target < Edge; target++)
            {
                for (int length = 0; length < Size - Edge; length++)
                {
                    byte[] expected = Counted();
                    byte[] actual = Counted();
                    expected.AsSpan(source, length).CopyTo(expected.AsSpan(target));
                    MemoryBlocks.Move(ref actual[target], ref actual[source], (nuint)length);
                    Assert.Equal(expected, actual);
                }
            }
        }
    }

    [Fact]
    public void Copies_between_blocks_that_are_apart()
    {
        for (int shift = 0; shift < 16; shift++)
        {
            for (int length = 0; length < Size - 4; length++)
            {
                byte[] from = Counted();
                byte[] expected = new byte[Size];
                byte[] actual = new byte[Size];
                from.AsSpan(shift & 3, length).CopyTo(expected.AsSpan(shift >> 2));
                fixed (byte* source = from, target = actual)
                {
                    MemoryBlocks.Copy(target + (shift >> 2), source + (shift & 3), (nuint)length);
                }

                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Fills_and_clears()
    {
        for (int start = 0; start < Edge; start++)
        {
            for (int length = 0; length < Size - Edge; length++)
            {
                byte[] expected = Counted();
                byte[] actual = Counted();
                expected.AsSpan(start, length).Fill(0xA5);
                fixed (byte* target = actual)
                {
                    MemoryBlocks.Set(target + start, 0xFFA5, (nuint)length);
                }

                Assert.Equal(expected, actual);
                MemoryBlocks.Clear(ref actual[start], (nuint)length);
                expected.AsSpan(start, length).Clear();
                Assert.Equal(expected, actual);
            }
        }

        short[] shorts = new short[9];
        MemoryBlocks.Fill(ref shorts[1], 7, (short)-2);
        Assert.Equal([0, -2, -2, -2, -2, -2, -2, -2, 0], shorts);
    }

    [Fact]
    public void Finds_the_byte_that_differs()
    {
        for (int start = 0; start < 4; start++)
        {
            for (int length = 0; length < 20; length++)
            {
                byte[] first = Counted();
                byte[] second = Counted();
                second[start + length] ^= 1;
                Assert.True(MemoryBlocks.AreEqual(ref first[start], ref second[start], (nuint)length));
                Assert.False(MemoryBlocks.AreEqual(ref first[start], ref second[start], (nuint)length + 1));
            }
        }
    }

    private static byte[] Counted() => [.. Enumerable.Range(1, Size).Select(number => (byte)number)];
}
