// The host's script against answers that no real device would give.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Tests.Peripherals;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Tests.Usb;

public sealed class UsbEnumerationTests : IDisposable
{
    private static readonly byte[] Device = [18, 1, 0, 2, 0, 0, 0, 64, 1, 2, 3, 4, 0, 1, 0, 0, 0, 1];

    private readonly Chip chip = new();
    private readonly UsbEnumeration enumeration = new(new UsbDescriptors());
    private readonly UsbControlPipe pipe;

    public UsbEnumerationTests() => pipe = new UsbControlPipe(chip.Soc.Block<Udc>());

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Hundreds_of_interfaces_come_to_an_end()
    {
        const int Interfaces = 454;
        byte[] configuration =
        [
            9, 2, 0, 16, 0, 1, 0, 0x80, 50,
            .. Enumerable.Range(0, Interfaces).SelectMany(number => (byte[])[9, 4, (byte)number, 0, 0, 3, 0, 0, 0]),
        ];
        Answer(EnumerationVerdict.ResetsLink, Device);
        Answer(EnumerationVerdict.Rests, []);
        Answer(EnumerationVerdict.GoesOn, Device);
        Answer(EnumerationVerdict.GoesOn, configuration[..9]);
        Answer(EnumerationVerdict.GoesOn, configuration);
        Answer(EnumerationVerdict.GoesOn, []); // SET_CONFIGURATION
        for (int number = 0; number < Interfaces; number++)
        {
            Answer(EnumerationVerdict.GoesOn, []); // SET_IDLE; none has a report
        }

        Assert.False(enumeration.TryBegin(pipe));
    }

    [Theory]
    [InlineData(new byte[] { 18, 1, 0, 2 })]
    [InlineData(new byte[0])]
    public void A_device_descriptor_that_is_too_short_ends_it(byte[] answer)
    {
        Answer(EnumerationVerdict.GivesUp, answer);
        Assert.Equal("GET_DESCRIPTOR (device)", enumeration.Doing);
    }

    [Fact]
    public void A_descriptor_of_another_type_is_not_taken_for_what_was_asked()
    {
        Answer(EnumerationVerdict.ResetsLink, Device);
        Answer(EnumerationVerdict.Rests, []);
        Answer(EnumerationVerdict.GivesUp, [18, 2, .. Device[2..]]);
    }

    private void Answer(EnumerationVerdict expected, byte[] received)
    {
        Assert.True(enumeration.TryBegin(pipe));
        Assert.Equal(expected, enumeration.Take(succeeded: true, received));
    }
}
