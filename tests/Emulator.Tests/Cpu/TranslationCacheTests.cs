// The flat tables on their own: what is entered, and what each kind of change takes away.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed unsafe class TranslationCacheTests : IDisposable
{
    private const uint PageSize = 4096;
    private const uint Ram = 0x8000_0000;
    private const uint Root = Ram;
    private const uint Leaf = Ram + PageSize;
    private const uint OtherRoot = Ram + (2 * PageSize);
    private const uint Data = Ram + (3 * PageSize);

    private readonly PhysicalMemory memory = new(
        [new MemoryRegion("RAM", Ram, 16 * PageSize, executable: true)], new ImageMemory([], static _ => 0));

    private readonly TranslationCache cache;
    private readonly HartState[] state = GC.AllocateArray<HartState>(1, pinned: true);
    private readonly byte* page = (byte*)0x7000_0000_0000;

    public TranslationCacheTests()
    {
        cache = new TranslationCache(memory);
        memory.Watcher = new Watcher(cache);
    }

    private HartState* State => (HartState*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref state[0]);

    [Fact]
    public void An_entry_added_to_an_address_gives_the_host_address()
    {
        Look(Root, View.User);
        cache.FillRead(0x2000_1234, Leaf, page);

        Assert.Equal((nint)page + 0x234, State->Read[0x2000_1] + 0x2000_1234);
    }

    [Fact]
    public void Entries_are_still_there_when_an_address_space_is_looked_through_again()
    {
        Look(Root, View.User);
        cache.FillRead(0x2000_1000, Leaf, page);

        Look(OtherRoot, View.User);
        Assert.Equal(0, State->Read[0x2000_1]);
        Look(Root, View.Supervisor);
        Assert.Equal(0, State->Read[0x2000_1]);
        Look(Root, View.User);
        Assert.NotEqual(0, State->Read[0x2000_1]);
    }

    [Fact]
    public void A_store_to_a_second_level_table_takes_away_the_page_that_it_translates_in_every_view()
    {
        FillBoth(0x2000_1000);
        FillBoth(0x2000_2000);

        Store(Leaf + (1 * 4));

        foreach (View view in new[] { View.User, View.Supervisor })
        {
            Look(Root, view);
            Assert.Equal(0, State->Read[0x2000_1]);
            Assert.NotEqual(0, State->Read[0x2000_2]);
        }
    }

    [Fact]
    public void A_store_to_the_root_table_takes_away_the_4_MiB_that_it_translates()
    {
        FillBoth(0x2000_1000);
        FillBoth(0x2040_0000);

        Store(Root + (0x80 * 4));

        Look(Root, View.User);
        Assert.Equal(0, State->Read[0x2000_1]);
        Assert.NotEqual(0, State->Read[0x2040_0]);
    }

    [Fact]
    public void A_table_that_two_address_spaces_share_serves_both()
    {
        Look(Root, View.User);
        cache.FillRead(0x2000_1000, Leaf, page);
        Look(OtherRoot, View.User);
        cache.FillRead(0x2000_1000, Leaf, page);

        Store(Leaf + (1 * 4));

        Assert.Equal(0, State->Read[0x2000_1]);
        Look(Root, View.User);
        Assert.Equal(0, State->Read[0x2000_1]);
    }

    [Fact]
    public void What_was_a_page_table_is_let_go_when_stores_to_it_change_no_translation()
    {
        FillBoth(0x2000_1000);
        Assert.Equal(PageWatch.PageTable, memory.Regions[0].Watches[1]);

        for (int i = 0; i < 2000; i++)
        {
            Store(Leaf + (uint)(((i % 1000) + 2) * 4));
        }

        Assert.Equal(PageWatch.None, memory.Regions[0].Watches[1]);
        Look(Root, View.User);
        Assert.Equal(0, State->Read[0x2000_1]);
    }

    [Fact]
    public void Protecting_a_page_takes_the_right_to_store_from_every_mapping_of_it()
    {
        Look(Root, View.User);
        MemoryRegion ram = memory.Regions[0];
        byte* own = memory.PageForWrite(ram, Data);
        memory.PageForWrite(ram, Data + PageSize);
        Assert.True(cache.TryFillWrite(0x1000_0000, Leaf, ram, Data));
        Assert.True(cache.TryFillWrite(0x2000_0000, Leaf, ram, Data));
        Assert.True(cache.TryFillWrite(0x4000_0000, Leaf, ram, Data + PageSize));
        Look(OtherRoot, View.Supervisor);
        Assert.True(cache.TryFillWrite(0x3000_0000, Leaf, ram, Data));

        cache.ProtectPage(own);

        Assert.Equal(0, State->Write[0x3000_0]);
        Look(Root, View.User);
        Assert.Equal(0, State->Write[0x1000_0]);
        Assert.Equal(0, State->Write[0x2000_0]);
        Assert.NotEqual(0, State->Write[0x4000_0]);
    }

    [Fact]
    public void A_table_that_translates_itself_gets_no_entry_for_stores()
    {
        Look(Root, View.Supervisor);
        memory.PageForWrite(memory.Regions[0], Leaf);

        Assert.False(cache.TryFillWrite(0x1000_0000, Leaf, memory.Regions[0], Leaf));
        Assert.Equal(0, State->Write[0x1000_0]);
    }

    [Fact]
    public void A_guest_that_touches_every_page_of_4_GiB_leaves_a_bounded_number_of_entries()
    {
        Look(0, View.Machine);
        for (ulong address = 0; address <= uint.MaxValue; address += PageSize)
        {
            cache.FillRead((uint)address, 0, page);
        }

        int entries = 0;
        for (int i = 0; i < 1 << 20; i++)
        {
            entries += State->Read[i] != 0 ? 1 : 0;
        }

        Assert.InRange(entries, 1, 1024 * 512);
    }

    [Fact]
    public void A_guest_that_makes_ever_new_address_spaces_keeps_a_bounded_number()
    {
        for (uint i = 0; i < 1000; i++)
        {
            Look(Ram + (i * PageSize), View.User);
        }

        Assert.InRange(cache.Spaces, 1, 128);
    }

    public void Dispose()
    {
        cache.Dispose();
        memory.Dispose();
    }

    private void Look(uint root, View view) => cache.Select(root, view, forData: true, State);

    private void FillBoth(uint address)
    {
        Look(Root, View.User);
        cache.FillRead(address, Leaf, page);
        Look(Root, View.Supervisor);
        cache.FillRead(address, Leaf, page);
    }

    private void Store(uint physical) => Assert.True(memory.TryWrite(physical, new byte[4]));

    private sealed class Watcher(TranslationCache cache) : IMemoryWatcher
    {
        public void Written(PageWatch watches, uint address, uint length) => cache.TableWritten(address, length);

        public void PageMoved(uint pageAddress, byte* oldPlace) => cache.PageMoved(oldPlace);

        public void PagesShared() => cache.ForgetWrites();
    }
}
