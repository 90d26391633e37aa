// Translates a unit. Each block takes its instructions from the budget before the first of them, and is left there
// when the budget does not suffice; the engine then steps to the exact end. So the count of instructions is exact
// wherever code is left: what the block had taken in advance stands in the site.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Writes the code of units.</summary>
internal sealed unsafe class UnitTranslator
{
    private readonly Emitter emitter;
    private readonly CodeCache code;
    private readonly UnitScan scan = new();
    private readonly LoadChains chains = new();
    private readonly RegisterMap map;
    private readonly LazyShifts shifts;
    private readonly UnitExits exits;
    private readonly ArithmeticTranslator arithmetic;
    private readonly MemoryTranslator memory;
    private readonly ControlRegisterTranslator registers;
    private readonly PlainList<Access> accesses = new();
    private readonly Label[] labels = new Label[UnitScan.HalfWords];
    private readonly bool[] emitted = new bool[UnitScan.HalfWords];
    private TranslatedPage page = null!;

    // Instructions of the current block that are not written yet.
    private int remaining;

    public UnitTranslator(Emitter emitter, CodeCache code)
    {
        this.emitter = emitter;
        this.code = code;
        map = new RegisterMap(emitter);
        shifts = new LazyShifts(emitter, map);
        exits = new UnitExits(emitter, code, map, shifts);
        arithmetic = new ArithmeticTranslator(emitter, map);
        memory = new MemoryTranslator(emitter, map, arithmetic);
        registers = new ControlRegisterTranslator(emitter, map, arithmetic);
    }

    /// <summary>Writes the code for an address of a page and what belongs to it, and enters it into the page's slots.</summary>
    /// <param name="translated">The page.</param>
    /// <param name="content">The page's content.</param>
    /// <param name="pc">Where execution begins.</param>
    /// <returns>False when there was no room; nothing was entered then.</returns>
    public bool TryTranslate(TranslatedPage translated, byte* content, uint pc)
    {
        page = translated;
        exits.Begin(page);
        shifts.Begin();
        scan.Scan(page, content, Index(pc));
        chains.Find(scan);
        map.Choose(scan);
        foreach (int index in scan.Found)
        {
            emitted[index] = false;
            labels[index] = emitter.NewLabel();
        }

        foreach (int index in scan.Found)
        {
            if (!emitted[index])
            {
                WriteLine(index);
            }
        }

        arithmetic.WriteCold();
        memory.WriteCold();
        exits.WriteCold();
        WriteWaysIn();
        emitter.End();
        if (emitter.Overflowed)
        {
            return false;
        }

        Enter();
        return true;
    }

    private static int Index(uint pc) => (int)(pc & 0xFFF) >> 1;

    private uint Pc(int index) => page.Address + ((uint)index * 2);

    private void Enter()
    {
        foreach (int index in scan.Found)
        {
            page.NoteUsed(index);
            if (scan[index].Length == 4 && index + 1 < UnitScan.HalfWords)
            {
                page.NoteUsed(index + 1);
            }

            if (scan.IsHead(index))
            {
                page.Enter(index, emitter.PlaceOf(labels[index]));
            }
        }
    }

    // Blocks one after the other, as far as execution can fall through.
    private void WriteLine(int index)
    {
        while (true)
        {
            if (scan.IsHead(index))
            {
                shifts.ComputeAll();
            }

            emitter.Bind(labels[index]);
            emitted[index] = true;
            if (scan.IsHead(index))
            {
                BeginBlock(index);
            }

            ref readonly Instruction instruction = ref scan[index];
            if (scan.Straddles(index))
            {
                shifts.ComputeAll();
                LeaveAt(index, SiteKind.Straddling);
                return;
            }

            Write(index, instruction);
            int next = index + (instruction.Length / 2);
            if (instruction.Operation is Operation.Jal or Operation.Jalr || scan.IsSlow(index))
            {
                return;
            }

            if (!scan.Has(next) || emitted[next])
            {
                shifts.ComputeAll();
                GoOnAt(next);
                return;
            }

            index = next;
        }
    }

    private void BeginBlock(int index)
    {
        remaining = CountBlock(index);
        memory.BeginBlock();
        if (remaining == 0)
        {
            return;
        }

        uint site = code.NewSite();
        code.Describe(site, new CodeSite(default, Pc(index), SiteKind.Budget, remaining));
        emitter.Arithmetic64(HostArithmetic.Sub, Placement.Budget, remaining);
        Label tooFew = emitter.NewLabel();
        emitter.Jump(HostCondition.Negative, tooFew);
        exits.ColdExitAt(site, HostRegister.Rcx, tooFew);
    }

    // What is left to the stepper is not of the block: the stepper counts it.
    private int CountBlock(int index)
    {
        int count = 0;
        do
        {
            if (scan.Straddles(index) || scan.IsSlow(index))
            {
                return count;
            }

            count++;
            if (scan[index].Operation is Operation.Jal or Operation.Jalr)
            {
                return count; // what stands behind may belong to another line
            }

            index += scan[index].Length / 2;
        }
        while (scan.Has(index) && !scan.IsHead(index));
        return count;
    }

    private void Write(int index, in Instruction i)
    {
        remaining--;
        if (shifts.TryTake(i))
        {
            return;
        }

        if (EndsBlock(index))
        {
            shifts.ComputeAll();
        }

        shifts.Prepare(i);
        WriteNow(index, i);
        shifts.Forget(i.Rd);
    }

    private bool EndsBlock(int index) =>
        scan.IsSlow(index) || scan[index].Operation is Operation.Jal or Operation.Jalr or (>= Operation.Beq and <= Operation.Bgeu);

    private void WriteNow(int index, in Instruction i)
    {
        switch (i.Operation)
        {
            case Operation.Lui:
                arithmetic.Constant(i.Rd, (uint)i.Immediate);
                break;
            case Operation.Auipc:
                arithmetic.Constant(i.Rd, Pc(index) + (uint)i.Immediate);
                break;
            case Operation.Jal:
                arithmetic.Constant(i.Rd, Pc(index) + i.Length);
                GoOnAt(scan.Target(index));
                break;
            case Operation.Jalr:
                WriteJalr(index, i);
                break;
            case >= Operation.Beq and <= Operation.Bgeu:
                WriteBranch(index, i);
                break;
            case >= Operation.Addi and <= Operation.Srai:
                arithmetic.Immediate(i);
                break;
            case >= Operation.Add and <= Operation.Remu:
                arithmetic.Register(i);
                break;
            case >= Operation.Aes32esi and <= Operation.Aes32dsmi:
                arithmetic.Aes(i);
                break;
            case Operation.Fence or Operation.FenceI or Operation.CacheInvalidate or Operation.SfenceVma:
                break; // code and translations are always what memory says
            case var _ when scan.IsSlow(index):
                LeaveAt(index, SiteKind.Slow);
                break;
            case >= Operation.Csrrw and <= Operation.Csrrci:
                registers.Access(i, remaining + 1);
                break;
            default:
                WriteAccess(index, i);
                break;
        }
    }

    private void WriteAccess(int index, in Instruction i)
    {
        uint site = code.NewSite();
        Label retry = emitter.NewLabel();
        Label resume = emitter.NewLabel();
        Label miss = emitter.NewLabel();
        emitter.Bind(retry);
        HostRegister address = memory.Access(i, chains.Contains(index), miss);
        emitter.Bind(resume);
        exits.ColdExitAt(site, address, miss);
        accesses.Add(new Access(site, index, remaining + 1, retry, resume));
    }

    // Whoever comes from elsewhere, by a slot or out of the engine, comes with the fixed placement.
    private void WriteWaysIn()
    {
        for (int n = 0; n < accesses.Count; n++)
        {
            Access access = accesses[n];
            ref readonly Instruction i = ref scan[access.Index];
            SiteKind kind = MemoryTranslator.IsLoad(i.Operation) ? SiteKind.Load : SiteKind.Store;
            Label retry = WayIn(access.Retry);
            Label resume = WayIn(access.Resume);
            code.Describe(
                access.Site,
                new CodeSite(
                    i, Pc(access.Index), kind, access.Remaining, (nint)emitter.PlaceOf(retry), (nint)emitter.PlaceOf(resume)));
        }

        accesses.Clear();
        foreach (int index in scan.Found)
        {
            if (scan.IsHead(index))
            {
                labels[index] = WayIn(labels[index]);
            }
        }
    }

    private Label WayIn(Label inside)
    {
        if (!map.IsExchanged)
        {
            return inside;
        }

        Label outside = emitter.NewLabel();
        emitter.Bind(outside);
        map.WriteIn();
        emitter.Jump(inside);
        return outside;
    }

    private void LeaveAt(int index, SiteKind kind)
    {
        uint site = code.NewSite();
        code.Describe(site, new CodeSite(scan[index], Pc(index), kind, 0));
        exits.ExitAt(site);
    }

    private void WriteJalr(int index, in Instruction i)
    {
        HostRegister target = arithmetic.Read(i.Rs1, HostRegister.Rax);
        emitter.Lea(HostRegister.Rax, HostOperand.At(target, i.Immediate));
        emitter.Arithmetic(HostArithmetic.And, HostRegister.Rax, -2);
        arithmetic.Constant(i.Rd, Pc(index) + i.Length);
        exits.GotoAddress();
    }

    private void WriteBranch(int index, in Instruction i)
    {
        arithmetic.Compare(i.Rs1, i.Rs2, out bool swapped);
        HostCondition condition = i.Operation switch
        {
            Operation.Beq => HostCondition.Equal,
            Operation.Bne => HostCondition.NotEqual,
            Operation.Blt => swapped ? HostCondition.Greater : HostCondition.Less,
            Operation.Bge => swapped ? HostCondition.LessOrEqual : HostCondition.NotLess,
            Operation.Bltu => swapped ? HostCondition.Above : HostCondition.Below,
            _ => swapped ? HostCondition.BelowOrEqual : HostCondition.NotBelow,
        };
        int target = scan.Target(index);
        emitter.Jump(condition, IsInUnit(target) ? labels[target] : exits.ColdGoto(Pc(target)));
    }

    // Goes on at a half-word: of the unit, of the page, or of another page.
    private void GoOnAt(int index)
    {
        if (IsInUnit(index))
        {
            emitter.Jump(labels[index]);
        }
        else
        {
            exits.Goto(Pc(index));
        }
    }

    private bool IsInUnit(int index) => index is >= 0 and < UnitScan.HalfWords && scan.Has(index);

    // A site of an access, which is described when all places of the unit are known.
    private readonly record struct Access(uint Site, int Index, int Remaining, Label Retry, Label Resume);
}
