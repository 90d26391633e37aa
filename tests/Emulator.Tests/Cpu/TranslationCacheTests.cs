using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed unsafe class TranslationCacheTests : IDisposable
{
    private const uint PageSize = 4096;

    private readonly TranslationCache cache = new();
    private readonly HartState[] memory = GC.AllocateArray<HartState>(1, pinned: true);
    private readonly byte* page = (byte*)0x7000_0000_0000;

    private HartState* State => (HartState*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]);

    [Fact]
    public void A_flush_of_translations_keeps_physical_entries()
    {
        cache.FillRead(View.Bare, 0x6100_0000, page);
        cache.FillRead(View.Supervisor, 0x6100_0000, page);

        cache.FlushTranslated();

        Assert.NotEqual(0, ReadEntry(View.Bare, 0x6100_0000));
        Assert.Equal(0, ReadEntry(View.Supervisor, 0x6100_0000));
    }

    [Fact]
    public void An_entry_added_to_an_address_gives_the_host_address()
    {
        cache.FillRead(View.User, 0x2000_1234, page);

        Assert.Equal((nint)page + 0x234, ReadEntry(View.User, 0x2000_1234) + 0x2000_1234);
    }

    [Fact]
    public void Protecting_a_page_takes_the_right_to_store_from_every_mapping_of_it()
    {
        cache.FillWrite(View.User, 0x1000_0000, page);
        cache.FillWrite(View.User, 0x2000_0000, page);
        cache.FillWrite(View.Supervisor, 0x3000_0000, page);
        cache.FillWrite(View.User, 0x4000_0000, page + PageSize);

        cache.ProtectPage(page);

        Assert.Equal(0, WriteEntry(View.User, 0x1000_0000));
        Assert.Equal(0, WriteEntry(View.User, 0x2000_0000));
        Assert.Equal(0, WriteEntry(View.Supervisor, 0x3000_0000));
        Assert.NotEqual(0, WriteEntry(View.User, 0x4000_0000));
    }

    [Fact]
    public void A_guest_that_touches_every_page_of_4_GiB_leaves_a_bounded_number_of_entries()
    {
        for (ulong address = 0; address <= uint.MaxValue; address += PageSize)
        {
            cache.FillRead(View.Supervisor, (uint)address, page);
        }

        int entries = 0;
        for (ulong address = 0; address <= uint.MaxValue; address += PageSize)
        {
            entries += ReadEntry(View.Supervisor, (uint)address) != 0 ? 1 : 0;
        }

        Assert.InRange(entries, 1, 256 * 512);
    }

    public void Dispose() => cache.Dispose();

    private nint ReadEntry(View view, uint address)
    {
        cache.Select(view, view, State);
        return State->Read[address / PageSize];
    }

    private nint WriteEntry(View view, uint address)
    {
        cache.Select(view, view, State);
        return State->Write[address / PageSize];
    }
}
