// What stands behind a chip select of an SPI bus.

namespace XousCloud.Emulator.Peripherals;

/// <summary>How the data lines of an SPI bus are used while bits are clocked.</summary>
public enum SpiLines
{
    /// <summary>One line each way, at the same time.</summary>
    Single,

    /// <summary>Four lines from the host to the device.</summary>
    QuadOut,

    /// <summary>Four lines from the device to the host.</summary>
    QuadIn,
}

/// <summary>A device on an SPI bus.</summary>
public interface ISpiDevice
{
    /// <summary>Its chip select goes low: a transaction begins.</summary>
    void Select();

    /// <summary>Its chip select goes high: the transaction ends.</summary>
    void Deselect();

    /// <summary>Clocks bits in and out. The first on the wire is the most significant.</summary>
    /// <param name="lines">Which lines carry them; a multiple of four bits where it is four.</param>
    /// <param name="sent">What the host drives.</param>
    /// <param name="bits">How many, 1 to 32.</param>
    /// <returns>What the device drives; all ones where it drives nothing.</returns>
    uint Transfer(SpiLines lines, uint sent, int bits);
}
