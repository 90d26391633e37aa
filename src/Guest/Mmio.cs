// Device registers. Every access is volatile: none is left out, repeated, or moved over another.

namespace XousCloud.Guest;

/// <summary>Accesses of a given width at an address.</summary>
public static unsafe class Mmio
{
    public static uint Read32(uint address) => Volatile.Read(ref *(uint*)address);

    public static void Write32(uint address, uint value) => Volatile.Write(ref *(uint*)address, value);

    public static ushort Read16(uint address) => Volatile.Read(ref *(ushort*)address);

    public static void Write16(uint address, ushort value) => Volatile.Write(ref *(ushort*)address, value);

    public static byte Read8(uint address) => Volatile.Read(ref *(byte*)address);

    public static void Write8(uint address, byte value) => Volatile.Write(ref *(byte*)address, value);
}

/// <summary>A 32-bit register at an address.</summary>
public readonly struct Register32(uint address)
{
    public uint Address { get; } = address;

    public uint Read() => Mmio.Read32(Address);

    public void Write(uint value) => Mmio.Write32(Address, value);

    /// <summary>Whether any of the bits is 1.</summary>
    public bool HasAny(uint bits) => (Read() & bits) != 0;

    /// <summary>Reads, sets the bits, writes back.</summary>
    public void Set(uint bits) => Write(Read() | bits);

    /// <summary>Reads, clears the bits, writes back.</summary>
    public void Clear(uint bits) => Write(Read() & ~bits);
}
