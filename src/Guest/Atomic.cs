// The A extension on words in memory. All are acquire and release; each returns the old content.
// The bodies are the host's; on the target each is one instruction, or an lr/sc loop.

using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

public static class Atomic
{
    /// <summary><c>amoswap.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Swap(ref uint location, uint value) => Interlocked.Exchange(ref location, value);

    /// <summary><c>amoadd.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Add(ref uint location, uint value) => Interlocked.Add(ref location, value) - value;

    /// <summary><c>amoand.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint And(ref uint location, uint value) => Interlocked.And(ref location, value);

    /// <summary><c>amoor.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Or(ref uint location, uint value) => Interlocked.Or(ref location, value);

    /// <summary><c>amoxor.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Xor(ref uint location, uint value)
    {
        uint old = Volatile.Read(ref location);
        uint seen;
        while ((seen = Interlocked.CompareExchange(ref location, old ^ value, old)) != old)
        {
            old = seen;
        }

        return old;
    }

    /// <summary><c>amomin.w</c>, signed</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Min(ref uint location, uint value) => Choose(ref location, value, static (a, b) => (int)a < (int)b);

    /// <summary><c>amomax.w</c>, signed</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Max(ref uint location, uint value) => Choose(ref location, value, static (a, b) => (int)a > (int)b);

    /// <summary><c>amominu.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint MinU(ref uint location, uint value) => Choose(ref location, value, static (a, b) => a < b);

    /// <summary><c>amomaxu.w</c></summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint MaxU(ref uint location, uint value) => Choose(ref location, value, static (a, b) => a > b);

    /// <summary>Stores <paramref name="value"/> if the content equals <paramref name="expected"/>.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint CompareExchange(ref uint location, uint value, uint expected) =>
        Interlocked.CompareExchange(ref location, value, expected);

    private static uint Choose(ref uint location, uint value, Func<uint, uint, bool> isBetter)
    {
        uint old = Volatile.Read(ref location);
        uint seen;
        while (!isBetter(old, value) && (seen = Interlocked.CompareExchange(ref location, value, old)) != old)
        {
            old = seen;
        }

        return old;
    }
}
