// A kernel over an array as RAM, with processes that a test speaks for: it says which thread makes which call, and
// reads the answer.

using System.Runtime.InteropServices;

namespace XousCloud.Kernel.Tests.Core;

internal sealed unsafe class KernelBench : IDisposable
{
    public const uint FirstPage = 0x6_1000;
    public const uint PageCount = 512;
    public const uint Text = 0x1_0000;
    public const uint StackTop = 0x8000_0000;
    public const uint DevicePage = 0x4_0000;
    public const uint DevicePages = 16;

    private readonly byte* ram = (byte*)NativeMemory.AlignedAlloc(PageCount * 4096, 4096);
    private readonly PhysicalMemory memory;
    private Kernel kernel;

    /// <param name="processes">Processes 2 and up, each with a text page, a data page and a stack of 4 promised pages.</param>
    public KernelBench(int processes = 3)
    {
        new Span<byte>(ram, (int)PageCount * 4096).Fill(0xA5);
        memory = new PhysicalMemory(ram, FirstPage, PageCount);
        uint kernelRoot = FirstPage;
        memory.Words(kernelRoot).Clear();
        kernel.Initialize(memory, kernelRoot);
        Assert.Equal(XousError.None, kernel.Pages.Claim(kernelRoot, Kernel.KernelProcess));
        Assert.True(kernel.Pages.AddRegion(DevicePage, DevicePages));
        for (uint process = 2; process < 2 + processes; process++)
        {
            AddProcess(process);
        }

        kernel.ScheduleNext();
    }

    public ref Kernel Kernel => ref kernel;

    public uint FreePages => kernel.Tracker.FreePages;

    public void AddProcess(uint process)
    {
        uint root = NewPage(process);
        Map(process, root, Text, PageTableEntry.Read | PageTableEntry.Execute);
        Map(process, root, Text + 4096, PageTableEntry.Read | PageTableEntry.Write);
        for (uint i = 1; i <= 4; i++)
        {
            TableEntry(process, root, StackTop - (i * 4096)) = PageTableEntry.Read | PageTableEntry.Write;
        }

        Assert.True(kernel.AddProcess(process, root, Text, StackTop - 16, 0, 0));
    }

    private uint NewPage(uint process)
    {
        uint page = kernel.Pages.Allocate(process);
        memory.Words(page).Clear();
        return page;
    }

    private void Map(uint process, uint root, uint address, uint permissions) =>
        TableEntry(process, root, address) = PageTableEntry.Of(NewPage(process), permissions | PageTableEntry.Present);

    /// <summary>Lets a process read a page that is no RAM, as the loader does with code that stays in RRAM.</summary>
    public void MapInPlace(uint process, uint address, uint page) =>
        TableEntry(process, kernel.ProcessOf(process).RootPage, address) =
            PageTableEntry.Of(page, PageTableEntry.Read | PageTableEntry.Execute | PageTableEntry.Present);

    private ref uint TableEntry(uint process, uint root, uint address)
    {
        ref uint entry = ref memory.Word(root, address >> 22);
        if (entry == 0)
        {
            entry = PageTableEntry.Of(NewPage(process), PageTableEntry.Valid);
        }

        return ref memory.Word(PageTableEntry.Page(entry), address >> 12);
    }

    /// <summary>Lets a thread run, whoever's turn it is; it must be ready.</summary>
    public void Run(uint process, uint thread = 2)
    {
        for (int i = 0; i < 10_000; i++)
        {
            if (kernel.CurrentProcess == process && kernel.CurrentThread == thread)
            {
                return;
            }

            kernel.ScheduleNext();
        }

        Assert.Fail($"Thread {thread} of process {process} is not ready.");
    }

    public bool IsReady(uint process, uint thread = 2) => (kernel.ProcessOf(process).Ready & (1u << (int)thread)) != 0;

    /// <summary>The running thread makes a call. What it is answered stands in <see cref="Registers"/>, now or later.</summary>
    public void Call(SystemCallNumber number, params ReadOnlySpan<uint> arguments)
    {
        ref ThreadContext context = ref kernel.CurrentContext;
        context.Pc += 4;
        context.A0 = (uint)number;
        Span<uint> words = context;
        arguments.CopyTo(words[10..17]);
        words[(10 + arguments.Length)..17].Clear();
        kernel.SystemCall(ref context);
    }

    /// <summary>As <see cref="Call(SystemCallNumber, ReadOnlySpan{uint})"/>, by a thread that is ready.</summary>
    public uint[] CallAs(uint process, SystemCallNumber number, params ReadOnlySpan<uint> arguments)
    {
        Run(process);
        Call(number, arguments);
        return Registers(process);
    }

    /// <summary>a0 to a7; nothing of a process that has ended.</summary>
    public uint[] Registers(uint process, uint thread = 2)
    {
        if (!kernel.ProcessOf(process).Exists)
        {
            return [];
        }

        Span<uint> words = kernel.Context(process, thread);
        return words[9..17].ToArray();
    }

    public uint Pc(uint process, uint thread = 2) => kernel.Context(process, thread).Pc;

    /// <summary>What a process reads or writes at an address, as the processor would: faults go to the kernel.</summary>
    public ref uint Word(uint process, uint address, bool write = false)
    {
        Run(process);
        uint entry = kernel.EntryAt(process, address);
        uint needed = PageTableEntry.Valid | PageTableEntry.User | (write ? PageTableEntry.Write : PageTableEntry.Read);
        if ((entry & needed) != needed)
        {
            kernel.Fault(write ? 15u : 13u, address);
            Assert.True(kernel.ProcessOf(process).Exists, $"Process {process} died of address 0x{address:X8}.");
            entry = kernel.EntryAt(process, address);
        }

        return ref memory.Word(PageTableEntry.Page(entry), (address >> 2) & 1023);
    }

    /// <summary>Every page of RAM has one owner, and is reached by what its owner's tables and loans say, and by nothing else.</summary>
    public void Check()
    {
        var uses = new Dictionary<uint, string>();
        uint owned = 0;
        for (uint process = 2; process <= Process.Limit; process++)
        {
            ref Process state = ref kernel.ProcessOf(process);
            if (!state.Exists)
            {
                continue;
            }

            Own(uses, process, state.RootPage, "root");
            Own(uses, process, state.ContextPage, "contexts");
            CheckTables(uses, process, state.RootPage);
        }

        for (uint i = 0; i < Server.Limit; i++)
        {
            ref Server server = ref kernel.ServerAt(i);
            if (server.Owner != 0)
            {
                Assert.True(kernel.ProcessOf(server.Owner).Exists);
                Own(uses, server.Owner, server.QueuePage, "queue");
                CheckSlots(i);
            }
        }

        for (uint page = FirstPage; page < FirstPage + PageCount; page++)
        {
            uint owner = kernel.Pages.Owner(page);
            owned += owner == 0 ? 0u : 1u;
            Assert.True(owner == 0 || owner == 1 || uses.ContainsKey(page), $"Page 0x{page:X} of process {owner} has leaked.");
            Assert.False(owner == 0 && uses.ContainsKey(page), $"Page 0x{page:X} is free and {uses.GetValueOrDefault(page)}.");
        }

        Assert.Equal(PageCount - owned, FreePages);
    }

    private void Own(Dictionary<uint, string> uses, uint process, uint page, string use)
    {
        Assert.True(uses.TryAdd(page, $"{use} of {process}"), $"Page 0x{page:X} is {uses.GetValueOrDefault(page)} and {use} of {process}.");
        Assert.Equal(process, kernel.Pages.Owner(page));
    }

    private void CheckTables(Dictionary<uint, string> uses, uint process, uint root)
    {
        for (uint i = 0; i < AddressMap.UserEnd >> 22; i++)
        {
            uint tableEntry = memory.Word(root, i);
            if (tableEntry == 0)
            {
                continue;
            }

            Own(uses, process, PageTableEntry.Page(tableEntry), "table");
            for (uint j = 0; j < 1024; j++)
            {
                uint entry = memory.Word(PageTableEntry.Page(tableEntry), j);
                uint page = PageTableEntry.Page(entry);
                Assert.NotEqual(PageTableEntry.Write | PageTableEntry.Execute, entry & (PageTableEntry.Write | PageTableEntry.Execute));
                Assert.False(PageTableEntry.IsLent(entry) && (entry & PageTableEntry.Valid) != 0);
                if (PageTableEntry.IsPresent(entry) && kernel.Pages.Knows(page))
                {
                    uint owner = kernel.Pages.Owner(page);
                    Assert.NotEqual(PageTracker.Nobody, owner);
                    if (memory.Holds(page))
                    {
                        Assert.True(
                            uses.TryAdd(page, $"mapped by {process}"),
                            $"Page 0x{page:X} is {uses.GetValueOrDefault(page)} and mapped by {process}.");
                    }
                }
                else if (PageTableEntry.IsReserved(entry))
                {
                    Assert.Equal(0u, page);
                }
            }
        }
    }

    private void CheckSlots(uint index)
    {
        ref Server server = ref kernel.ServerAt(index);
        uint free = 0;
        for (uint at = server.FirstFree; at != Server.NoSlot; at = kernel.Slot(index, at).Next)
        {
            Assert.Equal(SlotState.Free, kernel.Slot(index, at).State);
            free++;
        }

        uint queued = 0;
        for (uint at = server.FirstQueued; at != Server.NoSlot; at = kernel.Slot(index, at).Next)
        {
            Assert.Equal(SlotState.Queued, kernel.Slot(index, at).State);
            queued++;
        }

        Assert.Equal(Server.SlotCount, free + queued + server.Unanswered);
        Assert.True(queued == 0 || server.Parked == 0, "A thread is parked while messages wait.");
    }

    public void Dispose() => NativeMemory.AlignedFree(ram);
}
