// Where the guest's state is while generated code runs. It is the same wherever a unit is entered or left, so any can jump
// to any other (inside, some exchange registers: RegisterMap.cs), and code can be shared by devices: nothing in it is an
// address of a device.
//
//   rbp       the HartState, at a bias that lets one byte of displacement reach its hot fields
//   r14       the flat tables that the core looks through
//   r15       the budget: instructions that may still be executed
//   rax, rcx  temporaries, of no meaning between instructions of the guest
//   the rest  guest registers, the ones that compilers use most; their upper halves are always 0
//
// The other guest registers are read and written in the HartState.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The fixed use of the host's registers.</summary>
internal static unsafe class Placement
{
    public const HostRegister State = HostRegister.Rbp;
    public const HostRegister Tables = HostRegister.R14;
    public const HostRegister Budget = HostRegister.R15;

    /// <summary>What State points to, in bytes from the beginning of the HartState.</summary>
    public const int Bias = 128;

    /// <summary>Guest registers with a host register of their own.</summary>
    public static readonly (int Guest, HostRegister Host)[] Pinned =
    [
        (2, HostRegister.Rbx), (8, HostRegister.Rsi), (9, HostRegister.Rdi), (10, HostRegister.R8), (11, HostRegister.R9),
        (12, HostRegister.R10), (13, HostRegister.R11), (14, HostRegister.R12), (15, HostRegister.R13), (16, HostRegister.Rdx),
    ];

    public static readonly HostOperand Pc;
    public static readonly HostOperand Reservation;
    public static readonly HostOperand Site;
    public static readonly HostOperand Address;
    public static readonly HostOperand BudgetInState;
    public static readonly HostOperand TablesInState;
    public static readonly HostOperand Scratch;

    public static readonly HostOperand CycleAtEnd;
    public static readonly HostOperand RetiredAtEnd;
    public static readonly HostOperand Mstatus;
    public static readonly HostOperand Satp;
    public static readonly HostOperand Mtvec;
    public static readonly HostOperand Mscratch;
    public static readonly HostOperand Mepc;
    public static readonly HostOperand Mcause;
    public static readonly HostOperand Mtval;
    public static readonly HostOperand Stvec;
    public static readonly HostOperand Sscratch;
    public static readonly HostOperand Sepc;
    public static readonly HostOperand Scause;
    public static readonly HostOperand Stval;

    private static readonly HostOperand[] Guests = new HostOperand[32];

    static Placement()
    {
        HartState state = default;
        byte* start = (byte*)&state;
        Pc = At(&state.Pc);
        Reservation = At(&state.Reservation);
        Site = At(&state.Site);
        Address = At(&state.Address);
        BudgetInState = At(&state.Budget);
        TablesInState = At(&state.Tables);
        Scratch = At(&state.Scratch);
        CycleAtEnd = At(&state.CycleAtEnd);
        RetiredAtEnd = At(&state.RetiredAtEnd);
        Mstatus = At(&state.Mstatus);
        Satp = At(&state.Satp);
        Mtvec = At(&state.Mtvec);
        Mscratch = At(&state.Mscratch);
        Mepc = At(&state.Mepc);
        Mcause = At(&state.Mcause);
        Mtval = At(&state.Mtval);
        Stvec = At(&state.Stvec);
        Sscratch = At(&state.Sscratch);
        Sepc = At(&state.Sepc);
        Scause = At(&state.Scause);
        Stval = At(&state.Stval);
        for (int guest = 0; guest < Guests.Length; guest++)
        {
            Guests[guest] = InState(guest);
        }

        foreach ((int guest, HostRegister host) in Pinned)
        {
            Guests[guest] = host;
        }

        HostOperand At(void* field) => HostOperand.At(State, (int)((byte*)field - start) - Bias);
    }

    /// <summary>Where a guest register is.</summary>
    public static HostOperand Of(int guest) => Guests[guest];

    public static bool IsPinned(int guest) => !Guests[guest].IsMemory;

    /// <summary>A guest register's place in the HartState.</summary>
    public static HostOperand InState(int guest) => HostOperand.At(State, (guest * sizeof(uint)) - Bias);
}
