// Messages as a microkernel passes them: a ring buffer of bytes, and structs by value to a server's switch.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    /// <summary>What was ever put and got; the buffer's length is a power of two.</summary>
    public struct Ring
    {
        public uint Put;
        public uint Got;
    }

    /// <summary>24 bytes.</summary>
    public struct Message
    {
        public uint Sender;
        public uint Id;
        public uint First;
        public uint Second;
        public uint Third;
        public uint Fourth;
    }

    public struct Server
    {
        public uint Count;
        public uint Errors;
        public uint Total;
        public uint Last;
    }

    // As much of the source as there is room for; gives how much that was.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int RingPut(ref Ring ring, Span<byte> buffer, ReadOnlySpan<byte> source)
    {
        uint mask = (uint)buffer.Length - 1;
        int count = 0;
        while (count < source.Length && ring.Put - ring.Got <= mask)
        {
            buffer[(int)(ring.Put & mask)] = source[count];
            ring.Put++;
            count++;
        }

        return count;
    }

    public static uint RunRingPut()
    {
        Fill(new Span<uint>(Memory, 64), 131);
        ReadOnlySpan<byte> source = new ReadOnlySpan<byte>(Memory, 256);
        Span<byte> buffer = new Span<byte>(Memory + 4096, 128);
        Ring ring = default;
        uint sum = 0;
        for (int i = 0; i < 80; i++)
        {
            sum = (sum * 31) + (uint)RingPut(ref ring, buffer, source.Slice(i, 20 + (i & 63)));
            sum = (sum * 31) + buffer[i & 127];
            ring.Got = ring.Put - (uint)(i & 47);
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory + 4096, 32));
    }

    // As much as there is and the target holds; gives how much that was.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int RingGet(ref Ring ring, ReadOnlySpan<byte> buffer, Span<byte> target)
    {
        uint mask = (uint)buffer.Length - 1;
        int count = 0;
        while (count < target.Length && ring.Put != ring.Got)
        {
            target[count] = buffer[(int)(ring.Got & mask)];
            ring.Got++;
            count++;
        }

        return count;
    }

    public static uint RunRingGet()
    {
        Fill(new Span<uint>(Memory, 64), 141);
        Fill(new Span<uint>(Memory + 4096, 32), 142);
        Span<byte> target = new Span<byte>(Memory, 256);
        ReadOnlySpan<byte> buffer = new ReadOnlySpan<byte>(Memory + 4096, 128);
        Ring ring = default;
        uint sum = 0;
        for (int i = 0; i < 80; i++)
        {
            ring.Put = ring.Got + (uint)(40 + (i & 63));
            sum = (sum * 31) + (uint)RingGet(ref ring, buffer, target.Slice(i, 90 - (i & 31)));
            sum = (sum * 31) + target[i];
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory, 64));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint MessageHandle(ref Server server, Message message)
    {
        server.Count++;
        switch (message.Id)
        {
            case 0:
                server.Total += message.First;
                return server.Total;

            case 1:
                uint last = server.Last;
                server.Last = message.First ^ message.Second;
                return last;

            case 2:
                server.Total = (server.Total * message.First) + message.Second;
                return server.Total >> 3;

            case 3:
                uint end = message.First + message.Second;
                if (end < message.First || end > message.Third)
                {
                    server.Errors++;
                    return 0xffffffff;
                }

                return end;

            case 4:
                uint greatest = message.First;
                if (message.Second > greatest)
                {
                    greatest = message.Second;
                }

                if (message.Third > greatest)
                {
                    greatest = message.Third;
                }

                if (message.Fourth > greatest)
                {
                    greatest = message.Fourth;
                }

                return greatest;

            case 5:
                uint bits = 0;
                for (uint rest = message.First; rest != 0; rest >>= 1)
                {
                    bits += rest & 1;
                }

                return bits;

            case 6:
                server.Total = server.Total > message.Fourth ? server.Total - message.Fourth : 0;
                return server.Total;

            case 7:
                uint mixed = RotateLeft(message.First, 7) ^ RotateLeft(message.Second, 13);
                mixed = (mixed + RotateLeft(message.Third, 19)) ^ (message.Fourth * message.Sender);
                server.Last = mixed;
                return mixed;

            default:
                server.Errors++;
                return ~message.Id;
        }
    }

    public static uint RunMessageHandle()
    {
        Message message = default;
        message.Sender = 5;
        message.Third = 0xc0000000;
        Server server = default;
        uint sum = 0;
        uint state = 151;
        for (uint i = 0; i < 700; i++)
        {
            state += 0x9e3779b9;
            message.Id = state >> 29;
            message.First = state;
            message.Second ^= state;
            message.Fourth += state;
            sum = (sum * 31) + MessageHandle(ref server, message);
        }

        return sum ^ server.Count ^ server.Errors ^ server.Total ^ server.Last;
    }

    // Hands every message over; gives the answers folded into one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint MessageDispatch(ref Server server, ReadOnlySpan<Message> queue)
    {
        uint sum = 0;
        for (int i = 0; i < queue.Length; i++)
        {
            sum = (sum * 31) + MessageHandle(ref server, queue[i]);
        }

        return sum;
    }

    public static uint RunMessageDispatch()
    {
        Fill(new Span<uint>(Memory, 64 * 6), 161);
        Span<Message> queue = new Span<Message>(Memory, 64);
        for (int i = 0; i < queue.Length; i++)
        {
            queue[i].Id = (uint)i % 9;
        }

        Server server = default;
        uint sum = 0;
        for (int i = 0; i < 16; i++)
        {
            sum = (sum * 31) + MessageDispatch(ref server, queue.Slice(i, 48));
        }

        return sum ^ server.Count ^ server.Errors ^ server.Total ^ server.Last;
    }
}
