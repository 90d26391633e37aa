// The control and status registers: which bits exist, how they read and write. What a change means for the
// rest of the core (translation, interrupts) is the hart's business; a write tells it.
// Facts: datasheet, CSRs of the VexRiscv configuration. Absent ones (time, mcounteren, pmp*, tselect) are in no
// case below, so they trap.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Privilege levels, as mstatus.MPP encodes them.</summary>
public enum Privilege : byte
{
    User = 0,
    Supervisor = 1,
    Machine = 3,
}

/// <summary>The CSRs of the core.</summary>
internal sealed unsafe class ControlRegisterFile(SystemOnChip soc, HartState* hot)
{
    public const uint Sie = 1 << 1;
    public const uint Mie = 1 << 3;
    public const uint Spie = 1 << 5;
    public const uint Mpie = 1 << 7;
    public const uint Spp = 1 << 8;
    public const int MppShift = 11;
    public const uint Mpp = 3 << MppShift;
    public const uint Mprv = 1 << 17;
    public const uint Sum = 1 << 18;
    public const uint Mxr = 1 << 19;

    public const uint SoftwareInterruptS = 1 << 1;
    public const uint TimerInterruptS = 1 << 5;
    public const uint ExternalInterruptS = 1 << 9;
    public const uint ExternalInterruptM = 1 << 11;

    private const uint MstatusBits = Sie | Mie | Spie | Mpie | Spp | Mpp | Mprv | Sum | Mxr;
    private const uint MppReserved = 2 << MppShift;
    public const uint SstatusBits = Sie | Spie | Spp | Sum | Mxr | Mprv;
    private const uint SupervisorInterrupts = SoftwareInterruptS | TimerInterruptS | ExternalInterruptS;
    private const uint InterruptBits = 0xAAA;
    private const uint MedelegBits = 0xB3F7;
    public const uint CauseBits = 0x8000_000F;
    private const uint MisaReset = 0x4000_0000;
    private const uint MisaBits = 0xC3FF_FFFF;
    private const uint DataCache = 0x0200_1000;

    // Registers that are plain storage.
    private uint misa;
    private uint medeleg;
    private uint mideleg;
    private uint mie;
    private uint machineIrqMask;
    private uint supervisorIrqMask;

    // The S bits of mip that software sets; SEIP is this bit or the external array.
    private uint softwarePending;

    // The counters are the machine's cycle and retired count plus what the guest has written.
    private ulong cycleOffset;
    private ulong retiredOffset;

    // These are where generated code reaches them.

    /// <summary>mstatus, as stored.</summary>
    public ref uint Mstatus => ref hot->Mstatus;
    public ref uint Satp => ref hot->Satp;
    public ref uint Mtvec => ref hot->Mtvec;
    public ref uint Mscratch => ref hot->Mscratch;
    public ref uint Mepc => ref hot->Mepc;
    public ref uint Mcause => ref hot->Mcause;
    public ref uint Mtval => ref hot->Mtval;
    public ref uint Stvec => ref hot->Stvec;
    public ref uint Sscratch => ref hot->Sscratch;
    public ref uint Sepc => ref hot->Sepc;
    public ref uint Scause => ref hot->Scause;
    public ref uint Stval => ref hot->Stval;

    /// <summary>Instructions retired since power-on; the engines keep it.</summary>
    public ulong Retired;

    /// <summary>satp.ASID.</summary>
    public uint AddressSpace => (Satp >> 22) & 0x1FF;

    public uint Medeleg => medeleg;

    public uint Mideleg => mideleg;

    /// <summary>mip: the external array's lines as masked for M and S, and what software has set.</summary>
    public uint Pending =>
        softwarePending
        | ((soc.InterruptLines & machineIrqMask) != 0 ? ExternalInterruptM : 0)
        | ((soc.InterruptLines & supervisorIrqMask) != 0 ? ExternalInterruptS : 0);

    /// <summary>mip and mie: what ends a wait, whatever the global enables say.</summary>
    public uint PendingAndEnabled => Pending & mie;

    public uint EnabledInterrupts => mie;

    /// <summary>Reads a CSR.</summary>
    /// <returns>False where the core has none of this number.</returns>
    public bool TryRead(uint number, out uint value)
    {
        (bool exists, value) = number switch
        {
            ControlRegister.Sstatus => (true, Mstatus & SstatusBits),
            ControlRegister.Sie => (true, mie & SupervisorInterrupts),
            ControlRegister.Stvec => (true, Stvec),
            ControlRegister.Sscratch => (true, Sscratch),
            ControlRegister.Sepc => (true, Sepc),
            ControlRegister.Scause => (true, Scause),
            ControlRegister.Stval => (true, Stval),
            ControlRegister.Sip => (true, Pending & SupervisorInterrupts),
            ControlRegister.Satp => (true, Satp),
            ControlRegister.Mstatus => (true, Mstatus),
            ControlRegister.Misa => (true, misa),
            ControlRegister.Medeleg => (true, medeleg),
            ControlRegister.Mideleg => (true, mideleg),
            ControlRegister.Mie => (true, mie),
            ControlRegister.Mtvec => (true, Mtvec),
            ControlRegister.Mscratch => (true, Mscratch),
            ControlRegister.Mepc => (true, Mepc),
            ControlRegister.Mcause => (true, Mcause),
            ControlRegister.Mtval => (true, Mtval),
            ControlRegister.Mip => (true, Pending),
            ControlRegister.MachineIrqMask => (true, machineIrqMask),
            ControlRegister.MachineIrqPending => (true, soc.InterruptLines & machineIrqMask),
            ControlRegister.SupervisorIrqMask => (true, supervisorIrqMask),
            ControlRegister.SupervisorIrqPending => (true, soc.InterruptLines & supervisorIrqMask),
            ControlRegister.Mcycle or ControlRegister.Cycle => (true, (uint)CycleCount),
            ControlRegister.Mcycleh or ControlRegister.Cycleh => (true, (uint)(CycleCount >> 32)),
            ControlRegister.Minstret or ControlRegister.Instret => (true, (uint)RetiredCount),
            ControlRegister.Minstreth or ControlRegister.Instreth => (true, (uint)(RetiredCount >> 32)),
            ControlRegister.DataCacheGeometry => (true, DataCache),
            ControlRegister.Mvendorid => (true, 1u),
            ControlRegister.Marchid => (true, 2u),
            ControlRegister.Mimpid => (true, 3u),
            ControlRegister.Mhartid => (true, 0u),
            _ => (false, 0u),
        };
        return exists;
    }

    /// <summary>What a read-modify-write starts from: as <see cref="TryRead"/>, but without the external SEIP.</summary>
    public uint ReadForModify(uint number, uint value) =>
        number is ControlRegister.Mip or ControlRegister.Sip
            ? (value & ~ExternalInterruptS) | (softwarePending & ExternalInterruptS)
            : value;

    /// <summary>Writes a CSR that exists and is not read-only.</summary>
    public void Write(uint number, uint value)
    {
        switch (number)
        {
            case ControlRegister.Sstatus:
                Mstatus = (Mstatus & ~SstatusBits) | (value & SstatusBits);
                break;
            case ControlRegister.Mstatus:
                // MPP has no level 2; writing it keeps the old one.
                uint mpp = (value & Mpp) == MppReserved ? Mstatus & Mpp : value & Mpp;
                Mstatus = (value & MstatusBits & ~Mpp) | mpp;
                break;
            case ControlRegister.Sie:
                mie = (mie & ~SupervisorInterrupts) | (value & SupervisorInterrupts);
                break;
            case ControlRegister.Mie:
                mie = value & InterruptBits;
                break;
            case ControlRegister.Sip or ControlRegister.Mip:
                softwarePending = value & SupervisorInterrupts;
                break;
            case ControlRegister.Stvec:
                Stvec = value;
                break;
            case ControlRegister.Sscratch:
                Sscratch = value;
                break;
            case ControlRegister.Sepc:
                Sepc = value;
                break;
            case ControlRegister.Scause:
                Scause = value & CauseBits;
                break;
            case ControlRegister.Stval:
                Stval = value;
                break;
            case ControlRegister.Satp:
                Satp = value;
                break;
            case ControlRegister.Misa:
                misa = value & MisaBits;
                break;
            case ControlRegister.Medeleg:
                medeleg = value & MedelegBits;
                break;
            case ControlRegister.Mideleg:
                mideleg = value & SupervisorInterrupts;
                break;
            case ControlRegister.Mtvec:
                Mtvec = value;
                break;
            case ControlRegister.Mscratch:
                Mscratch = value;
                break;
            case ControlRegister.Mepc:
                Mepc = value;
                break;
            case ControlRegister.Mcause:
                Mcause = value & CauseBits;
                break;
            case ControlRegister.Mtval:
                Mtval = value;
                break;
            case ControlRegister.MachineIrqMask:
                machineIrqMask = value;
                break;
            case ControlRegister.SupervisorIrqMask:
                supervisorIrqMask = value;
                break;
            case ControlRegister.Mcycle:
                cycleOffset += value - (ulong)(uint)CycleCount;
                break;
            case ControlRegister.Mcycleh:
                cycleOffset += ((ulong)value << 32) - (CycleCount & 0xFFFF_FFFF_0000_0000);
                break;
            case ControlRegister.Minstret:
                retiredOffset += value - (ulong)(uint)RetiredCount;
                break;
            case ControlRegister.Minstreth:
                retiredOffset += ((ulong)value << 32) - (RetiredCount & 0xFFFF_FFFF_0000_0000);
                break;
            default:
                break;
        }
    }

    public void Reset()
    {
        Mstatus = Mpp | Spp;
        misa = MisaReset;
        Mtvec = 0x6000_0000;
        medeleg = mideleg = mie = Mscratch = Sscratch = 0;
        machineIrqMask = supervisorIrqMask = softwarePending = 0;
        Satp = Mepc = Mcause = Mtval = Stvec = Sepc = Scause = Stval = 0;
        cycleOffset = 0 - soc.Now;
        retiredOffset = 0 - Retired;
    }

    public void State(StateStream state)
    {
        state.U32(ref Mstatus);
        state.U32(ref misa);
        state.U32(ref medeleg);
        state.U32(ref mideleg);
        state.U32(ref mie);
        state.U32(ref Mtvec);
        state.U32(ref Mscratch);
        state.U32(ref Mepc);
        state.U32(ref Mcause);
        state.U32(ref Mtval);
        state.U32(ref Stvec);
        state.U32(ref Sscratch);
        state.U32(ref Sepc);
        state.U32(ref Scause);
        state.U32(ref Stval);
        state.U32(ref Satp);
        state.U32(ref softwarePending);
        state.U32(ref machineIrqMask);
        state.U32(ref supervisorIrqMask);
        state.U64(ref cycleOffset);
        state.U64(ref retiredOffset);
        state.U64(ref Retired);
    }

    /// <summary>Drops what a damaged snapshot says of bits that the core does not have.</summary>
    public void AfterLoad()
    {
        uint mpp = Mstatus & Mpp;
        Mstatus &= mpp == MppReserved ? MstatusBits & ~Mpp : MstatusBits;
        misa &= MisaBits;
        medeleg &= MedelegBits;
        mideleg &= SupervisorInterrupts;
        mie &= InterruptBits;
        softwarePending &= SupervisorInterrupts;
        Mcause &= CauseBits;
        Scause &= CauseBits;
    }

    /// <summary>What mcycle is ahead of the machine's cycle, and minstret of the instructions retired.</summary>
    public ulong CycleOffset => cycleOffset;

    public ulong RetiredOffset => retiredOffset;

    private ulong CycleCount => soc.Now + cycleOffset;

    private ulong RetiredCount => Retired + retiredOffset;
}
