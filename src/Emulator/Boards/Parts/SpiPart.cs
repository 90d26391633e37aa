// What SPI parts have in common: bits become bytes. A part takes part in a transaction byte by byte as long as
// the host clocks it over the lines that it expects; else it is confused, and silent until it is deselected.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>A part behind an SPI chip select.</summary>
/// <param name="name">Its maker's name for it.</param>
public abstract class SpiPart(string name) : BoardPart(name), ISpiDevice
{
    /// <summary>What stands on lines that nobody drives.</summary>
    protected const byte Undriven = 0xFF;

    private const int BitsInByte = 8;

    private bool confused;
    private int bitsOfByte;
    private byte incoming;
    private byte outgoing;

    /// <summary>Whether the next byte goes over four lines.</summary>
    protected abstract bool ExpectsQuad { get; }

    /// <summary>A transaction begins.</summary>
    protected abstract void Begin();

    /// <summary>What the part drives while the next byte is clocked; <see cref="Undriven"/> for nothing.</summary>
    protected abstract byte Send();

    /// <summary>A byte has been clocked; of four lines that the host does not drive it is <see cref="Undriven"/>.</summary>
    protected abstract void Receive(byte value);

    /// <summary>The transaction ends.</summary>
    /// <param name="whole">Whether it was of whole bytes over the lines that were expected.</param>
    protected abstract void End(bool whole);

    public void Select()
    {
        Idle();
        Begin();
    }

    public void Deselect()
    {
        End(whole: !confused && bitsOfByte == 0);
        Idle();
    }

    public uint Transfer(SpiLines lines, uint sent, int bits)
    {
        bool quad = lines != SpiLines.Single;
        uint received = 0;
        for (int left = bits; left > 0;)
        {
            int count = Math.Min(left, BitsInByte - bitsOfByte);
            left -= count;
            uint mask = (1u << count) - 1;
            uint driven = lines == SpiLines.QuadIn ? mask : (sent >> left) & mask;
            received = (received << count) | Clock(driven, count, mask, quad);
        }

        return lines == SpiLines.QuadOut ? uint.MaxValue : received;
    }

    public override void State(StateStream state)
    {
        state.Bool(ref confused);
        state.I32(ref bitsOfByte);
        bitsOfByte &= BitsInByte - 1;
        state.U8(ref incoming);
        state.U8(ref outgoing);
    }

    private protected void Idle()
    {
        confused = false;
        bitsOfByte = 0;
        incoming = 0;
        outgoing = Undriven;
    }

    // The next bits, of one byte.
    private uint Clock(uint driven, int count, uint mask, bool quad)
    {
        if (bitsOfByte == 0)
        {
            confused |= ExpectsQuad != quad;
            outgoing = confused ? Undriven : Send();
        }

        uint answer = (uint)(outgoing >> (BitsInByte - count)) & mask;
        outgoing = (byte)((outgoing << count) | (int)mask);
        incoming = (byte)((incoming << count) | (int)driven);
        bitsOfByte = (bitsOfByte + count) % BitsInByte;
        if (bitsOfByte == 0 && !confused)
        {
            Receive(incoming);
        }

        return answer;
    }
}
