// The core: its state, and what happens to it between instructions: traps, returns, interrupts, waiting, reset.
// Executing instructions is the engines' business (Stepper, ThreadedInterpreter); both work on this object.
//
// A trap takes one cycle and retires nothing, so even a guest that does nothing but trap gets on in time.
// Facts: datasheet, traps and interrupts.

using System.Runtime.CompilerServices;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Exception codes of mcause.</summary>
internal enum ExceptionCause : uint
{
    InstructionAccess = 1,
    IllegalInstruction = 2,
    Breakpoint = 3,
    LoadMisaligned = 4,
    LoadAccess = 5,
    StoreMisaligned = 6,
    StoreAccess = 7,
    EcallFromUser = 8,
    EcallFromSupervisor = 9,
    EcallFromMachine = 11,
    InstructionPage = 12,
    LoadPage = 13,
    StorePage = 15,
}

/// <summary>The CPU core.</summary>
public sealed unsafe class Hart : IDisposable
{
    private const uint InterruptFlag = 0x8000_0000;

    // Somewhere in boot1, which is not there when a device boots directly: whoever traps before setting mtvec dies.
    private const uint Boot1TrapVector = 0x6002_0400;

    // Which interrupt is taken when several are pending, the core's order.
    private static readonly int[] MachineOrder = [11, 3, 7, 9, 1, 5];
    private static readonly int[] SupervisorOrder = [9, 1, 5];

    private readonly SystemOnChip soc;
    private readonly HartState[] stateMemory = GC.AllocateArray<HartState>(1, pinned: true);
    private readonly HartState* state;
    private Privilege privilege = Privilege.Machine;
    private bool waiting;
    private ExceptionRecord lastException;

    // The guest's end: the exception that led to it, and the one that its handler began with.
    private bool dead;
    private ExceptionRecord fatal;
    private ExceptionRecord fatalInHandler;
    private bool diedInSupervisor;
    private ulong diedAt;

    internal Hart(SystemOnChip soc)
    {
        this.soc = soc;
        state = (HartState*)Unsafe.AsPointer(ref stateMemory[0]);
        Registers = new ControlRegisterFile(soc, state);
        Translation = new AddressTranslation(soc.Memory, Registers);
        Cache = new TranslationCache(soc.Memory);
        soc.Memory.Watcher = new MemoryWatcher(this);
        Memory = new MemoryAccess(this, soc);
        soc.CurrentPc = () => Pc;
        soc.AddressSpace = () => Registers.AddressSpace;
        soc.Privilege = () => privilege;
        UpdateViews();
    }

    /// <summary>The address of the next instruction.</summary>
    public uint Pc => state->Pc;

    public Privilege Privilege => privilege;

    /// <summary>Whether the core stands in a wfi.</summary>
    public bool IsWaiting => waiting;

    /// <summary>The guest's end, or null while it lives.</summary>
    public GuestDeath? Death
    {
        get
        {
            if (!dead)
            {
                return null;
            }

            string atHandler = $"the trap handler at 0x{fatalInHandler.Pc:x8} ({(diedInSupervisor ? "stvec" : "mtvec")}) "
                + $"raises {fatalInHandler.Describe()} with its first instruction";
            string reason = fatal == fatalInHandler ? atHandler : $"{fatal.Describe()}; {atHandler}";
            return new GuestDeath(fatal.Pc, (uint)fatal.Cause, fatal.Value, reason, diedAt);
        }
    }

    internal bool IsDead => dead;

    /// <summary>Instructions retired since power-on.</summary>
    public ulong InstructionsRetired => Registers.Retired;

    internal HartState* State => state;

    internal ControlRegisterFile Registers { get; }

    internal AddressTranslation Translation { get; }

    internal TranslationCache Cache { get; }

    /// <summary>The code that the engine has made ready; null for an engine that keeps none.</summary>
    internal ICodeCache? Code { get; set; }

    internal MemoryAccess Memory { get; }

    internal SystemOnChip Soc => soc;

    /// <summary>Where a debugger wants to stop; null while none was ever there.</summary>
    internal DebugStops? Debug { get; set; }

    /// <summary>Who watches traps and returns; null while nobody does.</summary>
    internal IPrivilegeWatcher? Watcher { get; set; }

    /// <summary>A general register.</summary>
    /// <param name="number">0 to 31.</param>
    public uint Register(int number) => state->X[number & 31];

    /// <summary>Every CSR that exists, in the order of numbers.</summary>
    public IEnumerable<(string Name, ushort Number, uint Value)> ControlRegisters()
    {
        foreach ((ushort number, string name) in ControlRegisterNames.All)
        {
            Registers.TryRead(number, out uint value);
            yield return (name, number, value);
        }
    }

    /// <summary>Reads memory as the core would load it now, through the MMU when it is on. Nothing changes.</summary>
    /// <returns>False where any byte is not mapped, or not memory.</returns>
    public bool TryReadVirtual(uint address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = (int)Math.Min((uint)destination.Length, 0x1000 - (address & 0xFFF));
            if (!TryTranslate(address, out uint physical)
                || soc.Memory.FindOnBus(physical) is null
                || !soc.Memory.TryRead(physical, destination[..length]))
            {
                return false;
            }

            destination = destination[length..];
            address += (uint)length;
        }

        return true;
    }

    /// <summary>Writes memory for a debugger, through the MMU when it is on: whatever the rights, RRAM included, at once.</summary>
    /// <returns>False, and nothing is written, where any byte is not mapped, or not memory.</returns>
    public bool TryWriteVirtual(uint address, ReadOnlySpan<byte> source)
    {
        if (!TryReadVirtual(address, new byte[source.Length]))
        {
            return false;
        }

        while (!source.IsEmpty)
        {
            int length = (int)Math.Min((uint)source.Length, 0x1000 - (address & 0xFFF));
            TryTranslate(address, out uint physical);
            soc.Memory.TryWrite(physical, source[..length]);
            source = source[length..];
            address += (uint)length;
        }

        return true;
    }

    /// <summary>Sets a general register for a debugger; x0 stays 0.</summary>
    /// <param name="number">0 to 31.</param>
    /// <param name="value">What it is to hold.</param>
    public void SetRegister(int number, uint value) => state->X[number & 31] = (number & 31) == 0 ? 0 : value;

    /// <summary>Sets the address of the next instruction for a debugger; bit 0 is dropped.</summary>
    public void SetPc(uint value) => state->Pc = value & ~1u;

    /// <summary>Where a virtual address of the current address space is, as a debugger asks: permissions do not matter.</summary>
    public bool TryTranslate(uint address, out uint physical)
    {
        physical = address;
        return !Translation.IsOn(privilege)
            || Translation.TryWalk(address, Access.Load, Privilege.Machine, out physical)
            || Translation.TryWalk(address, Access.Fetch, Privilege.Machine, out physical);
    }

    /// <summary>The privilege that loads and stores have: that of MPP while MPRV is set in M mode.</summary>
    internal Privilege DataPrivilege =>
        privilege == Privilege.Machine && (Registers.Mstatus & ControlRegisterFile.Mprv) != 0
            ? (Privilege)((Registers.Mstatus & ControlRegisterFile.Mpp) >> ControlRegisterFile.MppShift)
            : privilege;

    /// <summary>
    /// Whether loads and stores may use the tables; with MPRV and MXR each takes the complete path, since they do not
    /// look like fetches then.
    /// </summary>
    internal bool DataIsCached { get; private set; }

    /// <summary>Takes an exception at the current instruction.</summary>
    internal void Raise(ExceptionCause cause, uint value)
    {
        uint pc = state->Pc;
        bool toSupervisor = privilege != Privilege.Machine && ((Registers.Medeleg >> (int)cause) & 1) != 0;
        uint handler = (toSupervisor ? Registers.Stvec : Registers.Mtvec) & ~3u;
        ExceptionRecord record = new(pc, cause, value);
        if (IsHopeless(pc, handler, toSupervisor))
        {
            fatal = lastException.Cause == 0 ? record : lastException;
            fatalInHandler = record;
            diedInSupervisor = toSupervisor;
            diedAt = soc.Now;
            dead = true;
            soc.Attention = true;
            return;
        }

        lastException = record;
        if (toSupervisor)
        {
            Registers.Stval = value;
        }
        else
        {
            Registers.Mtval = value;
        }

        EnterTrap((uint)cause, pc, toSupervisor, handler);
    }

    /// <summary>Ends a wait if an enabled interrupt is pending, and takes one that the global enables allow.</summary>
    internal void TakePendingInterrupt()
    {
        uint pending = Registers.PendingAndEnabled;
        if (pending == 0)
        {
            return;
        }

        waiting = false;
        uint status = Registers.Mstatus;
        uint toMachine = pending & ~Registers.Mideleg;
        if (toMachine != 0 && (privilege != Privilege.Machine || (status & ControlRegisterFile.Mie) != 0))
        {
            TakeInterrupt(toMachine, MachineOrder, toSupervisor: false);
            return;
        }

        uint delegated = pending & Registers.Mideleg;
        if (delegated != 0
            && (privilege == Privilege.User
                || (privilege == Privilege.Supervisor && (status & ControlRegisterFile.Sie) != 0)))
        {
            TakeInterrupt(delegated, SupervisorOrder, toSupervisor: true);
        }
    }

    /// <summary>After a change of CSRs or privilege: an interrupt that it lets in is taken before the next instruction.</summary>
    internal void NoticeInterrupts() => soc.Attention |= Registers.PendingAndEnabled != 0;

    /// <summary>mret.</summary>
    internal void ReturnFromMachine()
    {
        uint status = Registers.Mstatus;
        Privilege target = (Privilege)((status & ControlRegisterFile.Mpp) >> ControlRegisterFile.MppShift);
        status = Assign(status, ControlRegisterFile.Mie, (status & ControlRegisterFile.Mpie) != 0);
        status |= ControlRegisterFile.Mpie;
        status &= ~ControlRegisterFile.Mpp;
        Return(target, status, Registers.Mepc);
    }

    /// <summary>sret.</summary>
    internal void ReturnFromSupervisor()
    {
        uint status = Registers.Mstatus;
        Privilege target = (status & ControlRegisterFile.Spp) != 0 ? Privilege.Supervisor : Privilege.User;
        status = Assign(status, ControlRegisterFile.Sie, (status & ControlRegisterFile.Spie) != 0);
        status |= ControlRegisterFile.Spie;
        status &= ~ControlRegisterFile.Spp;
        Return(target, status, Registers.Sepc);
    }

    /// <summary>wfi: stands still until an enabled interrupt is pending.</summary>
    internal void Wait()
    {
        waiting = true;
        soc.Attention = true;
    }

    /// <summary>Lets time pass while the core waits.</summary>
    internal void SkipTo(ulong cycle) => soc.Now = Math.Max(soc.Now, cycle);

    /// <summary>Follows a change of privilege, of satp, or of the bits of mstatus that translation depends on.</summary>
    internal void UpdateViews()
    {
        DataIsCached = DataPrivilege == privilege && (Registers.Mstatus & ControlRegisterFile.Mxr) == 0;
        Cache.Select(Translation.Root, ViewOf(privilege), DataIsCached, state);
    }

    internal void Visit(StateStream stream)
    {
        for (int i = 1; i < 32; i++)
        {
            stream.U32(ref state->X[i]);
        }

        stream.U32(ref state->Pc);
        stream.U32(ref state->Reservation);
        stream.Enum(ref privilege);
        stream.Bool(ref waiting);
        Registers.State(stream);
        lastException.Visit(stream);
        VisitDeath(stream);
    }

    /// <summary>Rebuilds what is derived from the state after it was loaded.</summary>
    internal void AfterLoad()
    {
        state->X[0] = 0;
        state->Pc &= ~1u;
        if (!Enum.IsDefined(privilege))
        {
            privilege = Privilege.Machine;
        }

        Registers.AfterLoad();
        Code?.Drop();
        Cache.ForgetAll();
        UpdateViews();
    }

    /// <summary>Gives back what can be made again: decoded code and translations.</summary>
    internal void Trim()
    {
        Code?.Drop();
        Cache.Trim();
        UpdateViews();
    }

    internal void Reset(uint vector)
    {
        new Span<uint>(state->X, 33).Clear();
        state->Pc = vector;
        state->Reservation = 0;
        privilege = Privilege.Machine;
        waiting = false;
        dead = false;
        fatal = fatalInHandler = default;
        diedInSupervisor = false;
        diedAt = 0;
        lastException = default;
        Registers.Reset();
        Cache.ForgetAll();
        UpdateViews();
    }

    /// <summary>Puts the core where boot1 leaves it: at an entry in M mode, all delegation bits written.</summary>
    internal void EnterFromBoot1(uint entry)
    {
        state->Pc = entry & ~1u;
        Registers.Mtvec = Boot1TrapVector;
        Registers.Write(ControlRegister.Medeleg, uint.MaxValue);
        Registers.Write(ControlRegister.Mideleg, uint.MaxValue);
    }

    public void Dispose()
    {
        Code?.Drop();
        Cache.Dispose();
    }

    private static uint Assign(uint word, uint bit, bool value) => value ? word | bit : word & ~bit;

    private View ViewOf(Privilege mode) =>
        mode == Privilege.Machine ? View.Machine
        : !Translation.IsOn(mode) ? mode == Privilege.User ? View.BareUser : View.BareSupervisor
        : mode == Privilege.User ? View.User
        : (Registers.Mstatus & ControlRegisterFile.Sum) != 0 ? View.SupervisorWithUser
        : View.Supervisor;

    private void TakeInterrupt(uint candidates, int[] order, bool toSupervisor)
    {
        foreach (int code in order)
        {
            if (((candidates >> code) & 1) != 0)
            {
                uint handler = (toSupervisor ? Registers.Stvec : Registers.Mtvec) & ~3u;
                EnterTrap(InterruptFlag | (uint)code, state->Pc, toSupervisor, handler);
                return;
            }
        }
    }

    private void EnterTrap(uint cause, uint pc, bool toSupervisor, uint handler)
    {
        uint status = Registers.Mstatus;
        Privilege from = privilege;
        if (toSupervisor)
        {
            status = Assign(status, ControlRegisterFile.Spie, (status & ControlRegisterFile.Sie) != 0);
            status = Assign(status, ControlRegisterFile.Spp, privilege == Privilege.Supervisor);
            status &= ~ControlRegisterFile.Sie;
            Registers.Scause = cause;
            Registers.Sepc = pc;
            privilege = Privilege.Supervisor;
        }
        else
        {
            status = Assign(status, ControlRegisterFile.Mpie, (status & ControlRegisterFile.Mie) != 0);
            status = (status & ~ControlRegisterFile.Mpp) | ((uint)privilege << ControlRegisterFile.MppShift);
            status &= ~ControlRegisterFile.Mie;
            Registers.Mcause = cause;
            Registers.Mepc = pc;
            privilege = Privilege.Machine;
        }

        Registers.Mstatus = status;
        state->Pc = handler;
        waiting = false;
        UpdateViews();
        Watcher?.Trapped(cause, pc, from);
    }

    private void Return(Privilege target, uint status, uint pc)
    {
        if (target != Privilege.Machine)
        {
            status &= ~ControlRegisterFile.Mprv;
        }

        Privilege from = privilege;
        Registers.Mstatus = status;
        privilege = target;
        state->Pc = pc & ~1u;
        lastException = default;
        NoticeInterrupts();
        UpdateViews();
        Watcher?.Returned(from);
    }

    // The first instruction of a handler raises an exception that leads to itself: registers and memory are the
    // same each time round, so nothing but an interrupt of a higher level or a reset can end it.
    private bool IsHopeless(uint pc, uint handler, bool toSupervisor) =>
        pc == handler
        && privilege == (toSupervisor ? Privilege.Supervisor : Privilege.Machine)
        && (!toSupervisor || (Registers.EnabledInterrupts & ~Registers.Mideleg) == 0);

    private void VisitDeath(StateStream stream)
    {
        stream.Bool(ref dead);
        fatal.Visit(stream);
        fatalInHandler.Visit(stream);
        stream.Bool(ref diedInSupervisor);
        stream.U64(ref diedAt);
    }
}

/// <summary>An exception as it was taken.</summary>
internal record struct ExceptionRecord(uint Pc, ExceptionCause Cause, uint Value)
{
    public void Visit(StateStream stream)
    {
        (uint pc, uint cause, uint value) = (Pc, (uint)Cause, Value);
        stream.U32(ref pc);
        stream.U32(ref cause);
        stream.U32(ref value);
        (Pc, Cause, Value) = (pc, (ExceptionCause)cause, value);
    }

    /// <summary>The exception in words.</summary>
    public readonly string Describe() => Cause switch
    {
        ExceptionCause.InstructionAccess => "an instruction access fault (there is nothing to execute at this address)",
        ExceptionCause.IllegalInstruction => $"an illegal instruction (0x{Value:x8})",
        ExceptionCause.Breakpoint => "a breakpoint (ebreak)",
        ExceptionCause.LoadMisaligned => $"a misaligned load from 0x{Value:x8}",
        ExceptionCause.LoadAccess => $"a load access fault at 0x{Value:x8}",
        ExceptionCause.StoreMisaligned => $"a misaligned store to 0x{Value:x8}",
        ExceptionCause.StoreAccess => $"a store access fault at 0x{Value:x8}",
        ExceptionCause.EcallFromUser => "an ecall from U mode",
        ExceptionCause.EcallFromSupervisor => "an ecall from S mode",
        ExceptionCause.EcallFromMachine => "an ecall from M mode",
        ExceptionCause.InstructionPage => $"an instruction page fault at 0x{Value:x8}",
        ExceptionCause.LoadPage => $"a load page fault at 0x{Value:x8}",
        ExceptionCause.StorePage => $"a store page fault at 0x{Value:x8}",
        _ => $"exception {(uint)Cause}",
    };
}
