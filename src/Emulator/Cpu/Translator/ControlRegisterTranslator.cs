// Translates the CSR accesses that a kernel's entry and exit consist of, and reads of the counters. The rest is left to
// the stepper: writes that change how the core looks at memory, or that may let an interrupt in.
//
// A page is translated for one privilege, so whether an access is allowed is known here.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>CSR instructions.</summary>
internal sealed class ControlRegisterTranslator(Emitter emitter, RegisterMap map, ArithmeticTranslator arithmetic)
{
    private const HostRegister Eax = HostRegister.Rax;
    private const HostRegister Ecx = HostRegister.Rcx;

    /// <summary>Whether an instruction is translated; if not, it is the stepper's.</summary>
    public static bool CanTranslate(in Instruction i, Privilege privilege)
    {
        int number = i.Immediate;
        if (i.Operation is < Operation.Csrrw or > Operation.Csrrci || (int)privilege < ((number >> 8) & 3))
        {
            return false;
        }

        return Writes(i)
            ? IsStorage(number) || (ClearsBits(i) && (number is ControlRegister.Mstatus or ControlRegister.Sstatus))
            : IsStorage(number) || IsCounter(number)
                || number is ControlRegister.Mstatus or ControlRegister.Sstatus or ControlRegister.Satp;
    }

    /// <summary>Translates an instruction that can be.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="remaining">Instructions of the block from this one on.</param>
    public void Access(in Instruction i, int remaining)
    {
        if (IsCounter(i.Immediate))
        {
            ReadCounter(i, remaining);
        }
        else if (!Writes(i))
        {
            Read(i);
        }
        else if (IsStorage(i.Immediate))
        {
            Write(i);
        }
        else
        {
            ClearStatus(i);
        }
    }

    private static bool Writes(in Instruction i) => i.Operation is Operation.Csrrw or Operation.Csrrwi || i.Rs1 != 0;

    // csrrci of mstatus or sstatus: of the five lowest bits those that exist are interrupt enables, and taking one away
    // lets nothing in.
    private static bool ClearsBits(in Instruction i) => i.Operation == Operation.Csrrci;

    private static bool HasImmediate(in Instruction i) => i.Operation >= Operation.Csrrwi;

    private static bool IsCause(int number) => number is ControlRegister.Mcause or ControlRegister.Scause;

    private static bool IsStorage(int number) => number is ControlRegister.Mtvec or ControlRegister.Mscratch
        or ControlRegister.Mepc or ControlRegister.Mcause or ControlRegister.Mtval or ControlRegister.Stvec
        or ControlRegister.Sscratch or ControlRegister.Sepc or ControlRegister.Scause or ControlRegister.Stval;

    private static bool IsCounter(int number) => number is ControlRegister.Mcycle or ControlRegister.Mcycleh
        or ControlRegister.Cycle or ControlRegister.Cycleh or ControlRegister.Minstret or ControlRegister.Minstreth
        or ControlRegister.Instret or ControlRegister.Instreth;

    private static bool CountsCycles(int number) => number is ControlRegister.Mcycle or ControlRegister.Mcycleh
        or ControlRegister.Cycle or ControlRegister.Cycleh;

    private static bool IsUpperHalf(int number) => number is ControlRegister.Mcycleh or ControlRegister.Cycleh
        or ControlRegister.Minstreth or ControlRegister.Instreth;

    private static HostOperand Place(int number) => number switch
    {
        ControlRegister.Mstatus or ControlRegister.Sstatus => Placement.Mstatus,
        ControlRegister.Satp => Placement.Satp,
        ControlRegister.Mtvec => Placement.Mtvec,
        ControlRegister.Mscratch => Placement.Mscratch,
        ControlRegister.Mepc => Placement.Mepc,
        ControlRegister.Mcause => Placement.Mcause,
        ControlRegister.Mtval => Placement.Mtval,
        ControlRegister.Stvec => Placement.Stvec,
        ControlRegister.Sscratch => Placement.Sscratch,
        ControlRegister.Sepc => Placement.Sepc,
        ControlRegister.Scause => Placement.Scause,
        ControlRegister.Stval => Placement.Stval,
        _ => throw new ArgumentOutOfRangeException(nameof(number), number, "Not a CSR that generated code reaches."),
    };

    // What is left of the budget says how far the count is from where it will be at the end.
    private void ReadCounter(in Instruction i, int remaining)
    {
        if (i.Rd == 0)
        {
            return;
        }

        emitter.Mov64(Eax, CountsCycles(i.Immediate) ? Placement.CycleAtEnd : Placement.RetiredAtEnd);
        emitter.Arithmetic64(HostArithmetic.Sub, Eax, Placement.Budget);
        emitter.Arithmetic64(HostArithmetic.Sub, Eax, remaining);
        if (IsUpperHalf(i.Immediate))
        {
            emitter.Shift64(HostShift.Shr, Eax, 32);
        }

        emitter.Mov(map.Target(i.Rd), Eax);
        arithmetic.Finish(i.Rd, map.Target(i.Rd));
    }

    private void Read(in Instruction i)
    {
        if (i.Rd == 0)
        {
            return;
        }

        HostRegister target = map.Target(i.Rd);
        emitter.Mov(target, Place(i.Immediate));
        if (i.Immediate == ControlRegister.Sstatus)
        {
            emitter.Arithmetic(HostArithmetic.And, target, (int)ControlRegisterFile.SstatusBits);
        }

        arithmetic.Finish(i.Rd, target);
    }

    private void ClearStatus(in Instruction i)
    {
        Read(i);
        uint cleared = i.Rs1 & (i.Immediate == ControlRegister.Sstatus ? ControlRegisterFile.SstatusBits : uint.MaxValue);
        emitter.Arithmetic(HostArithmetic.And, Placement.Mstatus, (int)~cleared);
    }

    // ecx = the new value, from rs1 before rd is written.
    private void Write(in Instruction i)
    {
        HostOperand place = Place(i.Immediate);
        if (HasImmediate(i))
        {
            emitter.Mov(Ecx, i.Rs1);
        }
        else
        {
            arithmetic.Load(Ecx, i.Rs1);
        }

        switch (i.Operation)
        {
            case Operation.Csrrs or Operation.Csrrsi:
                emitter.Arithmetic(HostArithmetic.Or, Ecx, place);
                break;
            case Operation.Csrrc or Operation.Csrrci:
                emitter.Unary(HostUnary.Not, Ecx);
                emitter.Arithmetic(HostArithmetic.And, Ecx, place);
                break;
            default:
                break;
        }

        if (IsCause(i.Immediate))
        {
            emitter.Arithmetic(HostArithmetic.And, Ecx, unchecked((int)ControlRegisterFile.CauseBits));
        }

        Read(i);
        emitter.Mov(place, Ecx);
    }
}
