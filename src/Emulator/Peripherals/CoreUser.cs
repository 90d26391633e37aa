// COREUSER: turns the running address space (satp.ASID) into one of the chip's four users, boot0, boot1, fw0
// and fw1, by which RRAM's access control asks who is there. Facts: generated core; boot1's coreuser set-up.
//
// The map is kept and can be sealed: after PROTECT nothing changes until a reset. STATUS answers for ASID 0 in
// machine mode, which is what the boot stages run as; users of other address spaces belong to RRAM's access
// control, which is not modelled.

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
    private const uint CONTROL_MASK = 3;
    private const uint USERVALUE_MASK = 0x3_FFFF;
    private const uint STATUS_MACHINE_MODE = 1 << 8;
    private const int Entries = 8;

    private uint control;
    private uint mapLow;
    private uint mapHigh;
    private uint userValue;
    private bool isProtected;

    public override uint Read(uint offset) => offset switch
    {
        CONTROL => control,
        STATUS => STATUS_MACHINE_MODE | OneHot(UserOf(asid: 0)),
        MAP_LO => mapLow,
        MAP_HI => mapHigh,
        USERVALUE => userValue,
        PROTECT => isProtected ? 1u : 0,
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (isProtected && offset <= PROTECT)
        {
            return;
        }

        switch (offset)
        {
            case CONTROL:
                control = value & CONTROL_MASK;
                break;
            case MAP_LO:
                mapLow = value;
                break;
            case MAP_HI:
                mapHigh = value;
                break;
            case USERVALUE:
                userValue = value & USERVALUE_MASK;
                break;
            case PROTECT:
                isProtected = (value & 1) != 0;
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
        control = mapLow = mapHigh = userValue = 0;
        isProtected = false;
    }

    public override void State(StateStream state)
    {
        state.U32(ref control);
        state.U32(ref mapLow);
        state.U32(ref mapHigh);
        state.U32(ref userValue);
        state.Bool(ref isProtected);
    }

    // The first entry that names the address space decides; the last two bits are for those that none names.
    private int UserOf(byte asid)
    {
        if ((control & CONTROL_ENABLE) == 0)
        {
            return 0;
        }

        ulong map = ((ulong)mapHigh << 32) | mapLow;
        int entry = 0;
        while (entry < Entries && (byte)(map >> (8 * entry)) != asid)
        {
            entry++;
        }

        return (int)(userValue >> (2 * entry)) & 3;
    }

    // User u shows as bit 4 + u, and once more mirrored in the low four bits.
    private static uint OneHot(int user) => (0x10u << user) | (0x8u >> user);
}
