// Who may load from and store to which part of RRAM, as the controller decides it for each access of the core.
// Facts: RTL of rrc with the corrections of stepping A1, of which the tables in the documentation leave some out.
//
// - Slots: each has an access word. One without owners (bits 23:20) is everybody's, whatever else its word says.
//   Otherwise the user must be an owner, privileged (COREUSER), and not shut out by bit 0 (loads) or 1 (stores).
// - Access words: boot0 and boot1 alone, privileged. IFR rows 24 to 31 shut out lines of them for everybody.
// - IFR: whoever is privileged. A row's last byte 0x3A forbids stores, the one before it 0x96 loads.
// - Code: rows 20 to 23 say, for each of the four regions that row 6 marks, what other users than its own may not do.
//   It counts from the first write of RRCCR on, which sets bit 12.
// - One-way counters: everybody.
//
// The controller decides by copies that it takes at a reset: of IFR here (RramIfr), and of the access words. A commit
// to the words changes the copy at once, even if the words themselves are denied.
//
// The former key slots obey their own words; all but two of them need an authentication that nothing gives.

using System.Runtime.InteropServices;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>RRAM's access control.</summary>
internal sealed class RramAccess(CoreUser users, RramIfr ifr)
{
    public const uint KEY_ERROR = 1 << 0;
    public const uint DATA_ERROR = 1 << 1;
    public const uint CODE_ERROR = 1 << 2;
    public const uint CFG_ERROR = 1 << 3;
    public const uint INFO_ERROR = 1 << 4;

    private const uint CORE_RD_DIS = 1 << 0;
    private const uint CORE_WR_DIS = 1 << 1;
    private const int OwnersShift = 20;
    private const uint WRITE_MODE = 1 << 24;

    private const uint KeySlotBase = RramLayout.SlotBase + (RramLayout.SlotCount * RramLayout.LineLength);
    private const uint OpenKeySlots = 2;
    private const uint LineInTable = 0xFF;

    private const byte ReadDisabled = 0x96;
    private const byte WriteDisabled = 0x3A;
    private const int RegionsRow = 6;
    private const int RegionEnds = 6; // boot0's start; the others' follow downwards
    private const int RegionShift = 14;
    private const int FirstRegionRow = 20;
    private const int RegionByte = 13;
    private const byte AnyLoad = 0x55;
    private const int FirstTableRow = 24;

    private readonly uint[] words = new uint[RramLayout.AccessCount];

    /// <summary>The controller's interrupt flag for an access that is denied, or 0.</summary>
    /// <param name="address">Physical, in RRAM or IFR.</param>
    /// <param name="isStore">Whether it is a store.</param>
    /// <param name="codeIsProtected">Whether the code regions are.</param>
    public uint Denial(uint address, bool isStore, bool codeIsProtected) => address switch
    {
        >= RramIfr.Base => ForInformation(address - RramIfr.Base, isStore),
        >= RramLayout.SlotBase => ForSlot(address, isStore),
        >= RramLayout.AccessBase => ForAccessWords(address, isStore),
        >= RramLayout.CounterBase => 0,
        _ => codeIsProtected ? ForCode(address, isStore) : 0,
    };

    /// <summary>Whether some user's loads from somewhere in the page of an address may be denied.</summary>
    public bool MayDenyLoads(uint address) => address >= RramLayout.AccessBase
        || (address < RramLayout.CounterBase && CodeIsReadProtected());

    /// <summary>Whether a slot can only be ORed into.</summary>
    public bool IsProgramOnly(uint address) =>
        address - RramLayout.SlotBase < RramLayout.SlotCount * RramLayout.LineLength && (WordOf(address) & WRITE_MODE) != 0;

    /// <summary>Takes the access words as they stand in the array.</summary>
    public void Latch(PhysicalMemory memory) => memory.TryRead(RramLayout.AccessBase, MemoryMarshal.AsBytes(words.AsSpan()));

    /// <summary>A commit of the controller's buffer to a line of access words.</summary>
    public void Commit(uint line, ReadOnlySpan<byte> buffer) =>
        buffer.CopyTo(MemoryMarshal.AsBytes(words.AsSpan())[(int)(line - RramLayout.AccessBase)..]);

    public void State(StateStream state) => state.Bytes(MemoryMarshal.AsBytes(words.AsSpan()));

    private uint ForInformation(uint offset, bool isStore)
    {
        ReadOnlySpan<byte> row = ifr.LatchedRow((int)(offset / RramLayout.LineLength));
        bool locked = isStore ? row[31] == WriteDisabled : row[30] == ReadDisabled;
        return locked || !users.IsPrivileged ? INFO_ERROR : 0;
    }

    private uint ForSlot(uint address, bool isStore)
    {
        uint word = WordOf(address);
        uint owners = (word >> OwnersShift) & 0xF;
        bool isKey = address >= KeySlotBase;
        bool denied = owners != 0
            && ((owners & (1u << users.User)) == 0
                || !users.IsPrivileged
                || (word & (isStore ? CORE_WR_DIS : CORE_RD_DIS)) != 0
                || (isKey && address - KeySlotBase >= OpenKeySlots * RramLayout.LineLength));
        return !denied ? 0 : isKey ? KEY_ERROR : DATA_ERROR;
    }

    private uint ForAccessWords(uint address, bool isStore)
    {
        // The rows for data and for key slots act on both halves of the table.
        int line = (int)((address / RramLayout.LineLength) & LineInTable);
        int row = FirstTableRow + (isStore ? 2 : 0) + (line / 128);
        bool locked = HasBit(row, line % 128) || HasBit(row + 4, line % 128);
        return locked || users.User > 1 || !users.IsPrivileged ? CFG_ERROR : 0;
    }

    private uint ForCode(uint address, bool isStore)
    {
        int place = (int)((address - ChipMemories.RramBase) >> RegionShift);
        ReadOnlySpan<byte> ends = ifr.LatchedRow(RegionsRow);
        int user = users.User;
        for (int region = 0; region < 4; region++)
        {
            if (place >= ends[RegionEnds - region] && place < ends[RegionEnds - region - 1]
                && region != user && HasBit(FirstRegionRow + region, (RegionByte * 8) + (2 * user) + (isStore ? 1 : 0)))
            {
                return CODE_ERROR;
            }
        }

        return 0;
    }

    private bool CodeIsReadProtected()
    {
        for (int region = 0; region < 4; region++)
        {
            if ((ifr.LatchedRow(FirstRegionRow + region)[RegionByte] & AnyLoad) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasBit(int row, int bit) => ((ifr.LatchedRow(row)[bit / 8] >> (bit % 8)) & 1) != 0;

    private uint WordOf(uint slotAddress) => words[(slotAddress - RramLayout.SlotBase) / RramLayout.LineLength];
}
