using XousCloud.Api.Console;

namespace XousCloud.Api.Tests.Units;

/// <summary>The ring of a port's output, against a list that forgets nothing.</summary>
public sealed class ConsoleBufferTests
{
    [Fact]
    public void It_gives_what_was_appended_from_any_offset_that_is_kept()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            int capacity = 1024 << random.Next(4);
            ConsoleBuffer buffer = new(capacity);
            List<byte> all = [];
            for (int step = 0; step < 50; step++)
            {
                byte[] bytes = new byte[random.Next(random.Next(3) == 0 ? capacity * 2 : 200)];
                random.NextBytes(bytes);
                buffer.Append(bytes);
                all.AddRange(bytes);
                int released = random.Next((int)buffer.Released, all.Count + 1);
                buffer.Release((ulong)released);
                int oldest = Math.Max(0, all.Count - capacity);
                Assert.Equal((ulong)oldest, buffer.Oldest);
                int offset = random.Next(all.Count + 1);
                byte[] read = new byte[random.Next(capacity * 2)];
                int count = buffer.Read((ulong)offset, read);
                if (offset < oldest)
                {
                    Assert.Equal(-1, count);
                }
                else
                {
                    Assert.Equal(Math.Clamp(released - offset, 0, read.Length), count);
                    Assert.Equal(all.GetRange(offset, count), read[..count]);
                }
            }

            (ulong first, byte[] retained) = buffer.Capture();
            ConsoleBuffer restored = new(capacity);
            restored.Restore(first, retained);
            restored.Append([1, 2, 3]);
            restored.Release(ulong.MaxValue);
            Assert.Equal((ulong)all.Count + 3, restored.Released);
            byte[] tail = new byte[retained.Length + 3];
            ulong from = restored.Oldest;
            int length = restored.Read(from, tail);
            Assert.Equal([.. all[(int)from..], 1, 2, 3], tail[..length]);
        }
    }

    [Fact]
    public void What_is_not_released_is_not_shown()
    {
        ConsoleBuffer buffer = new(4096);
        buffer.Append("secret"u8);
        Assert.Equal(0, buffer.Read(0, new byte[10]));
        buffer.Release(3);
        byte[] read = new byte[10];
        Assert.Equal(3, buffer.Read(0, read));
        Assert.Equal("sec"u8.ToArray(), read[..3]);
    }
}
