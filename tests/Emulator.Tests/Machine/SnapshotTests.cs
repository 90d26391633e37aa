// Snapshots are documents: sections that are unknown are skipped, damage is an error and not a crash.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.MachineFrame;

public class SnapshotTests(ITestOutputHelper output)
{
    [Fact]
    public void An_unknown_section_is_skipped()
    {
        using Guest guest = new("hello");
        guest.Machine.Run(1_000_000);
        MachineSnapshot saved = guest.Machine.Save();
        byte[] unknown = [0xEF, 0xBE, 0xAD, 0xDE, 3, 0, 0, 0, 1, 2, 3];

        using Guest restored = new("hello");
        restored.Machine.Load(saved with { Units = [.. saved.Units, .. unknown] });

        Assert.Equal(guest.Machine.StateHash(), restored.Machine.StateHash());
    }

    [Fact]
    public void A_snapshot_of_another_image_is_refused()
    {
        using Guest hello = new("hello");
        using Guest echo = new("echo");

        SnapshotFormatException refused =
            Assert.Throws<SnapshotFormatException>(() => echo.Machine.Load(hello.Machine.Save()));
        Assert.Equal("snapshot_of_another_machine", refused.Code);
    }

    [Fact]
    public void A_page_where_there_is_no_memory_is_refused()
    {
        using Guest guest = new("hello");
        MachineSnapshot saved = guest.Machine.Save() with { Pages = [(0x1000_0000, new byte[4096])] };

        Assert.Equal("snapshot_page", Assert.Throws<SnapshotFormatException>(() => guest.Machine.Load(saved)).Code);
    }

    [Fact]
    public void Only_pages_that_differ_from_the_image_are_saved()
    {
        using Guest guest = new("idle");
        Assert.True(guest.RunUntil("ready"));

        Assert.InRange(guest.Machine.Save().Pages.Count, 1, 10);
    }

    [Fact]
    public void Damaged_snapshots_load_or_are_refused_and_the_machine_still_runs()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using Guest guest = new("hello");
        guest.Machine.Run(1_000_000);
        MachineSnapshot saved = guest.Machine.Save();
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] units = [.. saved.Units];
            for (int hits = random.Next(1, 5); hits > 0; hits--)
            {
                units[random.Next(units.Length)] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                units = units[..random.Next(units.Length)];
            }

            try
            {
                guest.Machine.Load(saved with { Units = units });
            }
            catch (SnapshotFormatException)
            {
                refused++;
            }

            guest.Machine.Run(1000);
        }

        Assert.InRange(refused, 1, 1999);
    }

    [Fact]
    public void The_numbers_of_sections_never_change()
    {
        // A number here is in stored snapshots. Add lines; change none.
        Dictionary<string, uint> golden = new()
        {
            ["Machine"] = 1, ["Hart"] = 2, ["Clocks"] = 3, ["Boot1"] = 4, ["BootRecord"] = 5, ["IrqArray"] = 0x100,
            ["D11cTime"] = 0x120, ["Susres"] = 0x121, ["CoreUser"] = 0x122, ["CsrTest"] = 0x123,
            ["ResetValue"] = 0x124, ["TickTimer"] = 0x125, ["Timer0"] = 0x126,
            ["Rrc"] = 0x200, ["SysCtrl"] = 0x201, ["Duart"] = 0x202,
            ["Watchdog"] = 0x203, ["Atimer"] = 0x204, ["SramTrim"] = 0x205,
            ["Mesh"] = 0x206, ["Sensorc"] = 0x207, ["Gluechain"] = 0x208, ["Rbist"] = 0x209, ["RramIfr"] = 0x20A,
            ["AoSysCtrl"] = 0x210, ["AoBackup"] = 0x211, ["Rtc"] = 0x212, ["Dkpc"] = 0x213,
            ["SceRam"] = 0x220, ["SceGlbsfr"] = 0x221, ["Combohash"] = 0x222,
            ["SceAes"] = 0x223, ["Trng"] = 0x224,
            ["UdmaControl"] = 0x300, ["Uart0"] = 0x301, ["Iox"] = 0x310, ["Udc"] = 0x311,
            ["Spim0"] = 0x320, ["I2c0"] = 0x330, ["Pwm"] = 0x340, ["Camera"] = 0x341,
            ["BioBdma"] = 0x342, ["BioImem"] = 0x343, ["Adc"] = 0x345,
            ["NorFlash"] = 0x500, ["Psram"] = 0x501, ["Sh1107"] = 0x502, ["Lis2dh12"] = 0x503, ["Gc2145"] = 0x504,
            ["UsbHost"] = 0x510,
            ["XousView"] = 0x600,
        };

        Assert.Equal(golden, Enum.GetValues<SectionId>().ToDictionary(id => id.ToString(), id => (uint)id));
    }
}
