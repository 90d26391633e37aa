// The map of an image as text: sections with their totals, then every name in the order of addresses.

using System.Globalization;
using System.Text;

namespace XousCloud.Compiler.Link;

internal static class MapWriter
{
    public static string Write(LinkedImage image)
    {
        var text = new StringBuilder();
        Line(text, $"{image.Name}: entry 0x{image.Entry:X8}");
        Line(text, $"");
        Line(text, $"section    address     load        size  names");
        foreach (ImageSection section in image.Sections)
        {
            int names = image.Symbols.Count(symbol => symbol.Kind != ImageSymbolKind.Linker && symbol.Section == section.Name);
            Line(text, $"{section.Name,-9}  0x{section.Address:X8}  0x{section.LoadAddress:X8}  {section.Size,6}  {names,5}");
        }

        Line(text, $"");
        Line(text, $"address     size   frame  section   name");
        foreach (ImageSymbol symbol in image.Symbols.OrderBy(symbol => symbol.Address).ThenBy(symbol => symbol.Size))
        {
            string size = symbol.Kind == ImageSymbolKind.Linker ? "" : symbol.Size.ToString(CultureInfo.InvariantCulture);
            string frame = symbol.Kind == ImageSymbolKind.Function ? symbol.FrameSize.ToString(CultureInfo.InvariantCulture) : "";
            string position = symbol.Position is null ? "" : $"  {symbol.Position.Document}:{symbol.Position.Line}";
            Line(text, $"0x{symbol.Address:X8}  {size,5}  {frame,5}  {symbol.Section ?? "",-8}  {symbol.Name}{position}");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
