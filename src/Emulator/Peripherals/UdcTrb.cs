// A transfer request block of the USB device controller, 16 bytes in IFRAM: work on a transfer ring, news on the
// event ring. Facts: datasheet, USB (data structures, TRB fields); the bit positions of Xous's driver.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Peripherals;

/// <summary>What a TRB is.</summary>
internal enum TrbType : byte
{
    Normal = 1,
    DataStage = 3,
    StatusStage = 4,
    Link = 6,
    TransferEvent = 32,
    CommandCompletionEvent = 33,
    PortStatusChangeEvent = 34,
    SetupEvent = 40,
}

/// <summary>How a TRB ended.</summary>
internal enum CompletionCode : byte
{
    Success = 1,
    TransactionError = 4,
    ShortPacket = 13,
    Stopped = 26,
    StoppedLengthInvalid = 27,
    ProtocolStall = 192,
    SetupTagMismatch = 193,
    Halted = 194,
    HaltedLengthInvalid = 195,
    Disabled = 196,
}

/// <summary>One TRB. Which field means something depends on its type.</summary>
/// <param name="Word0">Buffer, next segment, TRB of an event, or the first half of a setup packet.</param>
/// <param name="Word1">The upper half of Word0's address, or the second half of a setup packet.</param>
/// <param name="Word2">Length, and the completion code of an event.</param>
/// <param name="Word3">Type, cycle bit and flags.</param>
internal readonly record struct Trb(uint Word0, uint Word1, uint Word2, uint Word3)
{
    public const int Size = 16;

    private const int TypeShift = 10;
    private const int EndpointShift = 16;
    private const int EventTagShift = 21;
    private const int CodeShift = 24;

    public bool Cycle => Bit(0);

    /// <summary>Of a link: the ring's cycle bit means the opposite from here on.</summary>
    public bool TogglesCycle => Bit(1);

    public bool InterruptOnShortPacket => Bit(2);

    /// <summary>The next TRB belongs to the same transfer.</summary>
    public bool Chain => Bit(4);

    public bool InterruptOnCompletion => Bit(5);

    public bool AppendZeroLengthPacket => Bit(7);

    public bool BlocksInterrupt => Bit(9);

    public TrbType Type => (TrbType)((Word3 >> TypeShift) & 0x3F);

    /// <summary>Of a data stage: the host writes to the device.</summary>
    public bool IsInbound => Bit(16);

    public uint SetupTag => (Word3 >> 17) & 3;

    public bool Stalls => Bit(19);

    public bool SetsAddress => Bit(20);

    /// <summary>Bytes of the buffer.</summary>
    public uint Length => Word2 & 0x1_FFFF;

    public static Trb Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));

    public void Write(Span<byte> bytes, bool cycle)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Word0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Word1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Word2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (Word3 & ~1u) | (cycle ? 1u : 0));
    }

    /// <summary>The news that a TRB has ended.</summary>
    /// <param name="pei">The physical endpoint.</param>
    /// <param name="pointer">Where the TRB stands.</param>
    /// <param name="residual">Bytes of its buffer that were not moved.</param>
    /// <param name="code">How it ended.</param>
    public static Trb TransferEvent(int pei, uint pointer, uint residual, CompletionCode code) => new(
        pointer, 0, residual | ((uint)code << CodeShift), Word3Of(TrbType.TransferEvent) | ((uint)pei << EndpointShift));

    public static Trb SetupEvent(ReadOnlySpan<byte> packet, uint tag) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(packet),
        BinaryPrimitives.ReadUInt32LittleEndian(packet[4..]),
        (uint)CompletionCode.Success << CodeShift,
        Word3Of(TrbType.SetupEvent) | (tag << EventTagShift));

    /// <summary>An event that says nothing but that something happened.</summary>
    public static Trb PlainEvent(TrbType type) => new(0, 0, (uint)CompletionCode.Success << CodeShift, Word3Of(type));

    private static uint Word3Of(TrbType type) => (uint)type << TypeShift;

    private bool Bit(int bit) => (Word3 & (1u << bit)) != 0;
}
