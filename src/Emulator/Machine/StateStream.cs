// The one description of a unit's state. A unit visits its fields in a fixed order in one method; the same
// method writes a snapshot, reads it back and feeds the state hash, so the three cannot drift apart.
// Everything is little endian. A field is never removed or reordered: a new one is appended, and a reader
// that reaches the end of an older section leaves the field at its reset value.

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace XousCloud.Emulator;

/// <summary>Visits the fields of a unit, either writing them out or reading them in.</summary>
public abstract class StateStream
{
    /// <summary>True when fields are being read in; a unit uses it to rebuild what it derives from them.</summary>
    public abstract bool IsLoading { get; }

    /// <summary>Visits raw bytes in place.</summary>
    public abstract void Bytes(Span<byte> value);

    public void U8(ref byte value) => Bytes(new Span<byte>(ref value));

    public void Bool(ref bool value)
    {
        byte raw = value ? (byte)1 : (byte)0;
        U8(ref raw);
        value = raw != 0;
    }

    public void U16(ref ushort value)
    {
        Span<byte> raw = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(raw, value);
        Bytes(raw);
        value = BinaryPrimitives.ReadUInt16LittleEndian(raw);
    }

    public void U32(ref uint value)
    {
        Span<byte> raw = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(raw, value);
        Bytes(raw);
        value = BinaryPrimitives.ReadUInt32LittleEndian(raw);
    }

    public void I32(ref int value) => U32(ref Unsafe.As<int, uint>(ref value));

    public void U64(ref ulong value)
    {
        Span<byte> raw = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(raw, value);
        Bytes(raw);
        value = BinaryPrimitives.ReadUInt64LittleEndian(raw);
    }

    public void U16s(Span<ushort> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            Bytes(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (ref ushort value in values)
        {
            U16(ref value);
        }
    }

    public void U32s(Span<uint> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            Bytes(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (ref uint value in values)
        {
            U32(ref value);
        }
    }

    /// <summary>Visits a text of at most 255 bytes of UTF-8.</summary>
    public void Text(ref string value)
    {
        Span<byte> bytes = stackalloc byte[byte.MaxValue];
        Encoding.UTF8.TryGetBytes(value, bytes, out int written);
        byte length = (byte)written;
        U8(ref length);
        Bytes(bytes[..length]);
        if (IsLoading)
        {
            value = Encoding.UTF8.GetString(bytes[..length]);
        }
    }

    /// <summary>Visits an enum whose underlying type is <see cref="byte"/>.</summary>
    public void Enum<T>(ref T value)
        where T : unmanaged, Enum
    {
        if (Unsafe.SizeOf<T>() != 1)
        {
            throw new ArgumentException($"{typeof(T).Name} must be a byte enum to be part of the state.");
        }

        U8(ref Unsafe.As<T, byte>(ref value));
    }

    /// <summary>Visits when an event is due, if it is scheduled at all, and its place among equals.</summary>
    public abstract void Event(ScheduledEvent value);

    /// <summary>Gives an object to a fork as it is. Both have it then, so neither may change it any more.</summary>
    /// <returns>False where the state goes as bytes: what the object holds must be visited.</returns>
    public virtual bool TryShare<T>(ref T value)
        where T : class => false;
}

/// <summary>Writes fields to a growing buffer.</summary>
public sealed class StateWriter : StateStream
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public override bool IsLoading => false;

    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    public override void Bytes(Span<byte> value) => buffer.Write(value);

    public override void Event(ScheduledEvent value)
    {
        ulong due = value.Due;
        ulong order = value.Order;
        U64(ref due);
        U64(ref order);
    }
}

/// <summary>Reads fields from a section of a snapshot. Fields beyond its end keep their value.</summary>
public sealed class StateReader(ReadOnlyMemory<byte> section) : StateStream
{
    private int position;

    public override bool IsLoading => true;

    public override void Bytes(Span<byte> value)
    {
        if (section.Length - position < value.Length)
        {
            position = section.Length;
            return;
        }

        section.Span.Slice(position, value.Length).CopyTo(value);
        position += value.Length;
    }

    public override void Event(ScheduledEvent value)
    {
        ulong due = ScheduledEvent.Never;
        ulong order = 0;
        U64(ref due);
        U64(ref order);
        value.Restore(due, order);
    }
}
