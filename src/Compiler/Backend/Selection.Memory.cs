// Selection of memory accesses: whatever part of an address is constant goes into the displacement. Also what the
// machine has beside plain code: CSRs, fences, atomic accesses.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

internal sealed partial class Selection
{
    /// <summary>Blocks of up to that many units are copied and cleared without a loop.</summary>
    private const int InlineUnits = 16;

    /// <summary>Loads and stores in one turn of a copying loop.</summary>
    private const int UnitsPerTurn = 4;

    /// <summary>From that many different offsets on a symbol's address is worth a register.</summary>
    private const int ManyOffsets = 3;

    private readonly Dictionary<Symbol, HashSet<int>> offsets = [];

    /// <summary>An address as the machine takes it: register plus immediate, of which Symbol's low part or Frame's offset is a part.</summary>
    private readonly record struct Place(int Base, int Imm, Symbol? Symbol = null, FrameObject? Frame = null)
    {
        public AddressPart Part => Symbol is null ? AddressPart.None : AddressPart.Low;
    }

    private void SelectAccess(Value value)
    {
        switch (value.Op)
        {
            case Op.Load:
                MachineOp load = value.Size switch
                {
                    1 => value.Signed ? MachineOp.Lb : MachineOp.Lbu,
                    2 => value.Signed ? MachineOp.Lh : MachineOp.Lhu,
                    _ => MachineOp.Lw,
                };
                Access(load, needed[value.Id] ? Result(value) : Registers.Zero, PlaceOf(value.Inputs[0], value.Imm));
                break;
            case Op.Store:
                Place place = PlaceOf(value.Inputs[0], value.Imm);
                Access(StoreOp(value.Size), Register(Stored(value.Inputs[1], value.Size)), place);
                break;
            case Op.CopyMemory:
                CopyBlock(value);
                break;
            case Op.ClearMemory:
                ClearBlock(value);
                break;
            case Op.CsrAccess:
                SelectControlRegister(value);
                break;
            case Op.Instruction:
                output.Add(new Instruction { Op = MachineOp.Raw, Imm = value.Imm, Position = position });
                break;
            case Op.FenceVirtualMemory:
                Add(MachineOp.SfenceVma, Registers.Zero, Register(value.Inputs[0]), Register(value.Inputs[1]));
                break;
            case Op.AtomicAccess:
                MachineOp atomic = (MachineOp)((int)MachineOp.AmoswapW + (int)value.Atomic);
                int old = needed[value.Id] ? Result(value) : Registers.Zero;
                Add(atomic, old, AddressRegister(value), Register(value.Inputs[1]));
                break;
            case Op.CompareExchange:
                output.Add(new Instruction
                {
                    Pseudo = Pseudo.CompareExchange,
                    Rd = Result(value),
                    Rd2 = body.NewRegister(),
                    Rs1 = AddressRegister(value),
                    Rs2 = Register(value.Inputs[1]),
                    Rs3 = Register(value.Inputs[2]),
                    Position = position,
                });
                break;
            default:
                throw new InvalidOperationException($"{function.Name}: {value.Op} cannot stand in a block.");
        }
    }

    private static MachineOp StoreOp(int size) => size switch { 1 => MachineOp.Sb, 2 => MachineOp.Sh, _ => MachineOp.Sw };

    private static MachineOp LoadOp(int size) => size switch { 1 => MachineOp.Lbu, 2 => MachineOp.Lhu, _ => MachineOp.Lw };

    /// <summary>The value without extensions of what a narrow store drops anyway.</summary>
    private static Value Stored(Value value, int size)
    {
        uint kept = size switch { 1 => 0xFF, 2 => 0xFFFF, _ => uint.MaxValue };
        while (size < 4)
        {
            bool isExtension = value.Op switch
            {
                Op.And => value.Inputs[1].IsConst && ((uint)value.Inputs[1].Imm & kept) == kept,
                Op.SignExtend8 => size == 1,
                Op.SignExtend16 or Op.ZeroExtend16 => true,
                _ => false,
            };
            if (!isExtension)
            {
                break;
            }

            value = value.Inputs[0];
        }

        return value;
    }

    private void Access(MachineOp op, int register, Place place)
    {
        bool isStore = op is >= MachineOp.Sb and <= MachineOp.Sw;
        output.Add(new Instruction
        {
            Op = op,
            Rd = isStore ? Registers.Zero : register,
            Rs1 = place.Base,
            Rs2 = isStore ? register : Registers.Zero,
            Imm = place.Imm,
            Part = place.Part,
            Symbol = place.Symbol,
            Frame = place.Frame,
            Position = position,
        });
    }

    private Place PlaceOf(Value address, int imm)
    {
        if (!address.IsLeaf && foldsIntoAddresses[address.Id] && FitsImmediate((long)imm + address.Inputs[1].Imm))
        {
            imm += address.Inputs[1].Imm;
            address = address.Inputs[0];
        }

        switch (address.Op)
        {
            case Op.SymbolAddress:
                return SymbolPlace(address.Symbol!, address.Imm, imm);
            case Op.SlotAddress:
                return FramePlace(FrameOf(address.Slot!), address.Imm + imm);
            case Op.Const:
                // Device registers of one page share the upper part.
                int low = (address.Imm + imm) << 20 >> 20;
                return new Place(ConstantRegister(address.Imm + imm - low), low);
            default:
                return Within(Register(address), imm);
        }
    }

    /// <summary>The same place, with an addition in front if the displacement is too far for an immediate.</summary>
    private Place Within(int register, int imm)
    {
        if (FitsImmediate(imm))
        {
            return new Place(register, imm);
        }

        int low = imm << 20 >> 20;
        int sum = body.NewRegister();
        Add(MachineOp.Add, sum, register, ConstantRegister(imm - low));
        return new Place(sum, low);
    }

    private Place SymbolPlace(Symbol symbol, int addend, int imm)
    {
        if (offsets.TryGetValue(symbol, out HashSet<int>? all) && all.Count >= ManyOffsets && FitsImmediate((long)addend + imm))
        {
            return new Place(Register(Value.AddressOf(symbol)), addend + imm);
        }

        int high = LeafRegister(new Instruction { Pseudo = Pseudo.High, Symbol = symbol, Imm = addend + imm }, symbol);
        return new Place(high, addend + imm, symbol);
    }

    private Place FramePlace(FrameObject frame, int imm)
    {
        if (!body.HasFarSlots)
        {
            return new Place(Registers.Sp, imm, Frame: frame);
        }

        int start = FitsImmediate(imm) ? 0 : imm;
        int register = LeafRegister(new Instruction { Pseudo = Pseudo.FrameAddress, Frame = frame, Imm = start }, frame);
        return new Place(register, imm - start);
    }

    /// <summary>Finds how much frame the slots take and at which offsets symbols are accessed.</summary>
    private void SurveyAddresses(List<Block> order)
    {
        long bytes = 0;
        HashSet<Slot> seen = [];
        foreach (Block block in order)
        {
            foreach (Value value in block.All())
            {
                foreach (Value input in live[value.Id] ? value.Inputs : [])
                {
                    if (input.Op == Op.SlotAddress && seen.Add(input.Slot!))
                    {
                        bytes += input.Slot!.Size + input.Slot.Alignment;
                    }
                    else if (input.Op == Op.SymbolAddress && value.Op is Op.Load or Op.Store && input == value.Inputs[0])
                    {
                        if (!offsets.TryGetValue(input.Symbol!, out HashSet<int>? all))
                        {
                            offsets.Add(input.Symbol!, all = []);
                        }

                        all.Add(input.Imm + value.Imm);
                    }
                }
            }
        }

        body.HasFarSlots = bytes > NearSlotBytes;
        if (bytes > MaximalSlotBytes)
        {
            throw new CompileErrorException(
                DiagnosticCode.Limit, $"The locals of {function.Name} take {bytes} bytes of stack.", function.Position);
        }
    }

    /// <summary>Atomic instructions have no displacement.</summary>
    private int AddressRegister(Value value)
    {
        if (value.Imm == 0)
        {
            return Register(value.Inputs[0]);
        }

        int sum = body.NewRegister();
        SelectAdd(sum, value.Inputs[0], Value.Const(value.Imm));
        return sum;
    }

    private void CopyBlock(Value value)
    {
        int bytes = value.Imm;
        int unit = Math.Clamp((int)value.Size, 1, 4);
        int done = 0;
        if (bytes / unit > InlineUnits)
        {
            int turn = unit * UnitsPerTurn;
            done = bytes / turn * turn;
            int target = body.NewRegister();
            int source = body.NewRegister();
            int end = body.NewRegister();
            AddMoves([new Move(Operand.Of(target), Source(value.Inputs[0])), new Move(Operand.Of(source), Source(value.Inputs[1]))]);
            AddOffset(end, target, done);
            output.Add(new Instruction
            {
                Pseudo = Pseudo.CopyLoop,
                Rd = body.NewRegister(),
                Rs1 = target,
                Rs2 = source,
                Rs3 = end,
                Imm = UnitsPerTurn,
                Size = (byte)unit,
                Position = position,
            });
        }

        while (done < bytes)
        {
            int size = UnitFor(unit, bytes - done);
            int content = body.NewRegister();
            Access(LoadOp(size), content, PlaceOf(value.Inputs[1], done));
            Access(StoreOp(size), content, PlaceOf(value.Inputs[0], done));
            done += size;
        }
    }

    private void ClearBlock(Value value)
    {
        int bytes = value.Imm;
        int unit = Math.Clamp((int)value.Size, 1, 4);
        int done = 0;
        if (bytes / unit > InlineUnits)
        {
            int turn = unit * UnitsPerTurn;
            done = bytes / turn * turn;
            int target = body.NewRegister();
            int end = body.NewRegister();
            AddMoves([new Move(Operand.Of(target), Source(value.Inputs[0]))]);
            AddOffset(end, target, done);
            output.Add(new Instruction
            {
                Pseudo = Pseudo.ClearLoop,
                Rs1 = target,
                Rs3 = end,
                Imm = UnitsPerTurn,
                Size = (byte)unit,
                Position = position,
            });
        }

        while (done < bytes)
        {
            int size = UnitFor(unit, bytes - done);
            Access(StoreOp(size), Registers.Zero, PlaceOf(value.Inputs[0], done));
            done += size;
        }
    }

    private static int UnitFor(int unit, int rest)
    {
        while (unit > rest)
        {
            unit /= 2;
        }

        return unit;
    }

    private void AddOffset(int rd, int register, int offset)
    {
        if (FitsImmediate(offset))
        {
            AddImmediate(MachineOp.Addi, rd, register, offset);
        }
        else
        {
            Add(MachineOp.Add, rd, register, ConstantRegister(offset));
        }
    }

    private void SelectControlRegister(Value value)
    {
        Value operand = value.Inputs[0];
        bool isRead = value.Csr != CsrOperation.ReadWrite && operand.Is(0);
        bool isImmediate = operand.IsConst && operand.Imm is > 0 and <= 31;
        output.Add(new Instruction
        {
            Op = (MachineOp)((int)(isImmediate ? MachineOp.Csrrwi : MachineOp.Csrrw) + (int)value.Csr),
            Rd = needed[value.Id] ? Result(value) : Registers.Zero,
            Rs1 = isImmediate || isRead ? Registers.Zero : Register(operand),
            Size = isImmediate ? (byte)operand.Imm : (byte)0,
            Imm = value.Imm,
            Position = position,
        });
    }
}
