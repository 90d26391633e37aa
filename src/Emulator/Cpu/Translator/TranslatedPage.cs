// One page of the guest's code as it is seen at one virtual address and privilege: for each half-word the place where
// its block begins, or where the engine is asked for it. Jumps go through these slots, so taking code away is
// resetting them: nobody has to be told.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The code of a page.</summary>
internal sealed unsafe class TranslatedPage
{
    /// <summary>Bytes of the slots of a page.</summary>
    public const int SlotsLength = UnitScan.HalfWords * sizeof(long);

    /// <summary>A slot has 8 bytes for 2 of code: an address is shifted by this much.</summary>
    public const byte SlotScale = 2;

    private readonly byte** slots;
    private readonly byte* untranslated;
    private int[] entered = new int[64]; // half-words that have code, in no order
    private int enteredCount;
    private readonly ulong[] used = new ulong[UnitScan.HalfWords / 64];

    /// <param name="address">Virtual address.</param>
    /// <param name="privilege">What it is executed in.</param>
    /// <param name="slots">Room for the slots.</param>
    /// <param name="untranslated">Where a slot leads as long as there is no code.</param>
    /// <param name="content">What its code is made from, if that never changes.</param>
    public TranslatedPage(uint address, Privilege privilege, byte** slots, byte* untranslated, byte[]? content)
    {
        Address = address;
        Privilege = privilege;
        Content = content;
        this.slots = slots;
        this.untranslated = untranslated;
        for (int index = 0; index < UnitScan.HalfWords; index++)
        {
            slots[index] = untranslated;
        }
    }

    /// <summary>Virtual address.</summary>
    public uint Address { get; }

    public Privilege Privilege { get; }

    /// <summary>What all code of a shared page is made from; null for a page of one device's own.</summary>
    public byte[]? Content { get; }

    /// <summary>What the execute table holds for the page: the slots, less what an address of the page adds.</summary>
    public void* Entry => (byte*)slots - ((nint)Address << SlotScale);

    /// <summary>The slot of an address of the page.</summary>
    public byte** Slot(uint pc) => slots + ((pc & 0xFFF) >> 1);

    /// <summary>The code of an address; null where there is none yet.</summary>
    public byte* Code(uint pc)
    {
        byte* code = (byte*)Volatile.Read(ref *(nint*)Slot(pc));
        return code == untranslated ? null : code;
    }

    /// <summary>Whether code was entered for a half-word.</summary>
    public bool HasCode(int index) => slots[index] != untranslated;

    /// <summary>Enters the code of a half-word.</summary>
    public void Enter(int index, byte* code)
    {
        Volatile.Write(ref *(nint*)(slots + index), (nint)code);
        if (enteredCount == entered.Length)
        {
            Array.Resize(ref entered, enteredCount * 2);
        }

        entered[enteredCount++] = index;
    }

    /// <summary>Notes that code was made from a half-word.</summary>
    public void NoteUsed(int index) => used[index >> 6] |= 1ul << index;

    /// <summary>Whether code was made from any half-word of a range.</summary>
    public bool Uses(int first, int last)
    {
        for (int index = first; index <= last; index++)
        {
            if ((used[index >> 6] & (1ul << index)) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets the code that was entered.</summary>
    public void Reset()
    {
        for (; enteredCount > 0; enteredCount--)
        {
            slots[entered[enteredCount - 1]] = untranslated;
        }

        Array.Clear(used);
    }
}
