// The tables of one way of looking at memory: for each of the 2^20 virtual pages an entry for loads, for stores and
// for execution. They are flat because the guest is 32-bit and the host's zero pages are free until touched: a look
// is one read, with no tag to compare and no associativity.
//
// A look-up may be indexed with the address rotated right by the access's alignment bits, so that a misaligned
// address falls into the upper three quarters of a table. Nothing is ever entered there: it misses.
//
// Behind the tables lie slots for generated code: a load that waits for an earlier load keeps in its slot the page that
// it hit last and that page's entry, so that the entry does not have to be looked up by an address that is late
// (Translator/MemoryTranslator.cs). Generated code fills them from the table for loads; what is taken from that table is
// taken from them here.

using System.Numerics;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>Host addresses by virtual page. 0 is a miss.</summary>
internal sealed unsafe class FlatTables : IDisposable
{
    public const int PageShift = 12;

    /// <summary>Where the tables begin, in bytes from <see cref="Start"/>.</summary>
    public const int ReadOffset = 0;
    public const int WriteOffset = 4 * PageCount * sizeof(long);
    public const int ExecuteOffset = 2 * WriteOffset;

    /// <summary>
    /// Where the slots begin, 8 bytes each: first what they are for, the address of a page plus <see cref="SlotBias"/>
    /// so that 0 is none, then at <see cref="SlotEntries"/> the pages' entries.
    /// </summary>
    public const int SlotTags = ExecuteOffset + (PageCount * sizeof(long));
    public const int SlotEntries = SlotTags + (SlotCount * sizeof(long));
    public const int SlotCount = 1024;
    public const int SlotBias = 1 << PageShift;

    /// <summary>A byte for the tag's page number under the mask, not 0 where such a page was entered into a slot.</summary>
    public const int SlotPages = SlotEntries + (SlotCount * sizeof(long));
    public const int SlotPagesMask = SlotPagesLength - 1;

    private const int PageCount = 1 << 20;
    private const int SlotPagesLength = 4096;
    private const int Length = SlotPages + SlotPagesLength;

    // The tables themselves are paged: one host page holds the entries of 2 MiB of addresses.
    private const int EntriesInHostPage = 512;

    private readonly SparseMemory memory = new(Length);

    // Which pages have entries, a bit for each: for a host page of entries that is in use, which of the groups of words.
    private const int WordsInGroup = EntriesInHostPage / 64;
    private readonly ushort[] groups = new ushort[PageCount / EntriesInHostPage]; // 0 is none
    private ulong[] filled = new ulong[8 * WordsInGroup];
    private ushort[] starts = new ushort[8]; // and which host page of entries a group is of
    private int groupCount;

    public byte* Start => memory.Start;

    /// <summary>Host address minus virtual address, for loads.</summary>
    public nint* Read => (nint*)(memory.Start + ReadOffset);

    /// <summary>The same for stores: only pages that are the device's own, plain RAM, and watched by nobody.</summary>
    public nint* Write => (nint*)(memory.Start + WriteOffset);

    /// <summary>What the engine knows of a page's code.</summary>
    public void** Execute => (void**)(memory.Start + ExecuteOffset);

    /// <summary>Notes that a page gets an entry.</summary>
    /// <returns>Whether that makes the host back more of the tables.</returns>
    public bool Note(uint page)
    {
        ref ushort group = ref groups[page / EntriesInHostPage];
        bool isNew = group == 0;
        if (isNew)
        {
            group = (ushort)++groupCount;
            if ((groupCount + 1) * WordsInGroup > filled.Length)
            {
                ulong[] larger = new ulong[filled.Length * 2];
                filled.CopyTo(larger, 0);
                filled = larger;
                Array.Resize(ref starts, starts.Length * 2);
            }

            starts[group] = (ushort)(page / EntriesInHostPage);
        }

        Word(group, page) |= 1ul << (int)page;
        return isNew;
    }

    /// <summary>Forgets the entries of one page.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Forget(uint page)
    {
        int group = groups[page / EntriesInHostPage];
        if (group == 0 || (Word(group, page) & (1ul << (int)page)) == 0)
        {
            return false;
        }

        Word(group, page) &= ~(1ul << (int)page);
        Clear(page);
        ForgetSlots(page);
        return true;
    }

    /// <summary>Forgets the entries of a range of pages, a multiple of 512 that starts at one.</summary>
    public bool Forget(uint firstPage, uint count)
    {
        bool any = false;
        for (uint start = firstPage; start < firstPage + count; start += EntriesInHostPage)
        {
            int group = groups[start / EntriesInHostPage];
            for (uint page = start; group != 0 && page < start + EntriesInHostPage; page += 64)
            {
                ref ulong word = ref Word(group, page);
                any |= word != 0;
                for (; word != 0; word &= word - 1)
                {
                    Clear(page + (uint)BitOperations.TrailingZeroCount(word));
                }
            }
        }

        if (any)
        {
            ForgetSlots();
        }

        return any;
    }

    public void ForgetAll()
    {
        for (int group = 1; group <= groupCount; group++)
        {
            Forget((uint)starts[group] * EntriesInHostPage, EntriesInHostPage);
        }
    }

    /// <summary>Forgets what leads loads to a host page.</summary>
    public void ForgetReads(byte* hostPage)
    {
        if (ForgetEntries(Read, hostPage))
        {
            ForgetSlots();
        }
    }

    /// <summary>Forgets what leads stores to a host page.</summary>
    public void ForgetWrites(byte* hostPage) => ForgetEntries(Write, hostPage);

    /// <summary>Forgets what leads stores anywhere.</summary>
    public void ForgetWrites()
    {
        for (int group = 1; group <= groupCount; group++)
        {
            uint first = (uint)starts[group] * EntriesInHostPage;
            for (int index = 0; index < WordsInGroup; index++)
            {
                for (ulong word = filled[(group * WordsInGroup) + index]; word != 0; word &= word - 1)
                {
                    Write[first + (uint)((index * 64) + BitOperations.TrailingZeroCount(word))] = 0;
                }
            }
        }
    }

    /// <summary>Forgets the code of a page if it is this.</summary>
    public void ForgetCode(uint page, void* code)
    {
        if (groups[page / EntriesInHostPage] != 0 && Execute[page] == code)
        {
            Execute[page] = null;
        }
    }

    /// <summary>Forgets everything and gives the host's pages back.</summary>
    public void Release()
    {
        memory.Reset();
        Array.Clear(groups);
        Array.Clear(filled);
        groupCount = 0;
    }

    public void Dispose() => memory.Dispose();

    /// <summary>The entry of a virtual page that leads to a host page.</summary>
    public static nint Addend(uint page, byte* hostPage) => (nint)hostPage - (nint)(page << PageShift);

    private ref ulong Word(int group, uint page) =>
        ref filled[(group * WordsInGroup) + (int)(page % EntriesInHostPage / 64)];

    private bool ForgetEntries(nint* table, byte* hostPage)
    {
        bool any = false;
        for (int group = 1; group <= groupCount; group++)
        {
            uint first = (uint)starts[group] * EntriesInHostPage;
            for (int index = 0; index < WordsInGroup; index++)
            {
                for (ulong word = filled[(group * WordsInGroup) + index]; word != 0; word &= word - 1)
                {
                    uint page = first + (uint)((index * 64) + BitOperations.TrailingZeroCount(word));
                    if (table[page] == Addend(page, hostPage))
                    {
                        table[page] = 0;
                        any = true;
                    }
                }
            }
        }

        return any;
    }

    private void ForgetSlots(uint page)
    {
        ulong tag = ((ulong)page << PageShift) + SlotBias;
        if (memory.Start[SlotPages + ((tag >> PageShift) & SlotPagesMask)] != 0)
        {
            Span<ulong> tags = new(memory.Start + SlotTags, SlotCount);
            tags.Replace(tag, 0ul);
        }
    }

    private void ForgetSlots()
    {
        Span<byte> pages = new(memory.Start + SlotPages, SlotPagesLength);
        if (pages.ContainsAnyExcept((byte)0))
        {
            pages.Clear();
            new Span<byte>(memory.Start + SlotTags, SlotCount * sizeof(long)).Clear();
        }
    }

    private void Clear(uint page)
    {
        Read[page] = 0;
        Write[page] = 0;
        Execute[page] = null;
    }
}
