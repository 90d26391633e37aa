// The host's side of an SPI part, without an SPIM between.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Tests.Peripherals;

namespace XousCloud.Emulator.Tests.BoardParts;

internal sealed class SpiHost(Chip chip, ISpiDevice device)
{
    public SpiHost(Chip chip, string part)
        : this(chip, (ISpiDevice)chip.Soc.Parts.Select(soldered => soldered.Part).Single(found => found.Name == part))
    {
    }

    /// <summary>Whether everything goes over four lines.</summary>
    public bool IsQuad { get; set; }

    public BoardPart Part => (BoardPart)device;

    /// <summary>One transaction: sends bytes, then receives some.</summary>
    public byte[] Transact(byte[] sent, int received = 0)
    {
        device.Select();
        foreach (byte value in sent)
        {
            device.Transfer(IsQuad ? SpiLines.QuadOut : SpiLines.Single, value, 8);
        }

        byte[] answer = new byte[received];
        for (int i = 0; i < received; i++)
        {
            answer[i] = (byte)device.Transfer(IsQuad ? SpiLines.QuadIn : SpiLines.Single, 0, 8);
        }

        device.Deselect();
        return answer;
    }

    public byte[] Transact(byte command) => Transact([command]);

    /// <summary>Lets time pass.</summary>
    public void PassMicroseconds(ulong microseconds) => chip.Pass(chip.Soc.Clocks.CyclesOf(microseconds, 1_000_000));
}
