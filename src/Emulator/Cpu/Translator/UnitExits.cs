// The ways out of a unit. What is rarely executed stands behind the unit's blocks, so that they stay dense.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Jumps to other code, and exits to the engine.</summary>
internal sealed unsafe class UnitExits(Emitter emitter, CodeCache code, RegisterMap map, LazyShifts shifts)
{
    private readonly PlainList<ColdExit> cold = new();
    private TranslatedPage page = null!;

    public void Begin(TranslatedPage translatedPage)
    {
        page = translatedPage;
        cold.Clear();
    }

    /// <summary>Goes on at another address, which is translated by then or not.</summary>
    public void Goto(uint target)
    {
        map.WriteOut();
        emitter.Mov(HostRegister.Rax, target);
        if ((target & ~0xFFFu) == page.Address)
        {
            emitter.JumpThrough((byte*)page.Slot(target));
        }
        else
        {
            int entry = FlatTables.ExecuteOffset + ((int)(target >> FlatTables.PageShift) * sizeof(long));
            emitter.Mov64(HostRegister.Rcx, HostOperand.At(Placement.Tables, entry));
            JumpToSlot();
        }
    }

    /// <summary>Goes on at the address in eax.</summary>
    public void GotoAddress()
    {
        map.WriteOut();
        emitter.Mov(HostRegister.Rcx, HostRegister.Rax);
        emitter.Shift(HostShift.Shr, HostRegister.Rcx, FlatTables.PageShift);
        emitter.Mov64(
            HostRegister.Rcx, HostOperand.At(Placement.Tables, HostRegister.Rcx, 3, FlatTables.ExecuteOffset));
        JumpToSlot();
    }

    /// <summary>A label behind the blocks from which execution goes on at another address.</summary>
    public Label ColdGoto(uint target)
    {
        Label label = emitter.NewLabel();
        cold.Add(new ColdExit(label, IsSite: false, target, HostRegister.Rcx, default));
        return label;
    }

    /// <summary>A label behind the blocks from which the unit is left at a site.</summary>
    /// <param name="site">The site's number.</param>
    /// <param name="address">Where an access has its address.</param>
    /// <param name="label">Where it is to stand.</param>
    public void ColdExitAt(uint site, HostRegister address, Label label) =>
        cold.Add(new ColdExit(label, IsSite: true, site, address, shifts.Owe()));

    /// <summary>Leaves at a site.</summary>
    public void ExitAt(uint site)
    {
        map.WriteOut();
        emitter.Mov(HostRegister.Rax, site);
        emitter.JumpTo(code.Gate.SiteExit);
    }

    /// <summary>Writes what stands behind the blocks.</summary>
    public void WriteCold()
    {
        for (int i = 0; i < cold.Count; i++)
        {
            ColdExit exit = cold[i];
            emitter.Bind(exit.Label);
            if (!exit.IsSite)
            {
                Goto(exit.Value);
                continue;
            }

            if (exit.Address != HostRegister.Rcx)
            {
                emitter.Mov(HostRegister.Rcx, exit.Address);
            }

            shifts.Pay(exit.Debt);
            ExitAt(exit.Value);
        }
    }

    // A page's entry is its slots less what its addresses contribute, so the whole address is the index. Which slot
    // of the page that is depends on the address's lowest 12 bits alone, and there are slots for all of them.
    private void JumpToSlot()
    {
        emitter.Test64(HostRegister.Rcx, HostRegister.Rcx);
        emitter.JumpTo(HostCondition.Equal, code.Gate.PlaceExit);
        emitter.JumpThrough(HostOperand.At(HostRegister.Rcx, HostRegister.Rax, TranslatedPage.SlotScale));
    }

    private readonly record struct ColdExit(Label Label, bool IsSite, uint Value, HostRegister Address, (int First, int Count) Debt);
}
