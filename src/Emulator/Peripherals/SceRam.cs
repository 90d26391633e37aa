// SCE_RAM: the crypto engine's 9984 bytes of RAM, cut into segments that its units read from and write to.
// Facts: datasheet, SCE segments and FIFOs; RTL of the segment memory.
// - To the CPU it is plain RAM, but six segments can each be switched to a FIFO (SCE_GLBSFR, FFEN): a load from
//   anywhere in the segment then takes the oldest word, a store appends one.
// - A FIFO that is full takes no more. The two of the TRNG stream: they overwrite their oldest words, and their
//   count grows on.
// - A unit starts at a pointer in its segment and wraps at the segment's end. A pointer that starts beyond the end
//   reaches its first word there; reading goes on with word 1 of the segment, writing starts at its word 0.
// - A reset of the engine clears all but the TRNG's two segments.
// Where the CPU on silicon waits for ever (a load from an empty FIFO, a store to a full one), it reads 0 and the
// store is lost. Access rights of the secure modes are not modelled.

using System.Buffers.Binary;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A segment of the crypto engine's RAM.</summary>
/// <param name="First">Index of the first word.</param>
/// <param name="Words">Its length in words, a power of two.</param>
/// <param name="Fifo">The FIFO that it can be switched to, or -1.</param>
public readonly record struct SceSegment(uint First, uint Words, int Fifo = -1);

/// <summary>The RAM that the crypto engine's units share with the CPU.</summary>
public sealed class SceRam(SystemOnChip soc) : Peripheral(soc, "SCE_RAM")
{
    public const int FifoCount = 6;

    private const uint Length = 0x2700;
    private const uint CountMask = 0xFFF;
    private const uint PointerMask = 0xFFF;
    private const int NearlyFullOrEmpty = 2;

    private readonly uint[] words = new uint[Length / 4];
    private readonly byte[] input = new byte[FifoCount];
    private readonly byte[] output = new byte[FifoCount];
    private readonly ushort[] counts = new ushort[FifoCount];
    private uint fifoEnable;

    public static SceSegment Lkey { get; } = new(0x0000 / 4, 64, Fifo: 0);

    public static SceSegment Msg { get; } = new(0x0400 / 4, 128, Fifo: 1);

    public static SceSegment Hout { get; } = new(0x0600 / 4, 64);

    public static SceSegment Sob { get; } = new(0x0700 / 4, 64);

    public static SceSegment Akey { get; } = new(0x1C00 / 4, 64);

    public static SceSegment Aib { get; } = new(0x1D00 / 4, 64, Fifo: 2);

    public static SceSegment Aob { get; } = new(0x1E00 / 4, 64, Fifo: 3);

    public static SceSegment Rnga { get; } = new(0x1F00 / 4, 256, Fifo: 4);

    public static SceSegment Rngb { get; } = new(0x2300 / 4, 256, Fifo: 5);

    // In the order of their numbers; below what it is made of, as static fields are set from top to bottom.
    private static SceSegment[] Fifos { get; } = [Lkey, Msg, Aib, Aob, Rnga, Rngb];

    /// <summary>FFEN: bit n switches FIFO n on.</summary>
    public uint FifoEnable
    {
        get => fifoEnable;
        set => fifoEnable = value & ((1u << FifoCount) - 1);
    }

    /// <summary>Whether a segment is switched to a FIFO.</summary>
    public bool IsFifo(SceSegment segment) => segment.Fifo >= 0 && (fifoEnable & (1u << segment.Fifo)) != 0;

    /// <summary>A FIFO's status word: count in 15:4, then full, nearly full, empty, nearly empty.</summary>
    public uint FifoStatus(int fifo)
    {
        uint count = counts[fifo] & CountMask;
        SceSegment segment = Fifos[fifo];
        return (count << 4)
            | (IsFull(segment) ? 8u : 0)
            | (count == segment.Words - NearlyFullOrEmpty ? 4u : 0)
            | (count == 0 ? 2u : 0)
            | (count == NearlyFullOrEmpty ? 1u : 0);
    }

    public void ClearFifo(int fifo)
    {
        input[fifo] = output[fifo] = 0;
        counts[fifo] = 0;
    }

    /// <summary>Clears all but the segments of the TRNG.</summary>
    public void Clear() => words.AsSpan(0, (int)Rnga.First).Clear();

    /// <summary>Reads consecutive words of a segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="start">The first word's index in the segment.</param>
    /// <param name="into">Filled.</param>
    /// <param name="swapped">Whether the bytes of each word are reversed on the way.</param>
    /// <returns>The index after the last word.</returns>
    public uint ReadBlock(SceSegment segment, uint start, Span<uint> into, bool swapped)
    {
        uint pointer = start & PointerMask;
        foreach (ref uint word in into)
        {
            word = Swap(At(segment.First + pointer), swapped);
            pointer = pointer > segment.Words ? 1 : Next(segment, pointer);
        }

        return pointer;
    }

    /// <summary>Writes consecutive words of a segment; see <see cref="ReadBlock"/>.</summary>
    public uint WriteBlock(SceSegment segment, uint start, ReadOnlySpan<uint> from, bool swapped)
    {
        uint pointer = start & PointerMask;
        foreach (uint word in from)
        {
            pointer = pointer > segment.Words ? 0 : pointer;
            words[segment.First + pointer] = Swap(word, swapped);
            pointer = Next(segment, pointer);
        }

        return pointer;
    }

    /// <summary>Appends words to a FIFO that streams, after others that they have overwritten.</summary>
    public void Stream(SceSegment segment, uint overwritten, ReadOnlySpan<uint> from)
    {
        input[segment.Fifo] += (byte)overwritten;
        counts[segment.Fifo] += (ushort)overwritten;
        foreach (uint word in from)
        {
            Append(segment, word);
        }
    }

    public override uint Read(uint offset)
    {
        if (offset >= Length)
        {
            return UnmodelledRead(offset);
        }

        return FifoAt(offset) is { } fifo ? Take(fifo) : words[offset / 4];
    }

    public override ulong SteadyUntil(uint offset) => FifoAt(offset) is null ? ScheduledEvent.Never : 0;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset >= Length)
        {
            UnmodelledWrite(offset, value);
        }
        else if (FifoAt(offset) is { } fifo)
        {
            Append(fifo, value);
        }
        else
        {
            words[offset / 4] = Merge(words[offset / 4], value, lanes);
        }
    }

    public override void Reset(ResetKind kind)
    {
        Clear();
        if (kind == ResetKind.PowerOn)
        {
            Array.Clear(words);
        }

        fifoEnable = 0;
        for (int fifo = 0; fifo < FifoCount; fifo++)
        {
            ClearFifo(fifo);
        }
    }

    public override void State(StateStream state)
    {
        state.U32s(words);
        state.Bytes(input);
        state.Bytes(output);
        state.U16s(counts);
        state.U32(ref fifoEnable);
    }

    private static uint Next(SceSegment segment, uint pointer) => pointer == segment.Words - 1 ? 0 : pointer + 1;

    private static uint Swap(uint word, bool swapped) =>
        swapped ? BinaryPrimitives.ReverseEndianness(word) : word;

    private static bool Streams(SceSegment segment) => segment.Words == Rnga.Words;

    private bool IsFull(SceSegment segment) =>
        (counts[segment.Fifo] & CountMask) == segment.Words && !Streams(segment);

    private uint At(uint index) => index < words.Length ? words[index] : 0;

    private SceSegment? FifoAt(uint offset)
    {
        if (fifoEnable == 0)
        {
            return null;
        }

        foreach (SceSegment segment in Fifos)
        {
            if (IsFifo(segment) && (offset / 4) - segment.First < segment.Words)
            {
                return segment;
            }
        }

        return null;
    }

    private uint Take(SceSegment segment)
    {
        if ((counts[segment.Fifo] & CountMask) == 0)
        {
            return 0;
        }

        counts[segment.Fifo]--;
        return words[segment.First + (output[segment.Fifo]++ & (segment.Words - 1))];
    }

    private void Append(SceSegment segment, uint word)
    {
        if (IsFull(segment))
        {
            return;
        }

        counts[segment.Fifo]++;
        words[segment.First + (input[segment.Fifo]++ & (segment.Words - 1))] = word;
    }
}
