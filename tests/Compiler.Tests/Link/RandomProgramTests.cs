// Random programs: what objdump reads must be the instructions that went in, in their order, with every branch, call
// and address leading to what it names.

using System.Globalization;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

public sealed class RandomProgramTests
{
    private static readonly MachineOp[] plain =
        [.. Enum.GetValues<MachineOp>().Where(op => op is not (MachineOp.Nop or MachineOp.Raw or MachineOp.Jal) && !Encoder.IsBranch(op))];

    private static readonly byte[] registers = [0, 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 31];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_linked_code_is_the_programs(int seed)
    {
        var random = new Random(seed);
        List<CodeBuilder> functions = Program(random);
        bool compress = seed != 4;

        LinkedImage image = Linker.Link(new LinkInput
        {
            Functions = [.. functions.Select(function => function.Function)],
            Map = random.Next(2) == 0 ? MemoryMap.BareMetal : MemoryMap.Ram,
            Compress = compress,
            OptimizeSize = random.Next(2) == 0,
        });

        Dictionary<uint, DisassembledInstruction> code = Disassembly.Of(image).ToDictionary(read => read.Address);
        Assert.Equal(!compress, code.Values.All(read => read.Size == 4));
        foreach (CodeBuilder function in functions)
        {
            new Reading(image, code, function.Function).Check();
        }

        // Some statics are within gp's reach.
        Assert.Contains(code.Values, read => read.Text.StartsWith("lw", StringComparison.Ordinal) && read.Text.EndsWith(" x3", StringComparison.Ordinal));
    }

    private static List<CodeBuilder> Program(Random random)
    {
        List<CodeBuilder> functions = [.. Enumerable.Range(0, 40).Select(number => new CodeBuilder($"f{number}"))];
        List<DataSymbol> data = [.. Enumerable.Range(0, 60).Select(number => CodeBuilder.Data(
            $"d{number}", random.Next(1, random.Next(2) == 0 ? 16 : 300), 1 << random.Next(4),
            random.Next(2) == 0 ? [1] : null, random.Next(3) == 0))];
        functions[0].Address(CodeBuilder.Gp, LinkerSymbols.GlobalPointer);
        foreach (CodeBuilder function in functions)
        {
            functions[0].Call(function.Symbol);
        }

        foreach (CodeBuilder function in functions)
        {
            int count = random.Next(4) == 0 ? random.Next(3000) : random.Next(300);
            int[] labels = [.. Enumerable.Range(0, 20).Select(_ => function.NewLabel())];
            foreach (int label in labels)
            {
                function.Function.Labels[label] = random.Next(count);
            }

            int start = function.Function.Code.Count;
            while (function.Function.Code.Count < start + count + 1)
            {
                AddRandom(function, random, functions, data, labels);
            }

            function.Return();
        }

        return functions;
    }

    private static void AddRandom(
        CodeBuilder function, Random random, List<CodeBuilder> functions, List<DataSymbol> data, int[] labels)
    {
        byte register = Register();
        DataSymbol symbol = data[random.Next(data.Count)];
        int addend = random.Next(3) == 0 ? random.Next(symbol.Size) : 0;
        switch (random.Next(10))
        {
            case 0:
                function.Branch((MachineOp)((int)MachineOp.Beq + random.Next(6)), Register(), random.Next(2) == 0 ? 0 : Register(), labels[random.Next(labels.Length)]);
                break;
            case 1:
                function.Jump(labels[random.Next(labels.Length)], random.Next(2));
                break;
            case 2:
                function.Call(functions[random.Next(functions.Count)].Symbol, random.Next(2));
                break;
            case 3:
                function.High(register, symbol, addend).Low(MachineOp.Lw, Register(), register, symbol, addend)
                    .Low(MachineOp.Sb, Register(), register, symbol, addend);
                break;
            case 4:
                function.Address(register, functions[random.Next(functions.Count)].Symbol);
                break;
            default:
                MachineOp op = plain[random.Next(plain.Length)];
                function.Add(op, Register(), Register(), Register(), op switch
                {
                    MachineOp.Lui => random.Next(2) == 0 ? random.Next(0x100000) : (random.Next(-40, 40) & 0xFFFFF),
                    MachineOp.Slli or MachineOp.Srli or MachineOp.Srai => random.Next(32),
                    >= MachineOp.Csrrw and <= MachineOp.Csrrci => 0x7C0 + random.Next(16),
                    _ => random.Next(2) == 0 ? random.Next(-2048, 2048) : random.Next(32) * 4,
                });
                break;
        }

        byte Register() => registers[random.Next(registers.Length)];
    }

    // One function's instructions against what is read at its addresses.
    private sealed class Reading(LinkedImage image, Dictionary<uint, DisassembledInstruction> code, MachineFunction function)
    {
        private readonly List<uint> addresses = [];
        private readonly List<(string Text, int Label, string Instruction)> jumps = [];
        private uint place = image.AddressOf(function.Symbol.Name);

        public void Check()
        {
            foreach (MachineInstruction instruction in function.Code)
            {
                addresses.Add(place);
                Check(instruction);
            }

            foreach ((string text, int label, string instruction) in jumps)
            {
                Assert.Equal($"{text} @{addresses[function.Labels[label]]:x}", instruction);
            }
        }

        private void Check(in MachineInstruction instruction)
        {
            if (instruction.Part != AddressPart.None)
            {
                CheckAddress(instruction);
            }
            else if (Encoder.IsBranch(instruction.Op))
            {
                CheckBranch(instruction);
            }
            else if (instruction.Op == MachineOp.Jal)
            {
                string read = Take();
                if (instruction.Symbol is null)
                {
                    jumps.Add(($"jal x{instruction.Rd}", instruction.Label, read));
                }
                else
                {
                    Assert.Equal($"jal x{instruction.Rd} @{image.AddressOf(instruction.Symbol.Name):x}", read);
                }
            }
            else
            {
                uint address = place;
                Assert.Equal(Disassembly.Of(instruction, address), Take());
            }
        }

        private void CheckAddress(MachineInstruction instruction)
        {
            uint address = image.AddressOf(instruction.Symbol!.Name) + (uint)instruction.Imm;
            var fromGp = (int)(address - image.AddressOf("__global_pointer"));
            bool isNear = fromGp is >= -2048 and < 2048 && instruction.Symbol is not LinkerSymbol;
            if (instruction.Part == AddressPart.High)
            {
                if (isNear)
                {
                    return;
                }

                instruction.Imm = (int)((address + 0x800) >> 12);
            }
            else
            {
                instruction.Rs1 = isNear ? CodeBuilder.Gp : instruction.Rs1;
                instruction.Imm = isNear ? fromGp : (int)(address - ((address + 0x800) & 0xFFFFF000));
                if (instruction.Op == MachineOp.Addi && instruction.Rd == instruction.Rs1 && instruction.Imm == 0)
                {
                    // It is left out unless it was something else in an earlier round.
                    if (code[place].Text == Disassembly.Of(instruction, place))
                    {
                        Take();
                    }

                    return;
                }
            }

            Assert.Equal(Disassembly.Of(instruction, place), Take());
        }

        private void CheckBranch(MachineInstruction instruction)
        {
            uint start = place;
            string first = Take();
            instruction.Imm = 0;
            string own = Disassembly.Of(instruction, start);
            own = own[..own.LastIndexOf(" @", StringComparison.Ordinal)];
            string name = instruction.Op.ToString().ToLowerInvariant();
            if (first.StartsWith(name + " ", StringComparison.Ordinal))
            {
                jumps.Add((own, instruction.Label, first));
                return;
            }

            string opposite = ((MachineOp)((int)MachineOp.Beq + ((instruction.Op - MachineOp.Beq) ^ 1))).ToString().ToLowerInvariant();
            jumps.Add(("jal x0", instruction.Label, Take()));
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{opposite}{own[name.Length..]} @{place:x}"), first);
        }

        private string Take()
        {
            DisassembledInstruction read = code[place];
            place += (uint)read.Size;
            return read.Text;
        }
    }
}
