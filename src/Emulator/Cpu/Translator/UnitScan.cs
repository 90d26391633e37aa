// Finds the instructions that are translated together: those of one page that direct branches reach from an entry,
// up to a limit. Where a block begins, code can be entered and the budget is taken: at the entry, at what a branch
// can reach, behind a branch, behind a call, and behind an instruction that is left to the stepper.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>One unit of translation. Instructions are numbered by their half-word in the page.</summary>
internal sealed unsafe class UnitScan
{
    public const int HalfWords = (int)PhysicalMemory.PageSize / 2;

    private const int Limit = 400;

    private readonly Decoder decoder = new();
    private readonly Instruction[] instructions = new Instruction[HalfWords];
    private readonly bool[] present = new bool[HalfWords];
    private readonly bool[] slow = new bool[HalfWords];
    private readonly bool[] head = new bool[HalfWords];
    private readonly int[] pending = new int[HalfWords];
    private readonly int[] found = new int[Limit];
    private int pendingCount;
    private int foundCount;
    private TranslatedPage translated = null!;

    /// <summary>The instructions of the unit, in the order of their addresses.</summary>
    public ReadOnlySpan<int> Found => new(found, 0, foundCount);

    public ref readonly Instruction this[int index] => ref instructions[index];

    public bool Has(int index) => index < HalfWords && present[index];

    public bool IsHead(int index) => head[index];

    /// <summary>Whether an instruction reaches into the next page: it is left to the stepper.</summary>
    public bool Straddles(int index) => index + (instructions[index].Length / 2) > HalfWords;

    /// <summary>Whether an instruction is left to the stepper.</summary>
    public bool IsSlow(int index) => slow[index];

    /// <summary>The half-word that a branch or jal goes to; outside 0 to 2047 it is in another page.</summary>
    public int Target(int index) => index + (instructions[index].Immediate >> 1);

    /// <summary>Scans a page.</summary>
    /// <param name="page">The page. Where earlier units have code, the scan stops.</param>
    /// <param name="content">Its content.</param>
    /// <param name="entry">Where execution begins.</param>
    public void Scan(TranslatedPage page, byte* content, int entry)
    {
        translated = page;
        foreach (int index in Found)
        {
            present[index] = false;
        }

        Array.Clear(head);
        foundCount = 0;
        Enter(entry);
        while (pendingCount > 0)
        {
            ScanLine(content, pending[--pendingCount], entry);
        }

        Sort();
    }

    private void Sort()
    {
        int first = HalfWords;
        int last = 0;
        foreach (int index in Found)
        {
            first = Math.Min(first, index);
            last = Math.Max(last, index);
        }

        int count = 0;
        for (int index = first; index <= last; index++)
        {
            if (present[index])
            {
                found[count++] = index;
            }
        }
    }

    private void Enter(int index)
    {
        if (index is >= 0 and < HalfWords && !head[index])
        {
            head[index] = true;
            pending[pendingCount++] = index;
        }
    }

    // From an entry along the straight line.
    private void ScanLine(byte* content, int index, int entry)
    {
        while (index < HalfWords && foundCount < Limit)
        {
            if (present[index])
            {
                head[index] = true; // two lines run together here
                return;
            }

            if (index != entry && translated.HasCode(index))
            {
                return;
            }

            Instruction instruction = Decode(content, index);
            instructions[index] = instruction;
            present[index] = true;
            slow[index] = LeavesToStepper(instruction);
            found[foundCount++] = index;
            int next = index + (instruction.Length / 2);
            switch (instruction.Operation)
            {
                case Operation.Jal or Operation.Jalr:
                    if (instruction.Rd != 0)
                    {
                        Enter(next);
                    }

                    if (instruction.Operation == Operation.Jal)
                    {
                        Enter(Target(index));
                    }

                    return;
                case >= Operation.Beq and <= Operation.Bgeu:
                    Enter(Target(index));
                    SetHead(next);
                    break;
                case Operation.Ecall:
                    Enter(next);
                    return;
                case Operation.Illegal or Operation.Ebreak or Operation.Mret or Operation.Sret:
                    return;
                case var _ when slow[index]:
                    SetHead(next);
                    break;
                default:
                    break;
            }

            index = next;
        }
    }

    private bool LeavesToStepper(in Instruction i) =>
        i.Operation is Operation.Illegal or (>= Operation.Ecall and <= Operation.Wfi)
        || (i.Operation is >= Operation.Csrrw and <= Operation.Csrrci && !ControlRegisterTranslator.CanTranslate(i, translated.Privilege));

    private void SetHead(int index)
    {
        if (index < HalfWords)
        {
            head[index] = true;
        }
    }

    private Instruction Decode(byte* page, int index)
    {
        uint encoding = ((ushort*)page)[index];
        bool full = Decoder.IsFull(encoding);
        if (full && index == HalfWords - 1)
        {
            return new Instruction(Operation.Illegal, 0, 0, 0, 4, 0, 0); // straddles; the stepper reads it whole
        }

        return decoder.Decode(full ? encoding | ((uint)((ushort*)page)[index + 1] << 16) : encoding);
    }
}
