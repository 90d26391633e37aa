// What a Xous kernel does, seen from outside. All that is looked at is how user code enters the kernel and comes back,
// the registers at that moment, and what the loader hands over: no symbols, no structures of the kernel, no addresses in
// it. So it works on the vendor's images as they are, and on any other kernel of the same ABI.
//
// Which thread comes back is not told by anything that a kernel must show. A thread leaves user code at an address with a
// stack pointer, and goes on at the same address (behind the ecall, when it made a call) with the same stack pointer;
// threads of a process have different stacks, so the two together name it. Handlers of interrupts, exceptions and the
// swapper start with return addresses that are never mapped, and end by jumping there; so do threads.
//
// Whether a fault was the end of a process shows in who runs next: a kernel that mends a fault lets the thread go on, or
// first the swapper.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Xous;

/// <summary>Follows the kernel that runs on a machine; it changes nothing there. Belongs to the machine's thread.</summary>
public sealed class XousView : IPrivilegeWatcher
{
    private const uint SatpMode = 0x8000_0000;
    private const uint InterruptFlag = 0x8000_0000;
    private const ulong Never = ulong.MaxValue;
    private const int None = -1;

    private readonly Hart hart;
    private readonly SystemOnChip soc;
    private readonly ProcessTable processes = new();
    private readonly ServerTable servers = new();
    private readonly InterruptTable interrupts = new();
    private readonly MessageTable messages;
    private readonly NameService names;
    private readonly SystemCalls calls;

    // When each stage began.
    private ulong loaderAt = Never;
    private ulong kernelAt = Never;
    private ulong servicesAt = Never;

    // The table of page owners.
    private uint tracker;
    private uint trackedPages;
    private bool hasSwap;

    // The thread that the core is in, and the one whose fault the kernel has still to mend.
    private uint runningPid;
    private int runningSlot = None;
    private uint faultedPid;
    private int faultedSlot = None;
    private uint faultCause;
    private uint faultValue;

    internal XousView(Hart hart, SystemOnChip soc)
    {
        this.hart = hart;
        this.soc = soc;
        messages = new MessageTable(soc, processes, servers);
        names = new NameService(hart, servers);
        calls = new SystemCalls(hart, soc, processes, servers, messages, interrupts, names);
    }

    /// <summary>How far the boot has come.</summary>
    public XousStages Stages => new(At(loaderAt), At(kernelAt), At(servicesAt));

    /// <summary>Messages as they are sent, received and answered.</summary>
    public IpcLog Messages => messages.Log;

    /// <summary>The processes, in the order of PIDs, those that have ended included.</summary>
    public IReadOnlyList<XousProcess> Processes() =>
        new XousReport(soc.Memory, processes, servers, messages).Processes(
            Running, PagesByOwner(), hart.Pc, kernelRuns: runningSlot == None);

    /// <summary>The process whose end by an exception was seen first, or null.</summary>
    public (int Pid, string Name, ProcessEnd End)? FirstCrash => processes.All
        .Where(process => process.WasEndedByException)
        .Select(process => ((int Pid, string Name, ProcessEnd End)?)(process.Pid, process.Name, process.End!))
        .MinBy(crash => crash!.Value.End.Cycle);

    /// <summary>The servers, in the order in which they were seen first.</summary>
    public IReadOnlyList<XousServer> Servers() => new XousReport(soc.Memory, processes, servers, messages).Servers();

    /// <summary>The interrupt lines that processes have claimed.</summary>
    public IReadOnlyList<InterruptClaim> Interrupts() => interrupts.Report();

    void IPrivilegeWatcher.Trapped(uint cause, uint pc, Privilege from)
    {
        if (from != Privilege.User || Running is not { } process)
        {
            return;
        }

        int slot = runningSlot;
        runningSlot = None;
        ref ThreadRecord thread = ref process.Threads[slot];
        thread.Retries &= pc == thread.Pc;
        thread.Pc = pc;
        thread.Sp = hart.Register(2);
        if ((cause & InterruptFlag) != 0)
        {
            thread.Frame = Frame.Interrupted;
        }
        else if (cause == (uint)ExceptionCause.EcallFromUser)
        {
            Called(process, slot);
        }
        else
        {
            Faulted(process, slot, cause);
        }
    }

    void IPrivilegeWatcher.Returned(Privilege from)
    {
        if (hart.Privilege == Privilege.User && kernelAt != Never)
        {
            Resumed(hart.Registers.Satp);
        }
        else if (hart.Privilege == Privilege.Supervisor && from == Privilege.Machine
            && (hart.Registers.Satp & SatpMode) != 0 && HandOver.TryRead(hart) is { } handOver)
        {
            KernelEntered(handOver);
        }
    }

    /// <summary>The chip was reset: whatever ran does not run any more.</summary>
    internal void Reset()
    {
        Clear();
        loaderAt = SignatureHeaders.IsLoader(soc.Memory) ? soc.Now : Never;
    }

    /// <summary>Visits all that was seen.</summary>
    internal void State(StateStream state)
    {
        if (state.IsLoading)
        {
            Clear();
        }

        state.U64(ref loaderAt);
        state.U64(ref kernelAt);
        state.U64(ref servicesAt);
        state.U32(ref tracker);
        state.U32(ref trackedPages);
        state.Bool(ref hasSwap);
        state.U32(ref runningPid);
        state.I32(ref runningSlot);
        state.U32(ref faultedPid);
        state.I32(ref faultedSlot);
        state.U32(ref faultCause);
        state.U32(ref faultValue);
        processes.State(state);
        servers.State(state);
        interrupts.State(state);
        messages.State(state);
        names.State(state);
        trackedPages = Math.Min(trackedPages, HandOver.MaxTrackedPages);
        runningSlot = CheckedSlot(runningPid, runningSlot);
        faultedSlot = CheckedSlot(faultedPid, faultedSlot);
    }

    private ProcessRecord? Running => runningSlot == None ? null : processes.Find(runningPid);

    private static ulong? At(ulong cycle) => cycle == Never ? null : cycle;

    private int CheckedSlot(uint pid, int slot) =>
        processes.Find(pid) is not null && slot is >= 0 and < ProcessRecord.ThreadSlots ? slot : None;

    private void Clear()
    {
        loaderAt = kernelAt = servicesAt = Never;
        (tracker, trackedPages, hasSwap) = (0, 0, false);
        runningSlot = faultedSlot = None;
        processes.Clear();
        servers.Clear();
        interrupts.Clear();
        messages.Clear();
        names.Clear();
    }

    private void KernelEntered(HandOver handOver)
    {
        ulong loader = loaderAt;
        Clear();
        loaderAt = loader;
        kernelAt = soc.Now;
        (tracker, trackedPages, hasSwap) = (handOver.Tracker, handOver.RamPages, handOver.HasSwap);
        foreach (InitialProcess initial in handOver.Processes)
        {
            string name = handOver.Names.GetValueOrDefault(initial.Pid, "");
            if (processes.Begin(initial.Pid, initial.Satp, name) is { } process && initial.Pid != XousAbi.KernelPid)
            {
                process.AddThread(0, XousAbi.InitialTid, initial.Entry, initial.Stack);
            }
        }
    }

    private void Called(ProcessRecord process, int slot)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        CallWords call = default;
        calls.Read(ref call);
        bool again = thread.Retries && thread.Call.SameAs(call);
        thread.Frame = Frame.Called;
        thread.Retries = again;
        if (!again)
        {
            thread.Call = call;
            thread.Since = soc.Now;
            calls.Begin(process, slot);
        }
    }

    private void Faulted(ProcessRecord process, int slot, uint cause)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        bool ended = cause == (uint)ExceptionCause.InstructionPage && thread.Pc
            is XousAbi.ReturnFromInterrupt or XousAbi.ReturnFromException
            or XousAbi.ReturnFromSwapper or XousAbi.ExitThread;
        if (ended)
        {
            thread = default;
            return;
        }

        thread.Frame = Frame.Faulted;
        (faultedPid, faultedSlot) = (process.Pid, slot);
        (faultCause, faultValue) = (cause, hart.Registers.Stval);
    }

    private void Resumed(uint satp)
    {
        uint pid = XousAbi.PidOf(satp);
        ProcessRecord? process = (satp & SatpMode) == 0 || pid == XousAbi.KernelPid ? null
            : processes.Find(pid) ?? processes.Begin(pid, satp, "");
        if (process is null)
        {
            return;
        }

        process.Satp = satp;
        if (process.HasEnded)
        {
            process.Revive();
        }

        if (servicesAt == Never)
        {
            servicesAt = soc.Now;
        }

        int slot = FindThread(process, hart.Pc, hart.Register(2));
        JudgeFault(pid, slot, process.Threads[slot].Tid);
        (runningPid, runningSlot) = (pid, slot);
        Continue(process, slot);
    }

    // Which thread goes on here: one that left here; else a handler that starts; else one with the same stack, whose
    // address somebody changed; else one that nobody has seen before.
    private int FindThread(ProcessRecord process, uint pc, uint sp)
    {
        int sameStack = None;
        for (int slot = 0; slot < process.Threads.Length; slot++)
        {
            ref ThreadRecord thread = ref process.Threads[slot];
            if (thread.Sp == sp && thread.Frame != Frame.None)
            {
                if (thread.GoesOnAt(pc))
                {
                    return slot;
                }

                sameStack = slot;
            }
        }

        if (HandlerTid(hart.Register(1)) is { } tid)
        {
            int slot = process.SlotOf(tid) is >= 0 and var known ? known : process.FreeSlot();
            process.AddThread(slot, tid, pc, sp);
            if (hart.Register(1) == XousAbi.ReturnFromInterrupt)
            {
                interrupts.Entered(hart.Register(10), process.Pid);
            }

            return slot;
        }

        if (sameStack != None)
        {
            return sameStack;
        }

        int free = process.FreeSlot();
        bool first = Array.TrueForAll(process.Threads, thread => thread.Frame == Frame.None);
        process.AddThread(free, first ? XousAbi.InitialTid : ThreadRecord.UnknownTid, pc, sp);
        return free;
    }

    private static byte? HandlerTid(uint returnAddress) => returnAddress switch
    {
        XousAbi.ReturnFromInterrupt or XousAbi.ReturnFromSwapper => XousAbi.InterruptTid,
        XousAbi.ReturnFromException => XousAbi.ExceptionTid,
        _ => null,
    };

    private void JudgeFault(uint pid, int slot, byte tid)
    {
        bool isMended = (pid, slot) == (faultedPid, faultedSlot);
        bool mends = hasSwap && pid == XousAbi.SwapperPid && tid == XousAbi.InterruptTid;
        if (faultedSlot == None || (mends && !isMended))
        {
            return;
        }

        if (!isMended && processes.Find(faultedPid) is { } process)
        {
            process.EndByException(faultCause, faultValue, process.Threads[faultedSlot].Pc, soc.Now);
            calls.Forget(process);
        }

        faultedSlot = None;
    }

    private void Continue(ProcessRecord process, int slot)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        Frame left = thread.Frame;
        uint pc = hart.Pc;
        if (left == Frame.Called && pc == thread.Pc)
        {
            thread.Retries = true;
        }
        else if (left == Frame.Called)
        {
            calls.Complete(process, slot);
        }
        else if (left == Frame.Start)
        {
            calls.Started(process);
        }

        thread.Retries &= pc == thread.Pc;
        thread.Frame = Frame.Running;
    }

    // Pages of main RAM by their owner, or nothing where the kernel keeps no table of them.
    private int[]? PagesByOwner()
    {
        if (trackedPages == 0 || processes.Find(XousAbi.KernelPid) is not { } kernel)
        {
            return null;
        }

        int[] pages = new int[byte.MaxValue + 1];
        uint length = hasSwap ? 8u : 1;
        Span<byte> owner = stackalloc byte[1];
        for (uint page = 0; page < trackedPages; page++)
        {
            // A longer entry has a time stamp first; the owner is the second word's lowest byte.
            uint address = tracker + (page * length) + (hasSwap ? 4u : 0);
            if (!PageTables.TryTranslate(soc.Memory, kernel.Satp, address, out uint physical)
                || !soc.Memory.TryRead(physical, owner))
            {
                return null;
            }

            pages[owner[0]]++;
        }

        return pages;
    }
}
