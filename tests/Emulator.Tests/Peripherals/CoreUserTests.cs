// Who the core runs as, for whoever asks.

using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class CoreUserTests : IDisposable
{
    private const uint CONTROL = 0xE000_2000;
    private const uint STATUS = 0xE000_2004;
    private const uint MAP_LO = 0xE000_2008;
    private const uint MAP_HI = 0xE000_200C;
    private const uint USERVALUE = 0xE000_2010;
    private const uint PROTECT = 0xE000_2014;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Until_the_map_is_on_the_user_is_boot0_without_privilege()
    {
        Assert.Equal(0x018u, chip.Read(STATUS));
        chip.Write(CONTROL, 1);
        Assert.Equal(0x118u, chip.Read(STATUS));
    }

    [Theory]
    [InlineData(0x11, 0x018)] // the map's first entry: boot0
    [InlineData(0x22, 0x024)] // boot1
    [InlineData(0x33, 0x042)] // fw0
    [InlineData(0x44, 0x081)] // fw1
    [InlineData(0x55, 0x042)] // the last entry
    [InlineData(0x66, 0x024)] // none: the default
    [InlineData(0x111, 0x024)] // the ninth bit is no part of any entry
    public void An_address_space_is_the_user_that_the_first_entry_with_its_number_says(uint addressSpace, uint status)
    {
        chip.Write(MAP_LO, 0x44332211);
        chip.Write(MAP_HI, 0x55FFFF11);
        chip.Write(USERVALUE, 0b01_10_00_00_11_11_10_01_00);
        chip.Write(CONTROL, 1);
        RunAs(addressSpace, Privilege.User);
        Assert.Equal(status, chip.Read(STATUS));
    }

    [Theory]
    [InlineData(Privilege.Machine, false, true)]
    [InlineData(Privilege.Supervisor, false, true)]
    [InlineData(Privilege.User, false, false)]
    [InlineData(Privilege.Machine, true, false)]
    [InlineData(Privilege.Supervisor, true, false)]
    [InlineData(Privilege.User, true, true)]
    public void Inverted_user_mode_has_the_privilege_and_the_others_have_none(
        Privilege privilege, bool inverted, bool expected)
    {
        chip.Write(CONTROL, inverted ? 3u : 1);
        RunAs(0, privilege);
        Assert.Equal(expected, (chip.Read(STATUS) & 0x100) != 0);
    }

    [Fact]
    public void After_PROTECT_registers_are_written_and_nothing_comes_of_it_until_a_reset()
    {
        using Chip booted = new(cold: false);
        Assert.Equal(0x081u, booted.Read(STATUS)); // fw1, and M mode no longer counts
        foreach (uint register in (uint[])[CONTROL, MAP_LO, MAP_HI, USERVALUE, PROTECT])
        {
            booted.Write(register, 0);
            Assert.Equal(0u, booted.Read(register));
            Assert.Equal(0x081u, booted.Read(STATUS));
        }

        booted.Write(CONTROL, 1);
        booted.Write(PROTECT, 1);
        Assert.Equal(0x081u, booted.Read(STATUS));
        booted.Machine.Load(booted.Machine.Save());
        Assert.Equal(0x081u, booted.Read(STATUS));
        Assert.Equal(1u, booted.Read(CONTROL));
        booted.Reset(ResetKind.Core);
        Assert.Equal(3u, booted.Read(CONTROL)); // boot1 again
    }

    private void RunAs(uint addressSpace, Privilege privilege)
    {
        chip.Soc.AddressSpace = () => addressSpace;
        chip.Soc.Privilege = () => privilege;
    }
}
