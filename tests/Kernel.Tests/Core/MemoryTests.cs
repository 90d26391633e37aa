// Memory calls and faults: what is promised, given, refused and taken back.

using static XousCloud.Kernel.SystemCallNumber;

namespace XousCloud.Kernel.Tests.Core;

public sealed class MemoryTests : IDisposable
{
    private const uint First = 2;
    private const uint Second = 3;
    private const uint Data = KernelBench.Text + 4096;
    private const uint ReadWrite = 6;

    private readonly KernelBench bench = new();

    public void Dispose()
    {
        bench.Check();
        bench.Dispose();
    }

    [Fact]
    public void Memory_is_promised_at_once_and_given_zeroed_when_it_is_touched()
    {
        uint[] answer = bench.CallAs(First, MapMemory, 0, 0, 3 * 4096, ReadWrite);
        Assert.Equal([3, AddressMap.DefaultBase, 3 * 4096], answer[..3]);
        uint free = bench.FreePages;
        Assert.Equal(0u, bench.Word(First, answer[1] + 4096));
        Assert.Equal(free - 1, bench.FreePages);
        Assert.Equal(0u, bench.CallAs(First, UnmapMemory, answer[1], 3 * 4096)[0]);
        Assert.Equal(free, bench.FreePages);
    }

    [Fact]
    public void No_page_is_writable_and_executable()
    {
        uint address = bench.CallAs(First, MapMemory, 0, 0, 4096, 14)[1];
        bench.Word(First, address, write: true) = 1;
        Assert.Equal(0u, bench.Kernel.EntryAt(First, address) & PageTableEntry.Execute);
    }

    [Fact]
    public void The_heap_grows_by_what_is_asked_for_and_stops_at_its_limit()
    {
        Assert.Equal([3, AddressMap.HeapBase, 8192], bench.CallAs(First, IncreaseHeap, 8192, ReadWrite)[..3]);
        Assert.Equal([3, AddressMap.HeapBase + 8192, 4096], bench.CallAs(First, IncreaseHeap, 4096, ReadWrite)[..3]);
        Assert.Equal((uint)XousError.OutOfMemory, bench.CallAs(First, IncreaseHeap, AddressMap.HeapLimit, ReadWrite)[1]);
        Assert.Equal([15, 1, 0x10_0000], bench.CallAs(First, AdjustProcessLimit, 1, AddressMap.HeapLimit, 0x10_0000)[..3]);
        Assert.Equal(3u, bench.CallAs(First, IncreaseHeap, AddressMap.HeapLimit, ReadWrite)[0]);
        Assert.Equal(3u, bench.CallAs(First, DecreaseHeap, AddressMap.HeapLimit + (3 * 4096))[0]);
    }

    [Theory]
    [InlineData(15u, KernelBench.Text)] // a store to text
    [InlineData(12u, Data)] // running data
    [InlineData(13u, 0u)]
    [InlineData(13u, KernelBench.StackTop)]
    [InlineData(13u, AddressMap.DirectMap)]
    [InlineData(15u, 0xFFF7_F000u)]
    [InlineData(2u, 0u)] // an illegal instruction
    public void What_is_not_allowed_ends_the_process_and_no_other(uint cause, uint value)
    {
        bench.Run(First);
        bench.Kernel.Fault(cause, value);
        Assert.Equal((First, cause, value), (bench.Kernel.LastDeath.Process, bench.Kernel.LastDeath.Cause, bench.Kernel.LastDeath.Value));
        Assert.False(bench.Kernel.ProcessOf(First).Exists);
        bench.Run(Second);
    }

    [Fact]
    public void A_guard_page_ends_the_process_that_touches_it()
    {
        uint address = bench.CallAs(First, MapMemory, 0, 0, 3 * 4096, 14)[1];
        Assert.Equal(0u, bench.CallAs(First, UpdateMemoryFlags, address, 4096, 4, 0)[0]);
        bench.Run(First);
        bench.Kernel.Fault(15, address + 8);
        Assert.Equal(First, bench.Kernel.LastDeath.Process);
    }

    [Fact]
    public void Flags_are_only_taken_away()
    {
        Assert.Equal(0u, bench.CallAs(First, UpdateMemoryFlags, Data, 4096, 2, 0)[0]);
        Assert.Equal((uint)XousError.MemoryInUse, bench.CallAs(First, UpdateMemoryFlags, Data, 4096, ReadWrite, 0)[1]);
        Assert.Equal((uint)XousError.MemoryInUse, bench.CallAs(First, UpdateMemoryFlags, Data, 4096, 0, 0)[1]);
        Assert.Equal((uint)XousError.ProcessNotChild, bench.CallAs(First, UpdateMemoryFlags, Data, 4096, 2, 3)[1]);
    }

    [Fact]
    public void A_device_page_has_one_process_until_it_unmaps_it_for_the_last_time()
    {
        uint physical = KernelBench.DevicePage << 12;
        uint one = bench.CallAs(First, MapMemory, physical, 0, 4096, ReadWrite)[1];
        uint two = bench.CallAs(First, MapMemory, physical, 0, 4096, ReadWrite)[1];
        Assert.Equal((uint)XousError.MemoryInUse, bench.CallAs(Second, MapMemory, physical, 0, 4096, ReadWrite)[1]);
        bench.CallAs(First, UnmapMemory, one, 4096);
        Assert.Equal((uint)XousError.MemoryInUse, bench.CallAs(Second, MapMemory, physical, 0, 4096, ReadWrite)[1]);
        bench.CallAs(First, UnmapMemory, two, 4096);
        Assert.Equal(3u, bench.CallAs(Second, MapMemory, physical, 0, 4096, ReadWrite)[0]);
    }

    [Fact]
    public void No_process_maps_a_page_of_RAM_that_has_an_owner_not_even_its_own()
    {
        uint table = PageTableEntry.Page(bench.Kernel.EntryAt(First, Data));
        foreach (uint page in (uint[])[KernelBench.FirstPage, bench.Kernel.ProcessOf(First).RootPage, bench.Kernel.ProcessOf(First).ContextPage, table])
        {
            Assert.Equal((uint)XousError.MemoryInUse, bench.CallAs(First, MapMemory, page << 12, 0, 4096, ReadWrite)[1]);
        }

        Assert.Equal((uint)XousError.BadAddress, bench.CallAs(First, MapMemory, 0x7000_0000, 0, 4096, ReadWrite)[1]);
    }

    [Fact]
    public void A_promise_that_there_is_no_memory_for_takes_none()
    {
        bench.CallAs(First, AdjustProcessLimit, 1, AddressMap.HeapLimit, 0x100_0000);
        bench.CallAs(First, IncreaseHeap, 0xC0_0000, ReadWrite);
        for (uint address = AddressMap.HeapBase; bench.FreePages > 8; address += 4096)
        {
            _ = bench.Word(First, address);
        }

        Assert.Equal((uint)XousError.OutOfMemory, bench.CallAs(First, MapMemory, 0, 0x9000_0000, 0x4000_0000, ReadWrite)[1]);
        Assert.Equal(8u, bench.FreePages);
    }

    [Fact]
    public void When_memory_is_used_up_a_touch_ends_the_process_and_the_others_go_on()
    {
        bench.CallAs(First, AdjustProcessLimit, 1, AddressMap.HeapLimit, 0x100_0000);
        bench.CallAs(First, IncreaseHeap, 0x40_0000, ReadWrite);
        for (uint address = AddressMap.HeapBase; bench.FreePages > 0; address += 4096)
        {
            _ = bench.Word(First, address);
        }

        Assert.Equal((uint)XousError.OutOfMemory, bench.CallAs(Second, CreateServerWithAddress, 1, 2, 3, 4)[1]);
        bench.Run(First);
        bench.Kernel.Fault(13, AddressMap.HeapBase + 0x3F_0000);
        Assert.Equal(First, bench.Kernel.LastDeath.Process);
        Assert.Equal(8u, bench.CallAs(Second, CreateServerWithAddress, 1, 2, 3, 4)[0]);
    }
}
