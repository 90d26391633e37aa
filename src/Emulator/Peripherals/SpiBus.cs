// The wires of one SPI master: four chip selects and the data lines that all devices share. What nobody drives
// is high by the pads' pull-ups; of several that drive, a low one wins.

namespace XousCloud.Emulator.Peripherals;

/// <summary>Connects an SPI master with the devices of the board.</summary>
public sealed class SpiBus
{
    public const int ChipSelects = 4;

    [Derived("the board's wiring")]
    private readonly ISpiDevice?[] devices = new ISpiDevice?[ChipSelects];

    private uint selected;

    /// <summary>Connects a device to a chip select.</summary>
    public void Connect(int chipSelect, ISpiDevice device) => devices[chipSelect] = device;

    /// <summary>Drives a chip select low; the others stay as they are.</summary>
    public void Select(int chipSelect)
    {
        if ((selected & (1u << chipSelect)) == 0)
        {
            selected |= 1u << chipSelect;
            devices[chipSelect]?.Select();
        }
    }

    /// <summary>Lets every chip select go high.</summary>
    public void DeselectAll()
    {
        for (int i = 0; i < ChipSelects; i++)
        {
            if ((selected & (1u << i)) != 0)
            {
                devices[i]?.Deselect();
            }
        }

        selected = 0;
    }

    /// <summary>Clocks one word out, or in, or both.</summary>
    /// <param name="lines">Which data lines carry it.</param>
    /// <param name="word">What is sent.</param>
    /// <param name="bits">Its length, 1 to 32.</param>
    /// <param name="lsbFirst">Whether the lowest bit (of four lines, the lowest four) goes first.</param>
    /// <returns>What is received, in the low bits.</returns>
    public uint Transfer(SpiLines lines, uint word, int bits, bool lsbFirst)
    {
        int width = lines == SpiLines.Single ? 1 : 4;
        uint sent = lsbFirst ? Reverse(word, bits, width) : word;
        uint received = uint.MaxValue;
        for (int i = 0; i < ChipSelects; i++)
        {
            if ((selected & (1u << i)) != 0 && devices[i] is { } device)
            {
                received &= device.Transfer(lines, sent, bits);
            }
        }

        received &= uint.MaxValue >> (32 - bits);
        return lsbFirst ? Reverse(received, bits, width) : received;
    }

    public void State(StateStream state) => state.U32(ref selected);

    private static uint Reverse(uint word, int bits, int width)
    {
        uint reversed = 0;
        for (int done = 0; done < bits; done += width)
        {
            reversed = (reversed << width) | (word & ((1u << width) - 1));
            word >>= width;
        }

        return reversed;
    }
}
