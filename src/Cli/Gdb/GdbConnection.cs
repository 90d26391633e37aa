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

/// <summary>Packets over a socket.</summary>
internal sealed class GdbConnection(Socket socket) : IDisposable
{
    /// <summary>The longest payload that is taken, in bytes; what is longer is answered with -.</summary>
    public const int LongestPayload = 0x4000;

    private const byte Interrupt = 0x03;
    private const byte Escape = (byte)'}';
    private const byte EscapeBit = 0x20;

    private readonly byte[] buffer = new byte[4096];
    private readonly List<byte> payload = [];
    private int next;
    private int filled;
    private byte[] lastSent = [];

    /// <summary>Whether packets are acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Waits until there is something to read, or the connection has ended.</summary>
    /// <returns>False where the time ran out.</returns>
    public bool Wait(TimeSpan time) => next < filled || socket.Poll(time, SelectMode.SelectRead);

    /// <summary>Reads the next packet.</summary>
    /// <returns>Null when the connection has ended.</returns>
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
        if (next == filled)
        {
            next = filled = 0;
            try
            {
                filled = socket.Receive(buffer);
            }
            catch (SocketException)
            {
                return -1;
            }
        }

        return next < filled ? buffer[next++] : -1;
    }

    // A debugger that has gone is noticed at the next read.
    private void Send(byte[] bytes)
    {
        try
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += socket.Send(bytes.AsSpan(sent));
            }
        }
        catch (SocketException)
        {
            filled = next = 0;
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
