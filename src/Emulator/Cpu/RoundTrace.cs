// What one round of a loop reads from devices and stores to memory, to tell whether the next round is the same.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>The traces that a round leaves.</summary>
internal sealed class RoundTrace(PhysicalMemory memory)
{
    private const int StoreLimit = 64;

    private readonly (uint Address, uint Before)[] stores = new (uint, uint)[StoreLimit];
    private int storeCount;
    private bool disturbed;

    /// <summary>The first cycle at which one of the registers read may read differently, events aside.</summary>
    public ulong SteadyUntil { get; private set; }

    /// <summary>Whether memory is as it was: nothing but RAM was stored to, and every word holds what it held.</summary>
    public bool LeftNoTrace
    {
        get
        {
            // Backwards: a word that was stored to twice is restored to what the first store found.
            for (int i = 0; i < storeCount; i++)
            {
                bool isFirst = Array.FindIndex(stores, 0, i, earlier => earlier.Address == stores[i].Address) < 0;
                if (isFirst && Word(stores[i].Address) != stores[i].Before)
                {
                    return false;
                }
            }

            return !disturbed;
        }
    }

    public void Start()
    {
        SteadyUntil = ScheduledEvent.Never;
        storeCount = 0;
        disturbed = false;
    }

    public void NoteRead(ulong steadyUntil) => SteadyUntil = Math.Min(SteadyUntil, steadyUntil);

    /// <summary>Called before a store; the first of a word counts, since it has the value that the round began with.</summary>
    public void NoteStore(uint physical, bool isRam)
    {
        disturbed |= !isRam || storeCount == StoreLimit;
        if (!disturbed)
        {
            stores[storeCount++] = (physical & ~3u, Word(physical & ~3u));
        }
    }

    private uint Word(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        memory.TryRead(address, bytes);
        return BitConverter.ToUInt32(bytes);
    }
}
