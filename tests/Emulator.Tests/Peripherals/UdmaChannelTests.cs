// One channel of the uDMA alone. Facts: RTL of the channel's address generator.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class UdmaChannelTests
{
    private const uint Last = ChipMemories.IframBase + ChipMemories.IframLength - 1;

    [Fact]
    public void A_datum_over_the_end_of_IFRAM_goes_on_at_its_start()
    {
        using Guest guest = new("hello");
        PhysicalMemory memory = guest.Machine.Soc.Memory;
        memory.TryWrite(Last - 1, [0x11, 0x22]);
        memory.TryWrite(ChipMemories.IframBase, [0x33, 0x44, 0x55]);
        UdmaChannel channel = new(memory, () => { }, UdmaData.Word);

        Start(channel);
        Assert.True(channel.TryTake(out uint taken));
        Assert.Equal(0x4433_2211u, taken);

        Start(channel);
        Assert.True(channel.TryPut(0xDDCC_BBAA));
        byte[] end = new byte[2];
        byte[] start = new byte[3];
        Assert.True(memory.TryRead(Last - 1, end) && memory.TryRead(ChipMemories.IframBase, start));
        Assert.Equal([0xAA, 0xBB], end);
        Assert.Equal([0xCC, 0xDD, 0x55], start);
    }

    private static void Start(UdmaChannel channel)
    {
        channel.LoadAddress(Last - 1);
        channel.Start(4, 2);
    }
}
