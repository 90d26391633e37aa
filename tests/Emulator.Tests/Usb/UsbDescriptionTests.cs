// Descriptors are the device's word: whatever they say is read within their bounds, and kept as it came.

using XousCloud.Emulator.Tests.Cpu;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Tests.Usb;

public class UsbDescriptionTests(ITestOutputHelper output)
{
    private static readonly byte[] Device = [18, 1, 0x10, 2, 0xEF, 2, 1, 64, 0x50, 0x1D, 0x98, 0x61, 0x10, 0, 1, 2, 3, 1];

    [Fact]
    public void Without_a_whole_device_descriptor_there_is_no_description()
    {
        UsbDescriptors descriptors = new();
        Assert.Null(UsbDescription.Of(descriptors));
        descriptors.Keep(DescriptorType.Device, 0, Device.AsSpan(0, 8));
        Assert.Null(UsbDescription.Of(descriptors));
    }

    [Fact]
    public void A_device_is_described_as_far_as_it_is_known()
    {
        UsbDescriptors descriptors = new();
        descriptors.Keep(DescriptorType.Device, 0, Device);
        descriptors.Keep(DescriptorType.String, 2, [8, 3, (byte)'B', 0, (byte)'a', 0, (byte)'o', 0]);
        UsbDescription description = UsbDescription.Of(descriptors)!;
        Assert.Equal((0x1D50, 0x6198, 0x0210), (description.VendorId, description.ProductId, description.UsbVersion));
        Assert.Equal((null, "Bao"), (description.Manufacturer, description.Product));
        Assert.Empty(description.Interfaces);
    }

    [Fact]
    public void A_descriptor_that_is_longer_than_what_is_left_ends_the_configuration()
    {
        UsbDescriptors descriptors = new();
        descriptors.Keep(DescriptorType.Device, 0, Device);
        descriptors.Keep(
            DescriptorType.Configuration, 0,
            [9, 2, 40, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 1, 3, 0, 0, 4, 7, 5, 0x81, 3, 64, 0, 5, 7, 5, 0x82]);
        UsbInterface only = Assert.Single(UsbDescription.Of(descriptors)!.Interfaces);
        Assert.Equal(new UsbEndpoint(0x81, UsbTransfer.Interrupt, 64, 5), Assert.Single(only.Endpoints));
        Assert.Equal([1, 2, 3, 4], UsbDescription.StringIndexes(descriptors));
    }

    [Fact]
    public void Descriptors_survive_saving_and_loading()
    {
        UsbDescriptors saved = new();
        saved.Keep(DescriptorType.Device, 0, Device);
        saved.Keep(DescriptorType.String, 7, [4, 3, (byte)'x', 0]);
        StateWriter writer = new();
        saved.State(writer);
        UsbDescriptors loaded = new();
        loaded.Keep(DescriptorType.Bos, 0, [5, 15, 5, 0, 0]);
        loaded.State(new StateReader(writer.Written));
        Assert.Equal(Device, loaded[DescriptorType.Device].ToArray());
        Assert.Equal("x", loaded.Text(7));
        Assert.True(loaded[DescriptorType.Bos].IsEmpty);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    [InlineData(int.MaxValue)]
    public void An_impossible_number_of_descriptors_is_refused(int count)
    {
        UsbDescriptors descriptors = new();
        Assert.Equal("snapshot_usb", Assert.Throws<SnapshotFormatException>(
            () => descriptors.State(new StateReader(BitConverter.GetBytes(count)))).Code);
    }

    [Fact]
    public void Nonsense_is_described_without_complaint()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int attempt = 0; attempt < 2000; attempt++)
        {
            UsbDescriptors descriptors = new();
            foreach (DescriptorType type in Enum.GetValues<DescriptorType>())
            {
                byte[] nonsense = new byte[random.Next(200)];
                random.NextBytes(nonsense);
                for (int i = 0; i + 1 < nonsense.Length && random.Next(4) > 0; i += nonsense[i])
                {
                    nonsense[i] = (byte)random.Next(2, 12);
                    nonsense[i + 1] = (byte)(random.Next(2) == 0 ? 4 : random.Next(1, 0x25));
                }

                descriptors.Keep(type, (byte)random.Next(3), nonsense);
            }

            descriptors.Keep(DescriptorType.Device, 0, Device);
            Assert.NotNull(UsbDescription.Of(descriptors));
            Assert.DoesNotContain((byte)0, UsbDescription.StringIndexes(descriptors));
        }
    }
}
