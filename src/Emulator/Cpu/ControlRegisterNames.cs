// The CSRs that exist on this core, by number. A number that is not here traps.
// Facts: datasheet, CSRs of the VexRiscv configuration.

namespace XousCloud.Emulator.Cpu;

internal static class ControlRegisterNames
{
    public static readonly (ushort Number, string Name)[] All =
    [
        (ControlRegister.Sstatus, "sstatus"), (ControlRegister.Sie, "sie"), (ControlRegister.Stvec, "stvec"),
        (ControlRegister.Sscratch, "sscratch"), (ControlRegister.Sepc, "sepc"), (ControlRegister.Scause, "scause"),
        (ControlRegister.Stval, "stval"), (ControlRegister.Sip, "sip"), (ControlRegister.Satp, "satp"),
        (ControlRegister.Mstatus, "mstatus"), (ControlRegister.Misa, "misa"), (ControlRegister.Medeleg, "medeleg"),
        (ControlRegister.Mideleg, "mideleg"), (ControlRegister.Mie, "mie"), (ControlRegister.Mtvec, "mtvec"),
        (ControlRegister.Mscratch, "mscratch"), (ControlRegister.Mepc, "mepc"), (ControlRegister.Mcause, "mcause"),
        (ControlRegister.Mtval, "mtval"), (ControlRegister.Mip, "mip"),
        (ControlRegister.SupervisorIrqMask, "sim"), (ControlRegister.MachineIrqMask, "mim"),
        (ControlRegister.Mcycle, "mcycle"), (ControlRegister.Minstret, "minstret"),
        (ControlRegister.Mcycleh, "mcycleh"), (ControlRegister.Minstreth, "minstreth"),
        (ControlRegister.Cycle, "cycle"), (ControlRegister.Instret, "instret"),
        (ControlRegister.Cycleh, "cycleh"), (ControlRegister.Instreth, "instreth"),
        (ControlRegister.DataCacheGeometry, "dcacheinfo"), (ControlRegister.SupervisorIrqPending, "sirq"),
        (ControlRegister.Mvendorid, "mvendorid"), (ControlRegister.Marchid, "marchid"),
        (ControlRegister.Mimpid, "mimpid"), (ControlRegister.Mhartid, "mhartid"),
        (ControlRegister.MachineIrqPending, "mirq"),
    ];

    private static readonly Dictionary<ushort, string> Names = All.ToDictionary(entry => entry.Number, entry => entry.Name);

    public static string Name(ushort number) => Names.TryGetValue(number, out string? name) ? name : $"0x{number:x3}";
}

/// <summary>The numbers of the CSRs.</summary>
internal static class ControlRegister
{
    public const ushort Sstatus = 0x100;
    public const ushort Sie = 0x104;
    public const ushort Stvec = 0x105;
    public const ushort Sscratch = 0x140;
    public const ushort Sepc = 0x141;
    public const ushort Scause = 0x142;
    public const ushort Stval = 0x143;
    public const ushort Sip = 0x144;
    public const ushort Satp = 0x180;
    public const ushort Mstatus = 0x300;
    public const ushort Misa = 0x301;
    public const ushort Medeleg = 0x302;
    public const ushort Mideleg = 0x303;
    public const ushort Mie = 0x304;
    public const ushort Mtvec = 0x305;
    public const ushort Mscratch = 0x340;
    public const ushort Mepc = 0x341;
    public const ushort Mcause = 0x342;
    public const ushort Mtval = 0x343;
    public const ushort Mip = 0x344;

    /// <summary>Mask of the external lines for S mode.</summary>
    public const ushort SupervisorIrqMask = 0x9C0;
    public const ushort Mcycle = 0xB00;
    public const ushort Minstret = 0xB02;
    public const ushort Mcycleh = 0xB80;
    public const ushort Minstreth = 0xB82;

    /// <summary>Mask of the external lines for M mode.</summary>
    public const ushort MachineIrqMask = 0xBC0;
    public const ushort Cycle = 0xC00;
    public const ushort Instret = 0xC02;
    public const ushort Cycleh = 0xC80;
    public const ushort Instreth = 0xC82;
    public const ushort DataCacheGeometry = 0xCC0;

    /// <summary>External lines that are active and enabled for S mode.</summary>
    public const ushort SupervisorIrqPending = 0xDC0;
    public const ushort Mvendorid = 0xF11;
    public const ushort Marchid = 0xF12;
    public const ushort Mimpid = 0xF13;
    public const ushort Mhartid = 0xF14;

    /// <summary>External lines that are active and enabled for M mode.</summary>
    public const ushort MachineIrqPending = 0xFC0;
}
