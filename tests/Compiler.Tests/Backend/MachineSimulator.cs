// Runs machine code before it is linked, and watches over the calling convention: a call destroys what it may, and the
// function must give back sp and the saved registers as they were.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

internal sealed class MachineSimulator(ProgramWorld world, Dictionary<FunctionSymbol, int> words)
{
    private const uint ReturnAddress = 0x6000_0000;
    private const uint CodeBase = 0x5000_0000;
    private const uint CallerSaved = 0xF003_FCE0;

    private readonly uint[] x = new uint[32];
    private readonly Dictionary<uint, uint> tableWords = [];
    private uint noise = 0x1234_5678;

    /// <summary>Executed instructions.</summary>
    public int Steps { get; private set; }

    /// <summary>The result words, or null after a panic, which is logged.</summary>
    public uint[]? Run(MachineFunction function, uint[] arguments, int resultWords, int limit = 1_000_000)
    {
        Check(function);
        for (int i = 1; i < 32; i++)
        {
            x[i] = Noise();
        }

        x[1] = ReturnAddress;
        x[2] = ProgramWorld.StackTop - 4096;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i < 8)
            {
                x[10 + i] = arguments[i];
            }
            else
            {
                world.Store(x[2] + (4 * (uint)(i - 8)), 4, arguments[i]);
            }
        }

        foreach (JumpTable table in function.JumpTables)
        {
            uint address = world.AddressOf(table.Symbol);
            foreach (int label in table.Labels)
            {
                tableWords[address] = CodeBase + (4 * (uint)function.Labels[label]);
                address += 4;
            }
        }

        uint[] before = [.. x];
        int pc = 0;
        while (true)
        {
            if (++Steps > limit)
            {
                throw new InvalidOperationException("the code runs too long");
            }

            MachineInstruction instruction = function.Code[pc];
            if (instruction.IsPanicSite)
            {
                FunctionSymbol stub = (FunctionSymbol)(instruction.Symbol ?? function.Code[function.Labels[instruction.Label]].Symbol!);
                world.Log.Add($"panic {stub.Name["panic.".Length..]}");
                return null;
            }

            uint next = Step(function, instruction, pc);
            x[0] = 0;
            if (next == ReturnAddress)
            {
                break;
            }

            if (next < CodeBase || next >= CodeBase + (4 * (uint)function.Code.Count))
            {
                throw new InvalidOperationException($"control went to {next:x} from instruction {pc}");
            }

            pc = (int)(next - CodeBase) / 4;
        }

        for (int i = 2; i < 32; i++)
        {
            if ((CallerSaved >> i & 1) == 0 && x[i] != before[i])
            {
                throw new InvalidOperationException($"x{i} was not preserved");
            }
        }

        return [.. x[10..(10 + resultWords)]];
    }

    /// <summary>What the linker could not encode.</summary>
    private static void Check(MachineFunction function)
    {
        foreach (MachineInstruction instruction in function.Code)
        {
            bool isShort = instruction.Part != AddressPart.None || instruction.Imm is >= -2048 and <= 2047;
            bool ok = instruction.Op switch
            {
                MachineOp.Lui => instruction.Part == AddressPart.High || instruction.Imm is >= 0 and <= 0xFFFFF,
                MachineOp.Slli or MachineOp.Srli or MachineOp.Srai => instruction.Imm is > 0 and < 32,
                MachineOp.Addi or MachineOp.Slti or MachineOp.Sltiu or MachineOp.Xori or MachineOp.Ori or MachineOp.Andi
                    or MachineOp.Jalr or (>= MachineOp.Lb and <= MachineOp.Sw) => isShort,
                >= MachineOp.Beq and <= MachineOp.Bgeu => instruction.Label >= 0,
                _ => true,
            };
            ok &= instruction.Rd < 32 && instruction.Rs1 < 32 && instruction.Rs2 < 32;
            if (!ok)
            {
                throw new InvalidOperationException($"not encodable: {Listing.Text(function, instruction)}");
            }
        }

        if (function.Labels.Any(label => label < 0 || label > function.Code.Count))
        {
            throw new InvalidOperationException("a label was not placed");
        }
    }

    private uint Noise() => noise = (noise * 1664525) + 1013904223;

    private uint Step(MachineFunction function, MachineInstruction instruction, int pc)
    {
        uint a = x[instruction.Rs1];
        uint b = x[instruction.Rs2];
        uint next = CodeBase + (4 * (uint)pc) + 4;
        uint imm = (uint)instruction.Imm;
        if (instruction.Part != AddressPart.None)
        {
            imm += world.AddressOf(instruction.Symbol!);
            imm = instruction.Part == AddressPart.High ? (imm + 0x800) >> 12 : (uint)((int)(imm << 20) >> 20);
        }

        ref uint rd = ref x[instruction.Rd];
        switch (instruction.Op)
        {
            case MachineOp.Lui: rd = imm << 12; break;
            case MachineOp.Addi: rd = a + imm; break;
            case MachineOp.Slti: rd = (int)a < (int)imm ? 1u : 0; break;
            case MachineOp.Sltiu: rd = a < imm ? 1u : 0; break;
            case MachineOp.Xori: rd = a ^ imm; break;
            case MachineOp.Ori: rd = a | imm; break;
            case MachineOp.Andi: rd = a & imm; break;
            case MachineOp.Slli: rd = a << (int)imm; break;
            case MachineOp.Srli: rd = a >> (int)imm; break;
            case MachineOp.Srai: rd = (uint)((int)a >> (int)imm); break;
            case MachineOp.Add: rd = a + b; break;
            case MachineOp.Sub: rd = a - b; break;
            case MachineOp.Sll: rd = a << (int)(b & 31); break;
            case MachineOp.Slt: rd = (int)a < (int)b ? 1u : 0; break;
            case MachineOp.Sltu: rd = a < b ? 1u : 0; break;
            case MachineOp.Xor: rd = a ^ b; break;
            case MachineOp.Srl: rd = a >> (int)(b & 31); break;
            case MachineOp.Sra: rd = (uint)((int)a >> (int)(b & 31)); break;
            case MachineOp.Or: rd = a | b; break;
            case MachineOp.And: rd = a & b; break;
            case MachineOp.Mul: rd = a * b; break;
            case MachineOp.Mulh: rd = (uint)(((long)(int)a * (int)b) >> 32); break;
            case MachineOp.Mulhu: rd = (uint)(((ulong)a * b) >> 32); break;
            case MachineOp.Div: rd = b == 0 ? uint.MaxValue : a == 0x8000_0000 && b == uint.MaxValue ? a : (uint)((int)a / (int)b); break;
            case MachineOp.Divu: rd = b == 0 ? uint.MaxValue : a / b; break;
            case MachineOp.Rem: rd = b == 0 ? a : a == 0x8000_0000 && b == uint.MaxValue ? 0 : (uint)((int)a % (int)b); break;
            case MachineOp.Remu: rd = b == 0 ? a : a % b; break;
            case MachineOp.Lb: rd = world.Load(a + imm, 1, true); break;
            case MachineOp.Lbu: rd = world.Load(a + imm, 1, false); break;
            case MachineOp.Lh: rd = world.Load(a + imm, 2, true); break;
            case MachineOp.Lhu: rd = world.Load(a + imm, 2, false); break;
            case MachineOp.Lw: rd = tableWords.TryGetValue(a + imm, out uint word) ? word : world.Load(a + imm, 4, false); break;
            case MachineOp.Sb: Store(a + imm, 1, b); break;
            case MachineOp.Sh: Store(a + imm, 2, b); break;
            case MachineOp.Sw: Store(a + imm, 4, b); break;
            case MachineOp.Beq: next = a == b ? Target() : next; break;
            case MachineOp.Bne: next = a != b ? Target() : next; break;
            case MachineOp.Blt: next = (int)a < (int)b ? Target() : next; break;
            case MachineOp.Bge: next = (int)a >= (int)b ? Target() : next; break;
            case MachineOp.Bltu: next = a < b ? Target() : next; break;
            case MachineOp.Bgeu: next = a >= b ? Target() : next; break;
            case MachineOp.Jal when instruction.Label >= 0: next = Target(); break;
            case MachineOp.Jal:
                rd = next;
                next = Call((FunctionSymbol)instruction.Symbol!, instruction.Rd == 0 ? x[1] : next);
                break;
            case MachineOp.Jalr:
                uint target = a + imm;
                if (world.FunctionAt(target) is { } called)
                {
                    next = Call(called, instruction.Rd == 0 ? x[1] : next);
                }
                else
                {
                    next = target;
                }

                break;
            case MachineOp.LrW: rd = world.Load(a, 4, false); break;
            case MachineOp.ScW: Store(a, 4, b); rd = 0; break;
            case MachineOp.AmoaddW: uint old = world.Load(a, 4, false); Store(a, 4, old + b); rd = old; break;
            case MachineOp.AmoswapW: uint was = world.Load(a, 4, false); Store(a, 4, b); rd = was; break;
            default: throw new InvalidOperationException($"{instruction.Op} is not simulated");
        }

        return next;

        uint Target() => CodeBase + (4 * (uint)function.Labels[instruction.Label]);

        void Store(uint address, int size, uint value) => world.Store(address, size, value);
    }

    private uint Call(FunctionSymbol called, uint back)
    {
        if (x[2] % 16 != 0)
        {
            throw new InvalidOperationException("the stack is not aligned at a call");
        }

        uint[] arguments = new uint[words[called]];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = i < 8 ? x[10 + i] : world.Load(x[2] + (4 * (uint)(i - 8)), 4, false);
        }

        (uint first, uint second) = world.Call(called, arguments);
        for (int i = 1; i < 32; i++)
        {
            if (i == 1 || (CallerSaved >> i & 1) != 0)
            {
                x[i] = Noise();
            }
        }

        // A callee owns the space of its arguments.
        for (int i = 8; i < arguments.Length; i++)
        {
            world.Store(x[2] + (4 * (uint)(i - 8)), 4, Noise());
        }

        x[10] = first;
        x[11] = second;
        return back;
    }
}
