// Names that a guest gives: UTF-8 of its own, which ends up in terminals and lists.

using System.Text;

namespace XousCloud.Emulator.Xous;

internal static class GuestText
{
    /// <summary>Reads a name; what is not printable shows as U+FFFD.</summary>
    public static string Read(ReadOnlySpan<byte> bytes) =>
        string.Concat(Encoding.UTF8.GetString(bytes).Select(each => char.IsControl(each) ? '\uFFFD' : each));
}
