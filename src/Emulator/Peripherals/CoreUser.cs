// COREUSER: turns the running address space (satp.ASID) into one of the chip's four users, boot0, boot1, fw0
// and fw1, and the running privilege into a yes or no. RRAM's access control asks both.
// Facts: generated core; boot1's coreuser set-up.
//
// A user shows in STATUS as bit 4 + u, and once more mirrored in the low four bits. Bit 8 is set in S and M mode; with
// invert_priv it is set in U mode instead, so that a server of the system may do what its kernel may not. While the map
// is off, the user is boot0 and bit 8 is clear, as IFR row 6 says.
//
// After PROTECT the map that counts changes no more until a reset. The registers go on reading what was written.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The map of address spaces to users.</summary>
public sealed class CoreUser(SystemOnChip soc) : Peripheral(soc, "COREUSER")
{
    private const uint CONTROL = 0x00;
    private const uint STATUS = 0x04;
    private const uint MAP_LO = 0x08;
    private const uint MAP_HI = 0x0C;
    private const uint USERVALUE = 0x10;
    private const uint PROTECT = 0x14;

    private const uint CONTROL_ENABLE = 1 << 0;
    private const uint CONTROL_INVERT_PRIV = 1 << 1;
    private const uint CONTROL_MASK = 3;
    private const uint USERVALUE_MASK = 0x3_FFFF;
    private const int STATUS_PRIVILEGED_BIT = 8;
    private const int Entries = 8;

    // CONTROL, MAP_LO, MAP_HI and USERVALUE, as they count and as they read.
    private readonly uint[] map = new uint[4];
    private readonly uint[] written = new uint[4];
    private bool isSealed;
    private uint protect;

    /// <summary>Who runs: 0 boot0, 1 boot1, 2 fw0, 3 fw1.</summary>
    public int User => IsOn ? UserOf(Soc.AddressSpace()) : 0;

    /// <summary>Whether who runs has the privilege that access control asks for.</summary>
    public bool IsPrivileged => IsOn && (Soc.Privilege() != Privilege.User) != ((map[0] & CONTROL_INVERT_PRIV) != 0);

    private bool IsOn => (map[0] & CONTROL_ENABLE) != 0;

    public override uint Read(uint offset) => offset switch
    {
        CONTROL => written[0],
        STATUS => ((IsPrivileged ? 1u : 0) << STATUS_PRIVILEGED_BIT) | (0x10u << User) | (0x8u >> User),
        MAP_LO => written[1],
        MAP_HI => written[2],
        USERVALUE => written[3],
        PROTECT => protect,
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case CONTROL:
                Set(0, value & CONTROL_MASK);
                break;
            case MAP_LO:
                Set(1, value);
                break;
            case MAP_HI:
                Set(2, value);
                break;
            case USERVALUE:
                Set(3, value & USERVALUE_MASK);
                break;
            case PROTECT:
                protect = value & 1;
                isSealed |= protect != 0;
                break;
            case STATUS:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        Array.Clear(map);
        Array.Clear(written);
        isSealed = false;
        protect = 0;
    }

    public override void State(StateStream state)
    {
        state.U32s(map);
        state.Bool(ref isSealed);
        if (state.IsLoading)
        {
            // Earlier states end here.
            map.CopyTo(written, 0);
            protect = isSealed ? 1u : 0;
        }

        state.U32s(written);
        state.U32(ref protect);
    }

    private void Set(int register, uint value)
    {
        written[register] = value;
        if (!isSealed)
        {
            map[register] = value;
        }
    }

    // The first entry that names the address space decides; the last two bits are for those that none names.
    private int UserOf(uint addressSpace)
    {
        ulong names = ((ulong)map[2] << 32) | map[1];
        int entry = 0;
        while (entry < Entries && (byte)(names >> (8 * entry)) != addressSpace)
        {
            entry++;
        }

        return (int)(map[3] >> (2 * entry)) & 3;
    }
}
