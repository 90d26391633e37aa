// The handlers of the threaded interpreter. Each is a static method that does one instruction and then calls the
// next slot's handler as its last act, which the JIT turns into a jump: no loop, no return address, and the four
// arguments stay in registers. For that to hold
//   - every handler is AggressiveOptimization, or its first version would call, and overflow the stack;
//   - a handler makes no other call, takes no local's address, and has no try.
// What a handler cannot do (a miss in the tables, a rare instruction) it leaves to the stepper by a jump to an exit.
//
// Instruction lengths and operations are struct type arguments, so each combination is compiled on its own and a
// length costs no load. Facts: measured prototype, threaded interpreter.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Cpu;

/// <summary>Handlers and how instructions become slots.</summary>
internal static unsafe class ThreadedCode
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private const int HandlerLimit = 255;
    private const byte UndecodedCode = 255;

    // By Slot.Code. Code 0 is the slow exit, which stands for every operation without a handler of its own.
    private static readonly delegate*<Slot*, uint*, HartState*, long, void>* Handlers =
        (delegate*<Slot*, uint*, HartState*, long, void>*)NativeMemory.AllocZeroed(HandlerLimit, (nuint)sizeof(nint));

    // By Place; 0 where there is no handler.
    private static readonly byte[] Codes = new byte[256 << 2];

    private static int handlerCount;

    static ThreadedCode()
    {
        Handlers[0] = &LeaveSlow;
        BuildArithmetic();
        BuildMemory();
        BuildControl();
    }

    public static Slot UndecodedSlot => new() { Handler = &LeaveUndecoded, Code = UndecodedCode };

    public static Slot SlowSlot => new() { Handler = &LeaveSlow };

    public static Slot EndOfPageSlot => new() { Handler = &EndOfPage };

    public static bool IsUndecoded(in Slot slot) => slot.Code == UndecodedCode;

    /// <summary>Whether execution does not simply go on behind an operation.</summary>
    public static bool EndsRun(Operation operation) => operation is Operation.Jal or Operation.Jalr or Operation.Illegal
        or Operation.Ecall or Operation.Ebreak or Operation.Mret or Operation.Sret;

    /// <summary>The slot of an instruction that stands at an index of its page.</summary>
    public static Slot Encode(in Instruction instruction, int index)
    {
        int target = index + (instruction.Immediate >> 1);
        bool far = target is < 0 or >= CodePages.SlotsInPage;
        bool jumps = instruction.Operation is Operation.Jal or (>= Operation.Beq and <= Operation.Bgeu);
        bool shiftsByConstant = instruction.Operation is Operation.Slli or Operation.Srli or Operation.Srai;
        byte code = Codes[Place(instruction.Operation, instruction.Length, jumps && far)];
        Slot slot = new()
        {
            Handler = Handlers[code],
            Code = code,
            Rd = instruction.Rd == 0 ? (byte)HartState.Sink : instruction.Rd,
            Rs1 = instruction.Rs1,
            Rs2 = instruction.Rs2,
            Immediate = jumps && !far ? instruction.Immediate >> 1
                : shiftsByConstant ? instruction.Rs2
                : instruction.Immediate,
        };
        if (index % 32 is 0 or 1)
        {
            slot.Handler = &CheckBudget;
        }

        return slot;
    }

    private static int Place(Operation operation, int length, bool far) => ((int)operation << 2) | (length & 2) | (far ? 1 : 0);

    private static void Add(Operation operation, int length, delegate*<Slot*, uint*, HartState*, long, void> handler) =>
        Add(operation, length, false, handler);

    private static void Add(
        Operation operation, int length, bool far, delegate*<Slot*, uint*, HartState*, long, void> handler)
    {
        byte code = (byte)++handlerCount;
        if (code >= HandlerLimit)
        {
            throw new InvalidOperationException("There are more handlers than a slot can name.");
        }

        Codes[Place(operation, length, far)] = code;
        Handlers[code] = handler;
    }

    private static void BuildArithmetic()
    {
        AddBinary<AddOperation>(Operation.Add, Operation.Addi);
        AddBinary<SubOperation>(Operation.Sub, null);
        AddBinary<XorOperation>(Operation.Xor, Operation.Xori);
        AddBinary<OrOperation>(Operation.Or, Operation.Ori);
        AddBinary<AndOperation>(Operation.And, Operation.Andi);
        AddBinary<SllOperation>(Operation.Sll, Operation.Slli);
        AddBinary<SrlOperation>(Operation.Srl, Operation.Srli);
        AddBinary<SraOperation>(Operation.Sra, Operation.Srai);
        AddBinary<SltOperation>(Operation.Slt, Operation.Slti);
        AddBinary<SltuOperation>(Operation.Sltu, Operation.Sltiu);
        AddBinary<MulOperation>(Operation.Mul, null);
        AddBinary<MulhOperation>(Operation.Mulh, null);
        AddBinary<MulhsuOperation>(Operation.Mulhsu, null);
        AddBinary<MulhuOperation>(Operation.Mulhu, null);
        AddBinary<DivOperation>(Operation.Div, null);
        AddBinary<DivuOperation>(Operation.Divu, null);
        AddBinary<RemOperation>(Operation.Rem, null);
        AddBinary<RemuOperation>(Operation.Remu, null);
        Add(Operation.Aes32esi, 4, &Aes<Aes32esiOperation>);
        Add(Operation.Aes32esmi, 4, &Aes<Aes32esmiOperation>);
        Add(Operation.Aes32dsi, 4, &Aes<Aes32dsiOperation>);
        Add(Operation.Aes32dsmi, 4, &Aes<Aes32dsmiOperation>);
        Add(Operation.Lui, 4, &Constant<Full>);
        Add(Operation.Lui, 2, &Constant<Compressed>);
        Add(Operation.Auipc, 4, &Auipc);
        Add(Operation.Fence, 4, &Nothing<Full>);
    }

    private static void AddBinary<TOperation>(Operation register, Operation? immediate)
        where TOperation : struct, IBinaryOperation
    {
        Add(register, 4, &RegisterRegister<TOperation, Full>);
        Add(register, 2, &RegisterRegister<TOperation, Compressed>);
        if (immediate is { } constant)
        {
            Add(constant, 4, &RegisterImmediate<TOperation, Full>);
            Add(constant, 2, &RegisterImmediate<TOperation, Compressed>);
        }
    }

    private static void BuildMemory()
    {
        Add(Operation.Lb, 4, &Load<SignedByte, Full>);
        Add(Operation.Lbu, 4, &Load<UnsignedByte, Full>);
        Add(Operation.Lh, 4, &Load<SignedHalf, Full>);
        Add(Operation.Lhu, 4, &Load<UnsignedHalf, Full>);
        Add(Operation.Lw, 4, &Load<Word, Full>);
        Add(Operation.Lw, 2, &Load<Word, Compressed>);
        Add(Operation.Sb, 4, &Store<UnsignedByte, Full>);
        Add(Operation.Sh, 4, &Store<UnsignedHalf, Full>);
        Add(Operation.Sw, 4, &Store<Word, Full>);
        Add(Operation.Sw, 2, &Store<Word, Compressed>);
    }

    private static void BuildControl()
    {
        AddBranch<EqualCondition>(Operation.Beq);
        AddBranch<NotEqualCondition>(Operation.Bne);
        AddBranch<LessCondition>(Operation.Blt);
        AddBranch<NotLessCondition>(Operation.Bge);
        AddBranch<BelowCondition>(Operation.Bltu);
        AddBranch<NotBelowCondition>(Operation.Bgeu);
        Add(Operation.Jal, 4, false, &JumpNear<Full>);
        Add(Operation.Jal, 2, false, &JumpNear<Compressed>);
        Add(Operation.Jal, 4, true, &JumpFar<Full>);
        Add(Operation.Jal, 2, true, &JumpFar<Compressed>);
        Add(Operation.Jalr, 4, &JumpRegister<Full>);
        Add(Operation.Jalr, 2, &JumpRegister<Compressed>);
    }

    private static void AddBranch<TCondition>(Operation operation)
        where TCondition : struct, ICondition
    {
        Add(operation, 4, false, &BranchNear<TCondition, Full>);
        Add(operation, 2, false, &BranchNear<TCondition, Compressed>);
        Add(operation, 4, true, &BranchFar<TCondition, Full>);
        Add(operation, 2, true, &BranchFar<TCondition, Compressed>);
    }

    [MethodImpl(Hot)]
    private static void RegisterRegister<TOperation, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TOperation : struct, IBinaryOperation
        where TLength : struct, ILength
    {
        x[p->Rd] = TOperation.Apply(x[p->Rs1], x[p->Rs2]);
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void RegisterImmediate<TOperation, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TOperation : struct, IBinaryOperation
        where TLength : struct, ILength
    {
        x[p->Rd] = TOperation.Apply(x[p->Rs1], (uint)p->Immediate);
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Aes<TOperation>(Slot* p, uint* x, HartState* s, long budget)
        where TOperation : struct, IAesOperation
    {
        x[p->Rd] = AesRound.Apply(TOperation.Operation, x[p->Rs1], x[p->Rs2], p->Immediate);
        p += Full.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Constant<TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TLength : struct, ILength
    {
        x[p->Rd] = (uint)p->Immediate;
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Auipc(Slot* p, uint* x, HartState* s, long budget)
    {
        x[p->Rd] = AddressOf(p, s) + (uint)p->Immediate;
        p += Full.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Nothing<TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TLength : struct, ILength
    {
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Load<TWidth, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TWidth : struct, IWidth
        where TLength : struct, ILength
    {
        uint address = x[p->Rs1] + (uint)p->Immediate;
        nint addend = s->Read[address >> 12];
        if (addend == 0 || (address & TWidth.Misaligned) != 0)
        {
            LeaveSlow(p, x, s, budget);
            return;
        }

        x[p->Rd] = TWidth.Load((byte*)(addend + (nint)address));
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void Store<TWidth, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TWidth : struct, IWidth
        where TLength : struct, ILength
    {
        uint address = x[p->Rs1] + (uint)p->Immediate;
        nint addend = s->Write[address >> 12];
        if (addend == 0 || (address & TWidth.Misaligned) != 0)
        {
            LeaveSlow(p, x, s, budget);
            return;
        }

        s->Reservation = 0;
        TWidth.Store((byte*)(addend + (nint)address), x[p->Rs2]);
        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void BranchNear<TCondition, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TCondition : struct, ICondition
        where TLength : struct, ILength
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        if (TCondition.Holds(x[p->Rs1], x[p->Rs2]))
        {
            p += p->Immediate;
            p->Handler(p, x, s, budget - 1);
            return;
        }

        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void BranchFar<TCondition, TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TCondition : struct, ICondition
        where TLength : struct, ILength
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        if (TCondition.Holds(x[p->Rs1], x[p->Rs2]))
        {
            s->Pc = AddressOf(p, s) + (uint)p->Immediate;
            EnterPage(p, x, s, budget - 1);
            return;
        }

        p += TLength.Slots;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void JumpNear<TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TLength : struct, ILength
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        x[p->Rd] = AddressOf(p, s) + (TLength.Slots * 2);
        p += p->Immediate;
        p->Handler(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void JumpFar<TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TLength : struct, ILength
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        uint pc = AddressOf(p, s);
        s->Pc = pc + (uint)p->Immediate;
        x[p->Rd] = pc + (TLength.Slots * 2);
        EnterPage(p, x, s, budget - 1);
    }

    [MethodImpl(Hot)]
    private static void JumpRegister<TLength>(Slot* p, uint* x, HartState* s, long budget)
        where TLength : struct, ILength
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        uint target = (x[p->Rs1] + (uint)p->Immediate) & ~1u;
        x[p->Rd] = AddressOf(p, s) + (TLength.Slots * 2);
        Slot* page = (Slot*)s->Execute[target >> 12];
        if (page == null)
        {
            s->Pc = target;
            LeavePage(p, x, s, budget - 1);
            return;
        }

        s->Page = page;
        s->PageAddress = target & ~0xFFFu;
        p = page + ((target & 0xFFF) >> 1);
        p->Handler(p, x, s, budget - 1);
    }

    // Goes on at s->Pc, on whatever page that is.
    [MethodImpl(Hot)]
    private static void EnterPage(Slot* p, uint* x, HartState* s, long budget)
    {
        uint target = s->Pc;
        Slot* page = (Slot*)s->Execute[target >> 12];
        if (page == null)
        {
            LeavePage(p, x, s, budget);
            return;
        }

        s->Page = page;
        s->PageAddress = target & ~0xFFFu;
        p = page + ((target & 0xFFF) >> 1);
        p->Handler(p, x, s, budget);
    }

    [MethodImpl(Hot)]
    private static void EndOfPage(Slot* p, uint* x, HartState* s, long budget)
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        s->Pc = s->PageAddress + 0x1000;
        EnterPage(p, x, s, budget);
    }

    [MethodImpl(Hot)]
    private static void CheckBudget(Slot* p, uint* x, HartState* s, long budget)
    {
        if (budget <= 0)
        {
            LeaveBudget(p, x, s, budget);
            return;
        }

        Handlers[p->Code](p, x, s, budget);
    }

    [MethodImpl(Hot)]
    private static void LeaveBudget(Slot* p, uint* x, HartState* s, long budget)
    {
        s->Pc = AddressOf(p, s);
        s->Budget = budget;
        s->Exit = FastExit.Budget;
    }

    [MethodImpl(Hot)]
    private static void LeaveSlow(Slot* p, uint* x, HartState* s, long budget)
    {
        s->Pc = AddressOf(p, s);
        s->Budget = budget;
        s->Exit = FastExit.Slow;
    }

    [MethodImpl(Hot)]
    private static void LeaveUndecoded(Slot* p, uint* x, HartState* s, long budget)
    {
        s->Pc = AddressOf(p, s);
        s->Budget = budget;
        s->Exit = FastExit.Undecoded;
    }

    // The target of a jump is in s->Pc already.
    [MethodImpl(Hot)]
    private static void LeavePage(Slot* p, uint* x, HartState* s, long budget)
    {
        s->Budget = budget;
        s->Exit = FastExit.Page;
    }

    // A slot is 16 bytes and stands for 2 bytes of code.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint AddressOf(Slot* p, HartState* s) => s->PageAddress + (uint)((nint)((byte*)p - (byte*)s->Page) >> 3);
}
