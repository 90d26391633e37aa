// The reference: executes one instruction at a time with full semantics. It is the only place that has them all;
// the fast engines leave to here for everything rare, and are compared with it.

using System.Runtime.CompilerServices;

namespace XousCloud.Emulator.Cpu;

/// <summary>Runs nothing but the stepper.</summary>
internal sealed class SteppingEngine(Stepper stepper, Soc.SystemOnChip soc) : IEngine
{
    public ulong Skipped => 0;

    public void Run(ulong horizon)
    {
        while (soc.Now < horizon && !soc.Attention)
        {
            stepper.Step();
        }
    }
}

/// <summary>The reference interpreter.</summary>
internal sealed unsafe class Stepper(Hart hart)
{
    private readonly Decoder decoder = new();
    private readonly HartState* state = hart.State;
    private readonly MemoryAccess memory = hart.Memory;
    private readonly ControlRegisterFile registers = hart.Registers;
    private readonly Soc.SystemOnChip soc = hart.Soc;

    // Where execution goes on; an instruction that jumps changes it.
    private uint nextPc;

    /// <summary>The instruction that was executed last.</summary>
    public Instruction LastInstruction { get; private set; }

    /// <summary>
    /// Executes the instruction at pc, or takes the exception that it raises. Either takes one cycle. Nothing happens where
    /// a breakpoint stops the machine.
    /// </summary>
    public void Step()
    {
        if (hart.Debug?.StopsBefore(state->Pc) == true)
        {
            return;
        }

        if (memory.TryFetch(state->Pc, out uint encoding))
        {
            Execute(decoder.Decode(encoding));
        }
        else
        {
            soc.Now++;
        }
    }

    /// <summary>Executes what stands at pc, fetched and decoded by whoever calls.</summary>
    public void Execute(in Instruction instruction)
    {
        nextPc = state->Pc + instruction.Length;
        LastInstruction = instruction;
        if (TryExecute(instruction))
        {
            state->Pc = nextPc;
            registers.Retired++;
        }

        soc.Now++;
    }

    // False when the instruction raised an exception.
    private bool TryExecute(in Instruction i)
    {
        uint a = state->X[i.Rs1];
        uint b = state->X[i.Rs2];
        uint imm = (uint)i.Immediate;
        switch (i.Operation)
        {
            case Operation.Lui: return Set(i, imm);
            case Operation.Auipc: return Set(i, state->Pc + imm);
            case Operation.Jal: return Jump(i, state->Pc + imm);
            case Operation.Jalr: return Jump(i, (a + imm) & ~1u);
            case Operation.Beq: return Branch(a == b, imm);
            case Operation.Bne: return Branch(a != b, imm);
            case Operation.Blt: return Branch((int)a < (int)b, imm);
            case Operation.Bge: return Branch((int)a >= (int)b, imm);
            case Operation.Bltu: return Branch(a < b, imm);
            case Operation.Bgeu: return Branch(a >= b, imm);
            case Operation.Lb: return memory.TryLoad(a + imm, 1, out uint lb) && Set(i, (uint)(sbyte)lb);
            case Operation.Lh: return memory.TryLoad(a + imm, 2, out uint lh) && Set(i, (uint)(short)lh);
            case Operation.Lw: return memory.TryLoad(a + imm, 4, out uint lw) && Set(i, lw);
            case Operation.Lbu: return memory.TryLoad(a + imm, 1, out uint lbu) && Set(i, lbu);
            case Operation.Lhu: return memory.TryLoad(a + imm, 2, out uint lhu) && Set(i, lhu);
            case Operation.Sb: return memory.TryStore(a + imm, 1, (byte)b);
            case Operation.Sh: return memory.TryStore(a + imm, 2, (ushort)b);
            case Operation.Sw: return memory.TryStore(a + imm, 4, b);
            case Operation.Addi: return Set(i, a + imm);
            case Operation.Slti: return Set(i, (int)a < (int)imm ? 1u : 0);
            case Operation.Sltiu: return Set(i, a < imm ? 1u : 0);
            case Operation.Xori: return Set(i, a ^ imm);
            case Operation.Ori: return Set(i, a | imm);
            case Operation.Andi: return Set(i, a & imm);
            case Operation.Slli: return Set(i, a << i.Rs2);
            case Operation.Srli: return Set(i, a >> i.Rs2);
            case Operation.Srai: return Set(i, (uint)((int)a >> i.Rs2));
            case Operation.Add: return Set(i, a + b);
            case Operation.Sub: return Set(i, a - b);
            case Operation.Sll: return Set(i, a << (int)(b & 31));
            case Operation.Slt: return Set(i, (int)a < (int)b ? 1u : 0);
            case Operation.Sltu: return Set(i, a < b ? 1u : 0);
            case Operation.Xor: return Set(i, a ^ b);
            case Operation.Srl: return Set(i, a >> (int)(b & 31));
            case Operation.Sra: return Set(i, (uint)((int)a >> (int)(b & 31)));
            case Operation.Or: return Set(i, a | b);
            case Operation.And: return Set(i, a & b);
            case Operation.Mul: return Set(i, a * b);
            case Operation.Mulh: return Set(i, Arithmetic.MultiplyHigh((int)a, (int)b));
            case Operation.Mulhsu: return Set(i, Arithmetic.MultiplyHigh((int)a, b));
            case Operation.Mulhu: return Set(i, Arithmetic.MultiplyHigh(a, b));
            case Operation.Div: return Set(i, Arithmetic.Divide((int)a, (int)b));
            case Operation.Divu: return Set(i, Arithmetic.Divide(a, b));
            case Operation.Rem: return Set(i, Arithmetic.Remainder((int)a, (int)b));
            case Operation.Remu: return Set(i, Arithmetic.Remainder(a, b));
            case >= Operation.Aes32esi and <= Operation.Aes32dsmi: return Set(i, AesRound.Apply(i.Operation, a, b, i.Immediate));
            case Operation.Fence: return true;
            case Operation.FenceI: return true; // no instruction is cached beyond the stores that change it
            case Operation.CacheInvalidate: return true;
            default: return ExecuteRare(i, a, b);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ExecuteRare(in Instruction i, uint a, uint b)
    {
        switch (i.Operation)
        {
            case Operation.LrW: return LoadReserved(i, a);
            case Operation.ScW: return StoreConditional(i, a, b);
            case Operation.AmoswapW:
            case Operation.AmoaddW:
            case Operation.AmoxorW:
            case Operation.AmoandW:
            case Operation.AmoorW:
            case Operation.AmominW:
            case Operation.AmomaxW:
            case Operation.AmominuW:
            case Operation.AmomaxuW: return Atomic(i, a, b);
            case Operation.Csrrw: return ControlRegisterAccess(i, a, writes: true);
            case Operation.Csrrs:
            case Operation.Csrrc: return ControlRegisterAccess(i, a, writes: i.Rs1 != 0);
            case Operation.Csrrwi: return ControlRegisterAccess(i, i.Rs1, writes: true);
            case Operation.Csrrsi:
            case Operation.Csrrci: return ControlRegisterAccess(i, i.Rs1, writes: i.Rs1 != 0);
            case Operation.Ecall: return Raise(EcallCause(), i.Word);
            case Operation.Ebreak: return Raise(ExceptionCause.Breakpoint, i.Word);
            case Operation.Mret when hart.Privilege == Privilege.Machine: return ReturnFromTrap(machine: true);
            case Operation.Sret when hart.Privilege != Privilege.User: return ReturnFromTrap(machine: false);
            case Operation.Wfi:
                hart.Wait();
                return true;
            case Operation.SfenceVma: return true; // no translation is kept beyond the stores that change it
            default: return Raise(ExceptionCause.IllegalInstruction, i.Word);
        }
    }

    private bool Set(in Instruction i, uint value)
    {
        if (i.Rd != 0)
        {
            state->X[i.Rd] = value;
        }

        return true;
    }

    private bool Jump(in Instruction i, uint target)
    {
        uint link = nextPc;
        nextPc = target;
        return Set(i, link);
    }

    private bool Branch(bool taken, uint offset)
    {
        if (taken)
        {
            nextPc = state->Pc + offset;
        }

        return true;
    }

    private bool Raise(ExceptionCause cause, uint value)
    {
        hart.Raise(cause, value);
        return false;
    }

    private ExceptionCause EcallCause() => hart.Privilege switch
    {
        Privilege.User => ExceptionCause.EcallFromUser,
        Privilege.Supervisor => ExceptionCause.EcallFromSupervisor,
        _ => ExceptionCause.EcallFromMachine,
    };

    private bool LoadReserved(in Instruction i, uint address)
    {
        if (!memory.TryLoad(address, 4, out uint value))
        {
            return false;
        }

        state->Reservation = 1;
        return Set(i, value);
    }

    // The reservation is a flag without an address: any store since the LR has cleared it, and nothing else does.
    private bool StoreConditional(in Instruction i, uint address, uint value)
    {
        if (!memory.TryTranslateStore(address, 4, out uint physical))
        {
            return false;
        }

        bool succeeds = state->Reservation != 0;
        state->Reservation = 0;
        if (succeeds)
        {
            memory.Store(address, physical, 4, value);
        }

        return Set(i, succeeds ? 0u : 1);
    }

    private bool Atomic(in Instruction i, uint address, uint operand)
    {
        if (!memory.TryTranslateStore(address, 4, out uint physical)
            || !memory.TryLoadForUpdate(address, physical, out uint old))
        {
            return false;
        }

        memory.Store(address, physical, 4, Arithmetic.Atomic(i.Operation, old, operand));
        return Set(i, old);
    }

    private bool ReturnFromTrap(bool machine)
    {
        if (machine)
        {
            hart.ReturnFromMachine();
        }
        else
        {
            hart.ReturnFromSupervisor();
        }

        nextPc = state->Pc;
        return true;
    }

    private bool ControlRegisterAccess(in Instruction i, uint operand, bool writes)
    {
        uint number = (uint)i.Immediate;
        bool readOnly = (number >> 10) == 3;
        Privilege required = (Privilege)((number >> 8) & 3);
        if (hart.Privilege < required || (writes && readOnly) || !registers.TryRead(number, out uint value))
        {
            return Raise(ExceptionCause.IllegalInstruction, i.Word);
        }

        if (writes)
        {
            uint modified = registers.ReadForModify(number, value);
            registers.Write(number, i.Operation switch
            {
                Operation.Csrrs or Operation.Csrrsi => modified | operand,
                Operation.Csrrc or Operation.Csrrci => modified & ~operand,
                _ => operand,
            });
            FollowWrite(number);
        }

        return Set(i, value);
    }

    private void FollowWrite(uint number)
    {
        hart.NoticeInterrupts();
        if (number is ControlRegister.Satp or ControlRegister.Mstatus or ControlRegister.Sstatus)
        {
            hart.UpdateViews();
        }
    }
}
