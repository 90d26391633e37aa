// One connection of a debugger: bytes become packets. Facts: GDB manual, appendix Remote Protocol, Overview.
//
// $payload#cc, the sum of the payload's bytes in two hexadecimal digits; } stands before an escaped byte, which is XORed with
// 0x20. Each side answers a packet with + or, to have it again, -, until the debugger turns that off. 0x03 outside of a packet
// interrupts the run.

using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace XousCloud.Cli.Gdb;

/// <summary>What a debugger sent.</summary>
/// <param name="Payload">Without frame and escapes; null for the interrupt.</param>
internal sealed record GdbPacket(byte[]? Payload)
{
    /// <summary>The payload as text, byte for byte.</summary>
    public string Text { get; } = Payload is null ? "" : Encoding.Latin1.GetString(Payload);
}

/// <summary>Packets over a socket. A debugger that neither reads nor ends what it began to send cannot hold the run up.</summary>
/// <param name="socket">Connected.</param>
/// <param name="isOver">Asked while nothing comes: whether the connection is not wanted any more.</param>
internal sealed class GdbConnection(Socket socket, Func<bool> isOver) : IDisposable
{
    /// <summary>How often one who waits for a debugger looks at what else may end the run.</summary>
    public static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest payload that is taken, in bytes; what is longer is answered with -.</summary>
    public const int LongestPayload = 0x4000;

    private const byte Interrupt = 0x03;
    private const byte Escape = (byte)'}';
    private const byte EscapeBit = 0x20;
    private const int LongestSend = 5_000; // milliseconds

    private readonly byte[] buffer = new byte[4096];
    private readonly List<byte> payload = [];
    private int next;
    private int filled;
    private byte[] lastSent = [];
    private bool ended;

    /// <summary>Whether packets are acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Waits until there is something to read, or the connection has ended.</summary>
    /// <returns>False where the time ran out.</returns>
    public bool Wait(TimeSpan time) => ended || next < filled || socket.Poll(time, SelectMode.SelectRead);

    /// <summary>Reads the next packet.</summary>
    /// <returns>Null when the connection has ended, or is not wanted any more.</returns>
    public GdbPacket? Read()
    {
        for (int first = ReadByte(); first >= 0; first = ReadByte())
        {
            switch (first)
            {
                case Interrupt:
                    return new GdbPacket(Payload: null);
                case '$' when ReadPayload() is { } packet:
                    return packet;
                case '-' when Acknowledges:
                    Send(lastSent);
                    break;
                default:
                    break; // an acknowledgement, or noise between packets
            }
        }

        return null;
    }

    /// <summary>Sends a packet.</summary>
    /// <param name="text">ASCII, without what the protocol escapes.</param>
    public void Write(string text)
    {
        byte[] body = Encoding.ASCII.GetBytes(text);
        lastSent = [(byte)'$', .. body, (byte)'#', .. Encoding.ASCII.GetBytes(Sum(body).ToString("x2", CultureInfo.InvariantCulture))];
        Send(lastSent);
    }

    public void Dispose() => socket.Dispose();

    // After the $; null where the packet was refused, or the connection has ended.
    private GdbPacket? ReadPayload()
    {
        payload.Clear();
        int sum = 0;
        int taken = 0;
        for (int read = ReadByte(); read >= 0; read = ReadByte())
        {
            if (read == '$') // the other side has begun anew
            {
                payload.Clear();
                sum = taken = 0;
                continue;
            }

            if (read == '#')
            {
                return EndsWith((byte)sum, taken) ? new GdbPacket([.. payload]) : null;
            }

            sum += read;
            if (read == Escape)
            {
                int escaped = ReadByte();
                sum += Math.Max(escaped, 0);
                read = escaped ^ EscapeBit;
            }

            taken++;
            if (taken <= LongestPayload)
            {
                payload.Add((byte)read);
            }
        }

        return null;
    }

    private bool EndsWith(byte sum, int taken)
    {
        bool right = int.TryParse(
            [(char)Math.Max(ReadByte(), 0), (char)Math.Max(ReadByte(), 0)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int given)
            && given == sum;
        bool accepted = right && taken <= LongestPayload;
        if (Acknowledges)
        {
            Send([(byte)(accepted ? '+' : '-')]);
        }

        return accepted;
    }

    private int ReadByte()
    {
        if (next == filled && !ended)
        {
            Fill();
        }

        return ended ? -1 : buffer[next++];
    }

    private void Fill()
    {
        ended = isOver();
        while (!ended && !socket.Poll(Glance, SelectMode.SelectRead))
        {
            ended = isOver();
        }

        try
        {
            next = 0;
            filled = ended ? 0 : socket.Receive(buffer);
            ended |= filled == 0;
        }
        catch (SocketException)
        {
            ended = true;
        }
    }

    private void Send(byte[] bytes)
    {
        try
        {
            socket.SendTimeout = LongestSend;
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += socket.Send(bytes.AsSpan(sent));
            }
        }
        catch (SocketException)
        {
            ended = true;
        }
    }

    private static byte Sum(byte[] body)
    {
        int sum = 0;
        foreach (byte value in body)
        {
            sum += value;
        }

        return (byte)sum;
    }
}
