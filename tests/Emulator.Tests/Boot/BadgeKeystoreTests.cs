// What the badge release does with the part that it runs on: identifiers, keys, access rights, counters. The release is
// not in the repository, see BadgeRelease.

using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Boot;

public sealed class BadgeKeystoreTests
{
    private const string Ready = "COLLATERAL.ERASED";
    private const int RootSeed = 256;
    private const int Uuid = 1;
    private const int SystemSetupDone = 84;

    // The first and the last of each range that the keystore fills, and what it leaves alone.
    private static readonly int[] keys = [8, 127, 128, 255, RootSeed, 1920, 2047];
    private static readonly int[] others = [0, 1, 4, 7, 260, 261, 265, 384, 1919];

    [Fact]
    public void The_keystore_makes_its_keys_once_and_finds_them_again_after_a_loss_of_power()
    {
        using Guest badge = Guest.WithBadgeRelease();
        string[] before = [.. others.Select(slot => Slot(badge, slot))];
        Assert.True(badge.RunUntil(Ready, seconds: 8), badge.Console);
        Assert.Contains("KEYSTORE.INITDONE", badge.Console, StringComparison.Ordinal);
        Assert.Contains("KEYSTORE.KEYPASS", badge.Console, StringComparison.Ordinal);
        Assert.Contains("KEYSTORE.OKCHAFF", badge.Console, StringComparison.Ordinal);
        Assert.Equal(1u, Counter(badge, SystemSetupDone));
        string[] made = [.. keys.Select(slot => Slot(badge, slot))];
        Assert.Equal(made.Length, made.Distinct().Count());
        Assert.DoesNotContain(new string('0', 64), made);
        Assert.Equal(before, others.Select(slot => Slot(badge, slot)));

        badge.Forget();
        badge.Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        Assert.True(badge.RunUntil(Ready, seconds: 8), badge.Console);
        Assert.DoesNotContain("KEYSTORE.INITDONE", badge.Console, StringComparison.Ordinal);
        Assert.Contains("KEYSTORE.KEYPASS", badge.Console, StringComparison.Ordinal);
        Assert.Equal(made, keys.Select(slot => Slot(badge, slot)));
        Assert.Equal(1u, Counter(badge, SystemSetupDone));
    }

    [Fact]
    public void The_badge_calls_itself_on_USB_by_its_part_s_UUID()
    {
        using Guest badge = Guest.WithBadgeRelease();
        while (badge.Machine.Usb!.Device?.SerialNumber is null && badge.Machine.Nanoseconds < 8_000_000_000)
        {
            badge.Machine.Run(3_500_000);
        }

        // Five bits of each byte, in letters and digits that cannot be taken for one another; the first is no digit.
        const string letters = "0123456789ABCDFGHJKLMNPQRSTVWXYZ";
        byte[] uuid = Convert.FromHexString(Slot(badge, Uuid));
        int first = uuid[0] % 32;
        string serial = letters[first <= 10 ? first + 11 : first] + string.Concat(uuid[1..6].Select(value => letters[value % 32]));
        Assert.Equal(serial, badge.Machine.Usb.Device?.SerialNumber);
    }

    private static uint Counter(Guest badge, int number) =>
        BitConverter.ToUInt32(Read(badge, 0x603D_A000 + ((uint)number * 32), 4));

    private static string Slot(Guest badge, int number) =>
        Convert.ToHexStringLower(Read(badge, 0x603E_0000 + ((uint)number * 32), 32));

    private static byte[] Read(Guest badge, uint address, int length)
    {
        byte[] content = new byte[length];
        Assert.True(badge.Machine.Soc.Memory.TryRead(address, content));
        return content;
    }
}
