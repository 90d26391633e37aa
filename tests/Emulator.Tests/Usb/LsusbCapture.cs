// Descriptors as `lsusb -v` prints them, back in bytes: a line for each field, whose name begins with its size. Class
// headings stand for the length, type and subtype of CDC's descriptors, and HID reports follow as dumps.

using System.Globalization;

namespace XousCloud.Emulator.Tests.Usb;

internal sealed record LsusbCapture(byte[] Device, byte[] Configuration, IReadOnlyList<byte[]> HidReports)
{
    private static readonly Dictionary<string, byte[]> CdcHeadings = new()
    {
        ["CDC Header:"] = [5, 0x24, 0],
        ["CDC Call Management:"] = [5, 0x24, 1],
        ["CDC ACM:"] = [4, 0x24, 2],
        ["CDC Union:"] = [5, 0x24, 6],
    };

    public static LsusbCapture Read(IEnumerable<string> lines)
    {
        List<byte> device = [];
        List<byte> configuration = [];
        List<List<byte>> reports = [];
        List<byte> current = device;
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line == "Configuration Descriptor:")
            {
                current = configuration;
            }
            else if (line.StartsWith("=== HID report descriptor", StringComparison.Ordinal))
            {
                reports.Add(current = []);
            }
            else if (CdcHeadings.TryGetValue(line, out byte[]? heading))
            {
                current.AddRange(heading);
            }
            else if (reports.Count > 0)
            {
                current.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Convert.ToByte(text, 16)));
            }
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [string name, string value, ..])
            {
                current.AddRange(Field(name, value));
            }
        }

        return new LsusbCapture([.. device], [.. configuration], [.. reports.Select(report => report.ToArray())]);
    }

    private static byte[] Field(string name, string value)
    {
        if (name == "MaxPower")
        {
            return [(byte)(int.Parse(value.Replace("mA", "", StringComparison.Ordinal)) / 2)];
        }

        if (name.StartsWith("bcd", StringComparison.Ordinal))
        {
            return BitConverter.GetBytes(ushort.Parse(value.Replace(".", "", StringComparison.Ordinal), NumberStyles.HexNumber));
        }

        bool isWord = name.StartsWith('w') || name is "idVendor" or "idProduct";
        bool isByte = name.Length > 1 && name[0] is 'b' or 'i' && char.IsUpper(name[name.StartsWith("bm", StringComparison.Ordinal) ? 2 : 1]);
        if (!isWord && !isByte)
        {
            return [];
        }

        int number = value.StartsWith("0x", StringComparison.Ordinal)
            ? int.Parse(value.AsSpan(2), NumberStyles.HexNumber)
            : int.Parse(value);
        return isWord ? BitConverter.GetBytes((ushort)number) : [(byte)number];
    }
}
