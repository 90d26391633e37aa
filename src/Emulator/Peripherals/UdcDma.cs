// The USB device controller's way to memory. It reaches IFRAM alone; an address elsewhere is a DMA error, which
// stops the controller (USBSTS: system error). Facts: datasheet, USB introduction and USBSTS.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Reads and writes IFRAM on behalf of rings and buffers.</summary>
/// <param name="memory">Where IFRAM is.</param>
internal sealed class UdcDma(PhysicalMemory memory)
{
    /// <summary>Called with the address of an access that reaches outside IFRAM.</summary>
    public Action<uint>? Failed { get; set; }

    /// <returns>False after a DMA error; <paramref name="destination"/> is unchanged then.</returns>
    public bool TryRead(uint address, Span<byte> destination) =>
        IsInIfram(address, destination.Length) && memory.TryRead(address, destination);

    /// <returns>False after a DMA error; nothing is written then.</returns>
    public bool TryWrite(uint address, ReadOnlySpan<byte> source) =>
        IsInIfram(address, source.Length) && memory.TryWrite(address, source);

    public bool TryRead(uint address, out Trb trb)
    {
        Span<byte> bytes = stackalloc byte[Trb.Size];
        bool there = TryRead(address, bytes);
        trb = there ? Trb.Read(bytes) : default;
        return there;
    }

    private bool IsInIfram(uint address, int length)
    {
        uint offset = address - ChipMemories.IframBase;
        if (length == 0 || (offset < ChipMemories.IframLength && (uint)length <= ChipMemories.IframLength - offset))
        {
            return true;
        }

        Failed?.Invoke(address);
        return false;
    }
}
