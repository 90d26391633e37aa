// Chooses the size of every instruction. Sizes start at the least and only grow, round by round, until every branch,
// call and address fits; so the choice ends, and what was chosen holds.
//
//   branch   2 (to +-256 B), 4 (+-4 KiB), 6 or 8: the opposite branch over a jal (+-1 MiB)
//   jal      2 (+-2 KiB), 4 (+-1 MiB), 8: auipc and jalr through the link register, so only for calls
//   address  the lui vanishes when x0 or gp reaches the address with the signed 12 bits of the low part, and the addi
//            when those bits are 0

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

internal sealed class Relaxation(Layout layout, bool compress, bool usesGlobalPointer)
{
    private const byte X0 = 0;
    private const byte Gp = 3;

    // Ordinary programs need less than ten rounds. A program made to need thousands gets the largest sizes instead.
    private const int Rounds = 64;

    private readonly Dictionary<(Symbol Symbol, int Addend), AddressBase> bases = [];
    private readonly List<(PlacedFunction Function, List<int> Open)> variable = [];

    private enum AddressBase : byte
    {
        Zero,
        GlobalPointer,
        High,
    }

    /// <summary>Sets all sizes and lays the image out.</summary>
    /// <exception cref="CompileErrorException">A jump is longer than the machine has.</exception>
    public void Run()
    {
        foreach (PlacedFunction function in layout.Functions)
        {
            Start(function);
        }

        layout.PlaceImage();
        for (int round = 1; Grow(round); round++)
        {
            layout.PlaceImage();
        }
    }

    /// <summary>The instruction at its place, with its final base register and immediate.</summary>
    public MachineInstruction Resolve(PlacedFunction function, int index)
    {
        MachineInstruction instruction = function.Function.Code[index];
        if (instruction.Op == MachineOp.Jal || Encoder.IsBranch(instruction.Op))
        {
            uint target = instruction.Symbol is { } symbol
                ? layout.AddressOf(symbol) + (uint)instruction.Imm
                : function.AddressOfLabel(instruction.Label);
            instruction.Imm = (int)(target - function.AddressOf(index));
        }
        else if (instruction.Part != AddressPart.None)
        {
            uint address = layout.AddressOf(instruction.Symbol!) + (uint)instruction.Imm;
            AddressBase found = FindBase(instruction.Symbol!, instruction.Imm, address);
            if (instruction.Part == AddressPart.High)
            {
                instruction.Imm = (int)High(address);
            }
            else if (found == AddressBase.High)
            {
                instruction.Imm = Low(address);
            }
            else
            {
                instruction.Rs1 = found == AddressBase.Zero ? X0 : Gp;
                instruction.Imm = (int)(address - BaseAddress(found));
            }
        }

        return instruction;
    }

    /// <summary>The upper 20 bits of an address, for a signed low part.</summary>
    public static uint High(uint address) => ((address + 0x800) >> 12) & 0xFFFFF;

    /// <summary>The signed low 12 bits of an address.</summary>
    public static int Low(uint address) => (int)address << 20 >> 20;

    public static CompileErrorException TooFar(PlacedFunction function, SourcePosition? position) => new(
        DiagnosticCode.Limit,
        $"'{function.Function.Symbol.Name}' of {function.Size} bytes has a jump of more than 1 MiB; split it.",
        position ?? function.Function.Position);

    private static bool IsVariable(in MachineInstruction instruction) =>
        instruction.Op == MachineOp.Jal || instruction.Part != AddressPart.None || Encoder.IsBranch(instruction.Op);

    private static bool AddsNothing(in MachineInstruction instruction) =>
        instruction.Part == AddressPart.Low && instruction.Op == MachineOp.Addi && instruction.Rd == instruction.Rs1
        && instruction.Imm == 0;

    private void Start(PlacedFunction function)
    {
        if (function.Function.Naked is not null)
        {
            return;
        }

        List<int> open = [];
        for (int index = 0; index < function.Sizes.Length; index++)
        {
            MachineInstruction instruction = function.Function.Code[index];
            if (IsVariable(instruction))
            {
                instruction.Imm = 0;
                open.Add(index);
            }

            bool mayVanish = instruction.Part == AddressPart.High || AddsNothing(instruction);
            function.Sizes[index] = mayVanish ? (byte)0 : PlainSize(instruction);
        }

        function.PlaceInstructions();
        variable.Add((function, open));
    }

    private bool Grow(int round)
    {
        bool grew = false;
        foreach ((PlacedFunction function, List<int> open) in variable)
        {
            bool changed = false;
            foreach (int index in open)
            {
                byte size = NeededSize(function, index);
                if (round >= Rounds)
                {
                    size = Math.Max(size, LargestSize(function.Function.Code[index]));
                }

                if (size > function.Sizes[index])
                {
                    function.Sizes[index] = size;
                    changed = true;
                }
            }

            if (changed)
            {
                function.PlaceInstructions();
                grew = true;
            }
        }

        return grew;
    }

    private byte NeededSize(PlacedFunction function, int index)
    {
        MachineInstruction instruction = Resolve(function, index);
        if (instruction.Part == AddressPart.High
            && bases[(instruction.Symbol!, function.Function.Code[index].Imm)] != AddressBase.High)
        {
            return 0;
        }

        if (AddsNothing(instruction))
        {
            return 0;
        }

        byte size = PlainSize(instruction);
        if (Encoder.IsBranch(instruction.Op) && !Encoder.IsSigned(instruction.Imm, 13))
        {
            // The jal stands behind the opposite branch, so its distance may be up to 4 bytes off.
            return Encoder.IsSigned(instruction.Imm - 4, 21) && Encoder.IsSigned(instruction.Imm, 21)
                ? (byte)(PlainSize(Opposite(instruction, 6)) + 4)
                : throw TooFar(function, instruction.Position);
        }

        if (instruction.Op == MachineOp.Jal && !Encoder.IsSigned(instruction.Imm, 21))
        {
            return instruction.Rd != X0 ? (byte)8 : throw TooFar(function, instruction.Position);
        }

        return size;
    }

    /// <summary>The branch that skips so many bytes, itself included, where <paramref name="branch"/> would jump.</summary>
    public static MachineInstruction Opposite(MachineInstruction branch, int distance)
    {
        branch.Op = (MachineOp)(MachineOp.Beq + (byte)((branch.Op - MachineOp.Beq) ^ 1));
        branch.Imm = distance;
        return branch;
    }

    private static byte LargestSize(in MachineInstruction instruction) =>
        Encoder.IsBranch(instruction.Op) || (instruction.Op == MachineOp.Jal && instruction.Rd != X0) ? (byte)8 : (byte)4;

    private byte PlainSize(in MachineInstruction instruction) =>
        instruction.Op == MachineOp.Nop ? (byte)0
        : compress && CompressedEncoder.Encode(instruction) != 0 ? (byte)2
        : (byte)4;

    // A base, once it was out of reach, is not chosen again, or sizes could shrink.
    private AddressBase FindBase(Symbol symbol, int addend, uint address)
    {
        if (!bases.TryGetValue((symbol, addend), out AddressBase found))
        {
            found = Reaches(AddressBase.Zero, address) ? AddressBase.Zero
                : usesGlobalPointer && symbol.Name != LinkerSymbols.GlobalPointer.Name ? AddressBase.GlobalPointer
                : AddressBase.High;
        }

        if (found != AddressBase.High && !Reaches(found, address))
        {
            found = AddressBase.High;
        }

        bases[(symbol, addend)] = found;
        return found;
    }

    private bool Reaches(AddressBase from, uint address) => Encoder.IsSigned((int)(address - BaseAddress(from)), 12);

    private uint BaseAddress(AddressBase from) =>
        from == AddressBase.GlobalPointer ? layout.AddressOf(LinkerSymbols.GlobalPointer) : 0;
}
