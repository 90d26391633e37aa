// How processes begin and end (xous-abi 5.4). An end gives everything back: first what the process waits for as a
// client, then what others wait for from its servers, then interrupts and pages.

using System.Numerics;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>
    /// Makes a process of an address space that the loader has built and whose pages are its own already. False if there is no page
    /// for its contexts.
    /// </summary>
    public bool AddProcess(uint process, uint rootPage, uint pc, uint stackPointer, uint a0, uint a1)
    {
        if (!BeginProcess(process, rootPage))
        {
            return false;
        }

        ref ThreadContext context = ref Context(process, Process.FirstThread);
        context.Pc = pc;
        context.StackPointer = stackPointer;
        context.A0 = a0;
        context.A1 = a1;
        return true;
    }

    private bool BeginProcess(uint number, uint rootPage)
    {
        uint page = AllocateZeroed(number);
        if (page == 0)
        {
            return false;
        }

        processes[(int)number] = new Process
        {
            RootPage = rootPage,
            ContextPage = page,
            Threads = 1u << (int)Process.FirstThread,
            LastThread = (byte)Process.FirstThread,
            NextThread = (byte)Process.FirstThread,
            HeapLimit = AddressMap.HeapLimit,
            DefaultLast = AddressMap.DefaultBase,
            MessageLast = AddressMap.MessageBase,
        };
        SetReady(number, 1u << (int)Process.FirstThread);
        return true;
    }

    private void CreateProcess(ref ThreadContext context)
    {
        uint stack = context.A1;
        uint stackLength = context.A2;
        uint text = context.A3;
        uint length = context.A4;
        uint target = context.A5;
        if (((stack | stackLength | text | length | target) & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
            return;
        }

        bool isApart = target + length <= stack || stack + stackLength <= target;
        if (!IsUserRange(stack, stackLength) || !IsUserRange(text, length) || !IsUserRange(target, length) || !isApart)
        {
            context.Answer(XousError.BadAddress);
            return;
        }

        uint child = FreeProcess();
        XousError error = child == 0 ? XousError.ProcessNotFound : CheckMovable(text, length);
        if (error != XousError.None)
        {
            context.Answer(error);
            return;
        }

        error = BuildProcess(child, stack, stackLength, target, length, out uint server);
        uint connection = 0;
        if (error == XousError.None)
        {
            error = ConnectTo(CurrentProcess, server, out connection);
        }

        if (error != XousError.None)
        {
            Erase(child);
            context.Answer(error);
            return;
        }

        for (uint offset = 0; offset < length; offset += AddressMap.PageSize)
        {
            uint entry = EntryAt(CurrentProcess, text + offset);
            SetEntry(CurrentProcess, text + offset, 0);
            SetEntry(child, target + offset, entry);
            tracker.Give(PageTableEntry.Page(entry), child);
        }

        ref ThreadContext started = ref Context(child, Process.FirstThread);
        started.Pc = context.A6;
        started.StackPointer = (stack + stackLength - 16) & ~15u;
        started.A0 = Random.Word0;
        started.A1 = Random.Word1;
        started.A2 = Random.Word2;
        started.A3 = Random.Word3;
        context.Answer(ResultTag.NewProcess, child, connection);
    }

    private uint FreeProcess()
    {
        for (uint process = 2; process <= Process.Limit; process++)
        {
            if (!processes[(int)process].Exists)
            {
                return process;
            }
        }

        return 0;
    }

    private XousError CheckMovable(uint address, uint length)
    {
        for (uint offset = 0; offset < length; offset += AddressMap.PageSize)
        {
            XousError error = MakePresent(CurrentProcess, address + offset);
            if (error != XousError.None)
            {
                return error;
            }

            if (tracker.Owner(PageTableEntry.Page(EntryAt(CurrentProcess, address + offset))) != CurrentProcess)
            {
                return XousError.BadAddress;
            }
        }

        return XousError.None;
    }

    /// <summary>Everything of a new process but its text. After an error the caller erases what there is.</summary>
    private XousError BuildProcess(uint child, uint stack, uint stackLength, uint target, uint length, out uint server)
    {
        server = 0;
        uint root = AllocateZeroed(child);
        if (root == 0)
        {
            return XousError.OutOfMemory;
        }

        for (uint index = AddressMap.UserEnd >> 22; index < 1024; index++)
        {
            memory.Word(root, index) = memory.Word(kernelRoot, index);
        }

        if (!BeginProcess(child, root)
            || !MakeTables(child, stack, stackLength / AddressMap.PageSize)
            || !MakeTables(child, target, length / AddressMap.PageSize))
        {
            return XousError.OutOfMemory;
        }

        for (uint offset = 0; offset < stackLength; offset += AddressMap.PageSize)
        {
            SetEntry(child, stack + offset, PageTableEntry.Read | PageTableEntry.Write);
        }

        return MakeServer(child, Random, out server, out _);
    }

    private void Erase(uint process)
    {
        for (uint server = 0; server < Server.Limit; server++)
        {
            if (servers[(int)server].Owner == process)
            {
                EndServer(server, Connections.Dead);
            }
        }

        tracker.ReleaseAll(process);
        SetReady(process, 0);
        processes[(int)process] = default;
        IsTranslationStale = true;
    }

    /// <summary>Ends a process, whoever runs; if it was the running one, another runs afterwards.</summary>
    public void EndProcess(uint process)
    {
        if (process is <= KernelProcess or > Process.Limit || !processes[(int)process].Exists)
        {
            return;
        }

        uint threads = processes[(int)process].Threads;
        while (threads != 0)
        {
            uint thread = (uint)BitOperations.TrailingZeroCount(threads);
            threads &= threads - 1;
            Wait wait = WaitOf(process, thread);
            if (wait.Kind == WaitKind.Answer)
            {
                ForgetClient(process, wait);
            }
        }

        FreeLinesOf(process);
        Erase(process);
        if (CurrentProcess != process)
        {
            return;
        }

        if (IsInInterrupt)
        {
            LeaveInterrupt();
        }
        else
        {
            ScheduleNext();
        }
    }

    /// <summary>The message of a thread that ends stays with its server, or on its way there, and its pages with it.</summary>
    private void ForgetClient(uint process, Wait wait)
    {
        ref MessageSlot slot = ref Slot(wait.Server, wait.Slot);
        if (slot.IsLent)
        {
            Bequeath(process, servers[wait.Server].Owner, ref slot);
        }

        if (slot.State == SlotState.Delivered)
        {
            slot.State = SlotState.Orphaned;
        }

        slot.IsOrphan = true;
    }
}
