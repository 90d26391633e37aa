// One page of the guest's code as it is seen at one virtual address and privilege: for each half-word the place where
// its block begins, or where the engine is asked for it. Jumps go through these slots, so taking code away is
// resetting them: nobody has to be told.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The code of a page.</summary>
internal sealed unsafe class TranslatedPage(uint address, uint physical, Privilege privilege, byte** slots)
{
    /// <summary>Bytes of the slots of a page.</summary>
    public const int SlotsLength = UnitScan.HalfWords * sizeof(long);

    /// <summary>A slot has 8 bytes for 2 of code: an address is shifted by this much.</summary>
    public const byte SlotScale = 2;

    private readonly List<int> entered = [];
    private byte* untranslatedCode;

    /// <summary>Virtual address.</summary>
    public uint Address => address;

    /// <summary>Physical address.</summary>
    public uint Physical => physical;

    public Privilege Privilege => privilege;

    /// <summary>What the execute table holds for the page: the slots, less what an address of the page adds.</summary>
    public void* Entry => (byte*)slots - ((nint)address << SlotScale);

    /// <summary>The slot of an address of the page.</summary>
    public byte** Slot(uint pc) => slots + ((pc & 0xFFF) >> 1);

    /// <summary>Leads every slot to where there is no code.</summary>
    public void Clear(byte* untranslated)
    {
        new Span<nint>(slots, UnitScan.HalfWords).Fill((nint)untranslated);
        entered.Clear();
        untranslatedCode = untranslated;
    }

    /// <summary>Whether code was entered for a half-word.</summary>
    public bool HasCode(int index) => slots[index] != untranslatedCode;

    /// <summary>Enters the code of an address.</summary>
    public void Enter(int index, byte* code)
    {
        slots[index] = code;
        entered.Add(index);
    }

    /// <summary>Forgets the code that was entered.</summary>
    public void Reset()
    {
        foreach (int index in entered)
        {
            slots[index] = untranslatedCode;
        }

        entered.Clear();
    }
}

/// <summary>A page of physical memory with code: which of its half-words were translated, and where they are seen.</summary>
internal sealed class CodeFrame
{
    private readonly ulong[] translated = new ulong[UnitScan.HalfWords / 64];

    public List<TranslatedPage> Pages { get; } = [];

    public void Mark(int index) => translated[index >> 6] |= 1ul << index;

    /// <summary>Whether code was made from any half-word of a range.</summary>
    public bool Covers(int first, int last)
    {
        for (int index = first; index <= last; index++)
        {
            if ((translated[index >> 6] & (1ul << index)) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public void Clear() => Array.Clear(translated);
}
