// What a Xous kernel does, seen from outside. All that is looked at is how user code enters the kernel and comes back,
// the registers at that moment, and what the loader hands over: no symbols, no structures of the kernel, no addresses in
// it. So it works on the vendor's images as they are, and on any other kernel of the same ABI.
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
    private readonly PageTracker tracker = new();
    private readonly MessageTable messages;
    private readonly NameService names;
    private readonly SystemCalls calls;

    // When each stage began.
    private ulong loaderAt = Never;
    private ulong kernelAt = Never;
    private ulong servicesAt = Never;

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
            Running, tracker.Count(soc.Memory, processes.Find(XousAbi.KernelPid)), hart.Pc, kernelRuns: runningSlot == None);

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
        tracker.State(state);
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
        tracker.Clear();
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
        tracker.Begin(handOver);
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
        if (cause == (uint)ExceptionCause.InstructionPage && ThreadIdentity.IsEnd(thread.Pc))
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

        int slot = ThreadIdentity.Find(process, hart, out bool handlerStarts);
        if (handlerStarts && hart.Register(1) == XousAbi.ReturnFromInterrupt)
        {
            interrupts.Entered(hart.Register(10), process.Pid);
        }

        JudgeFault(pid, slot, process.Threads[slot].Tid);
        (runningPid, runningSlot) = (pid, slot);
        Continue(process, slot);
    }

    private void JudgeFault(uint pid, int slot, byte tid)
    {
        bool isMended = (pid, slot) == (faultedPid, faultedSlot);
        bool mends = tracker.HasSwap && pid == XousAbi.SwapperPid && tid == XousAbi.InterruptTid;
        if (faultedSlot == None || (mends && !isMended))
        {
            return;
        }

        if (pid != faultedPid && processes.Find(faultedPid) is { } process)
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
}
