// UART0 to UART3 of the uDMA subsystem.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One UART.</summary>
public sealed class Uart(SystemOnChip soc, int channel) : Peripheral(soc, $"UDMA_UART{channel}")
{
    public const int Count = 4;

    /// <summary>Queues bytes that arrive from outside; they reach the receiver one frame time after another.</summary>
    /// <returns>False when the queue has no room for all of them; none is taken then.</returns>
    public bool Receive(ReadOnlySpan<byte> bytes) => bytes.IsEmpty;

    public override uint Read(uint offset) => UnmodelledRead(offset);

    public override void Write(uint offset, uint value, uint lanes) => UnmodelledWrite(offset, value);

    public override void Reset(ResetKind kind)
    {
    }

    public override void State(StateStream state)
    {
    }
}
