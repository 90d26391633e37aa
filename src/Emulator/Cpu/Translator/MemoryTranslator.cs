// Translates loads, stores and atomics. Each looks its page up in the flat tables; where there is no entry, the unit is
// left, and the engine fills the table or does the access as the stepper does.
//
// Why no access can leave the guest's memory: an entry is the difference between a page of the host and a page of
// the guest, entered for that very page. The index is the page of the address that is accessed, cut to the table's
// length by the shift. So the sum lies in the page that the entry was made for, and since a misaligned address misses
// (FlatTables), no access crosses its end. Addresses are 32-bit values with the upper half of the register 0.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Accesses to memory.</summary>
internal sealed class MemoryTranslator(Emitter emitter, RegisterMap map, ArithmeticTranslator arithmetic)
{
    private const HostRegister Eax = HostRegister.Rax;
    private const HostRegister Ecx = HostRegister.Rcx;

    // Slots are given out in turn. Two sites may have one: they only take it from each other.
    private int nextSlot;

    // Loads whose slot was for another page, behind the blocks.
    private readonly PlainList<OtherPage> otherPages = new();

    // Whether a store of this block has cleared the reservation already.
    private bool reservationCleared;

    public void BeginBlock() => reservationCleared = false;

    /// <summary>Writes what stands behind the blocks.</summary>
    public void WriteCold()
    {
        for (int i = 0; i < otherPages.Count; i++)
        {
            WriteOtherPage(otherPages[i]);
        }

        otherPages.Clear();
    }

    /// <summary>Translates an instruction that accesses memory.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="isChained">Whether it is a load that waits for an earlier one.</param>
    /// <param name="miss">Where to go when the page is not in the tables.</param>
    /// <returns>The register that has the address at a miss.</returns>
    public HostRegister Access(in Instruction i, bool isChained, Label miss)
    {
        switch (i.Operation)
        {
            case >= Operation.Lb and <= Operation.Lhu:
                return Load(i, isChained, miss);
            case >= Operation.Sb and <= Operation.Sw:
                return Store(i, miss);
            case Operation.LrW:
                HostRegister address = Load(i, isChained: false, miss);
                emitter.Mov(Placement.Reservation, 1u);
                reservationCleared = false;
                return address;
            case Operation.ScW:
                return StoreConditional(i, miss);
            default:
                return Atomic(i, miss);
        }
    }

    public static bool IsLoad(Operation operation) => operation is (>= Operation.Lb and <= Operation.Lhu) or Operation.LrW;

    private static int SizeBits(Operation operation) => operation switch
    {
        Operation.Lb or Operation.Lbu or Operation.Sb => 0,
        Operation.Lh or Operation.Lhu or Operation.Sh => 1,
        _ => 2,
    };

    private HostRegister Load(in Instruction i, bool isChained, Label miss)
    {
        HostRegister address = isChained ? LookIntoSlot(i, miss) : LookUp(i, FlatTables.ReadOffset, miss);
        if (i.Rd == 0)
        {
            return address;
        }

        HostRegister target = map.Target(i.Rd);
        HostOperand place = HostOperand.At(Eax, address);
        switch (i.Operation)
        {
            case Operation.Lb:
                emitter.Movsx8(target, place);
                break;
            case Operation.Lbu:
                emitter.Movzx8(target, place);
                break;
            case Operation.Lh:
                emitter.Movsx16(target, place);
                break;
            case Operation.Lhu:
                emitter.Movzx16(target, place);
                break;
            default:
                emitter.Mov(target, place);
                break;
        }

        arithmetic.Finish(i.Rd, target);
        return address;
    }

    private HostRegister Store(in Instruction i, Label miss)
    {
        HostRegister address = LookUp(i, FlatTables.WriteOffset, miss);
        if (!reservationCleared)
        {
            emitter.Mov(Placement.Reservation, 0u);
            reservationCleared = true;
        }

        HostOperand place = HostOperand.At(Eax, address);
        if (i.Rs2 == 0)
        {
            StoreZero(i.Operation, place);
            return address;
        }

        if (!map.IsPinned(i.Rs2) && address == Ecx)
        {
            emitter.Arithmetic64(HostArithmetic.Add, Eax, Ecx);
            place = HostOperand.At(Eax, 0);
        }

        HostRegister value = arithmetic.Read(i.Rs2, Ecx);
        switch (SizeBits(i.Operation))
        {
            case 0:
                emitter.Mov8(place, value);
                break;
            case 1:
                emitter.Mov16(place, value);
                break;
            default:
                emitter.Mov(place, value);
                break;
        }

        return address;
    }

    private void StoreZero(Operation operation, HostOperand place)
    {
        switch (SizeBits(operation))
        {
            case 0:
                emitter.Mov8(place, (byte)0);
                break;
            case 1:
                emitter.Mov16(place, (ushort)0);
                break;
            default:
                emitter.Mov(place, 0u);
                break;
        }
    }

    private HostRegister StoreConditional(in Instruction i, Label miss)
    {
        Label fails = emitter.NewLabel();
        Label done = emitter.NewLabel();
        HostRegister address = LookUp(i, FlatTables.WriteOffset, miss);
        emitter.Arithmetic64(HostArithmetic.Add, Eax, address);
        emitter.Arithmetic(HostArithmetic.Cmp, Placement.Reservation, 0);
        emitter.Mov(Placement.Reservation, 0u);
        emitter.Jump(HostCondition.Equal, fails);
        emitter.Mov(HostOperand.At(Eax, 0), arithmetic.Read(i.Rs2, Ecx));
        arithmetic.Constant(i.Rd, 0);
        emitter.Jump(done);
        emitter.Bind(fails);
        arithmetic.Constant(i.Rd, 1);
        emitter.Bind(done);
        reservationCleared = true;
        return address;
    }

    private HostRegister Atomic(in Instruction i, Label miss)
    {
        HostRegister address = LookUp(i, FlatTables.WriteOffset, miss);
        emitter.Arithmetic64(HostArithmetic.Add, Eax, address);
        emitter.Mov(Placement.Reservation, 0u);
        reservationCleared = true;
        emitter.Mov(Ecx, HostOperand.At(Eax, 0));
        emitter.Mov(Placement.Scratch, Ecx);
        Combine(i.Operation, i.Rs2);
        emitter.Mov(HostOperand.At(Eax, 0), Ecx);
        if (i.Rd != 0)
        {
            HostRegister old = map.Target(i.Rd);
            emitter.Mov(old, Placement.Scratch);
            arithmetic.Finish(i.Rd, old);
        }

        return address;
    }

    // ecx = what the AMO stores, from the old value in ecx.
    private void Combine(Operation operation, int operand)
    {
        switch (operation)
        {
            case Operation.AmoswapW:
                arithmetic.Load(Ecx, operand);
                break;
            case Operation.AmoaddW:
                emitter.Arithmetic(HostArithmetic.Add, Ecx, map.Of(operand));
                break;
            case Operation.AmoxorW:
                emitter.Arithmetic(HostArithmetic.Xor, Ecx, map.Of(operand));
                break;
            case Operation.AmoandW:
                emitter.Arithmetic(HostArithmetic.And, Ecx, map.Of(operand));
                break;
            case Operation.AmoorW:
                emitter.Arithmetic(HostArithmetic.Or, Ecx, map.Of(operand));
                break;
            default:
                emitter.Arithmetic(HostArithmetic.Cmp, Ecx, map.Of(operand));
                emitter.Cmov(TakesOperandIf(operation), Ecx, map.Of(operand));
                break;
        }
    }

    private static HostCondition TakesOperandIf(Operation operation) => operation switch
    {
        Operation.AmominW => HostCondition.Greater,
        Operation.AmomaxW => HostCondition.Less,
        Operation.AmominuW => HostCondition.Above,
        _ => HostCondition.Below,
    };

    // rax = the entry of the page that the instruction accesses. Returns where the address is.
    private HostRegister LookUp(in Instruction i, int table, Label miss)
    {
        HostRegister address = Address(i);
        LookUp(address, SizeBits(i.Operation), table, miss);
        return address;
    }

    private void LookUp(HostRegister address, int sizeBits, int table, Label miss)
    {
        if (sizeBits == 0)
        {
            emitter.Mov(Eax, address);
        }
        else
        {
            emitter.Rorx(Eax, address, (byte)sizeBits);
        }

        emitter.Shift(HostShift.Shr, Eax, (byte)(FlatTables.PageShift - sizeBits));
        emitter.Mov64(Eax, HostOperand.At(Placement.Tables, Eax, 3, table));
        emitter.Test64(Eax, Eax);
        emitter.Jump(HostCondition.Equal, miss);
    }

    // The same by a slot.
    private HostRegister LookIntoSlot(in Instruction i, Label miss)
    {
        HostRegister address = Address(i);
        OtherPage other = new(
            emitter.NewLabel(), emitter.NewLabel(), miss, address, SizeBits(i.Operation), nextSlot++ % FlatTables.SlotCount);
        LoadTag(other);
        emitter.Arithmetic64(HostArithmetic.Cmp, Eax, other.Tag);
        emitter.Jump(HostCondition.NotEqual, other.Begin);
        emitter.Bind(other.Filled);
        emitter.Mov64(Eax, other.Entry);
        otherPages.Add(other);
        return address;
    }

    private void WriteOtherPage(in OtherPage other)
    {
        emitter.Bind(other.Begin);
        LookUp(other.Address, other.SizeBits, FlatTables.ReadOffset, other.Miss);
        emitter.Mov64(other.Entry, Eax);
        LoadTag(other);
        emitter.Mov64(other.Tag, Eax);
        emitter.Shift(HostShift.Shr, Eax, FlatTables.PageShift);
        emitter.Arithmetic(HostArithmetic.And, Eax, FlatTables.SlotPagesMask);
        emitter.Mov8(HostOperand.At(Placement.Tables, Eax, 0, FlatTables.SlotPages), (byte)1);
        emitter.Jump(other.Filled);
    }

    // rax = what a slot for the address has as its tag; the bits that make it misaligned stay, so it is none's then.
    private void LoadTag(in OtherPage other)
    {
        emitter.Lea64(Eax, HostOperand.At(other.Address, FlatTables.SlotBias));
        emitter.Arithmetic64(HostArithmetic.And, Eax, -(1 << FlatTables.PageShift) | ((1 << other.SizeBits) - 1));
    }

    // Returns where the address is: ecx, or the host register of rs1 when that is the address itself.
    private HostRegister Address(in Instruction i)
    {
        bool hasOffset = i.Operation < Operation.LrW && i.Immediate != 0;
        if (i.Rs1 == 0)
        {
            emitter.Mov(Ecx, hasOffset ? (uint)i.Immediate : 0);
        }
        else if (!map.IsPinned(i.Rs1))
        {
            arithmetic.Load(Ecx, i.Rs1);
            if (hasOffset)
            {
                emitter.Arithmetic(HostArithmetic.Add, Ecx, i.Immediate);
            }
        }
        else if (hasOffset)
        {
            emitter.Lea(Ecx, HostOperand.At(map.Of(i.Rs1).Register, i.Immediate));
        }
        else
        {
            return map.Of(i.Rs1).Register;
        }

        return Ecx;
    }

    // A load with a slot: where its slot is filled, and where to go on then.
    private readonly record struct OtherPage(
        Label Begin, Label Filled, Label Miss, HostRegister Address, int SizeBits, int Slot)
    {
        public HostOperand Tag => HostOperand.At(Placement.Tables, FlatTables.SlotTags + (Slot * sizeof(long)));

        public HostOperand Entry => HostOperand.At(Placement.Tables, FlatTables.SlotEntries + (Slot * sizeof(long)));
    }
}
