// Numbers as text, and the place of a failed check in the table that the linker writes.

using System.Globalization;
using System.Text;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Guest;

public sealed unsafe class TextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(1_000_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Decimal_numbers(int number)
    {
        var text = new XousCloud.Guest.Text(new byte[16]);
        text.AppendDecimal(number);
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text.Written));
        text.Clear();
        text.AppendDecimal((uint)number);
        Assert.Equal(((uint)number).ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text.Written));
    }

    [Fact]
    public void Hexadecimal_numbers_and_what_does_not_fit()
    {
        var text = new XousCloud.Guest.Text(new byte[13]);
        text.AppendHexadecimal(0x0123_ABCD);
        text.AppendHexadecimal(0xFE, 2);
        text.Append("12345"u8);
        Assert.Equal("0123abcdfe123", Encoding.ASCII.GetString(text.Written));
    }

    [Theory]
    [InlineData(PanicKind.Thrown, "thrown")]
    [InlineData(PanicKind.IndexOutOfRange, "index out of range")]
    [InlineData(PanicKind.Argument, "argument")]
    [InlineData((PanicKind)12, "unknown")]
    [InlineData((PanicKind)0, "unknown")]
    public void Kinds_have_names(PanicKind kind, string name) =>
        Assert.Equal(name, Encoding.ASCII.GetString(DefaultPanicHandler.NameOf(kind)));

    [Theory]
    [InlineData(0x10u, "A.cs", 7u)]
    [InlineData(0xF_0020u, "Long name.cs", 65535u)]
    [InlineData(0x11u, null, 0u)]
    public void A_place_is_found_by_its_address(uint offset, string? file, uint line)
    {
        ushort[] rows = [0x10, 0 << 4, 7, 0x20, 0xF | (1 << 4), 65535];
        byte[] files = [4, .. "A.cs"u8, 12, .. "Long name.cs"u8];
        fixed (ushort* row = rows)
        {
            fixed (byte* names = files)
            {
                Assert.Equal(file is not null, PanicTable.TryFind(row, row + rows.Length, names, offset, out PanicPlace place));
                Assert.Equal(file ?? "", Encoding.UTF8.GetString(place.File));
                Assert.Equal(line, place.Line);
            }
        }
    }
}
