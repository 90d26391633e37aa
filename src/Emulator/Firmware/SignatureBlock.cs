// The layout of the vendor's signature header: 768 bytes before a stage's code. Facts: boot code, signature block and
// function codes; the loader, for the swap image's header. Bytes 0x160 to 0x2FF are not decoded.

using System.Buffers.Binary;
using System.Text;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Firmware;

internal static class SignatureBlock
{
    public const int Length = 768;
    public const int SignedStart = 0x84;

    /// <summary><c>jal x0, +768</c>: over the header, to the code.</summary>
    public const uint Jump = 0x3000_006F;

    public const uint KnownVersion = 0x100;
    public const int AuthenticatorDataRoom = 60;

    private const int MagicOffset = 0x88;
    private const int FunctionOffset = 0x94;
    private const int KeyOffset = 0xBC;
    private const int KeyLength = 32;
    private const int TagLength = 4;

    private static ReadOnlySpan<byte> Magic => "ymuy3oaB"u8;

    /// <summary>Where a file that is a signed stage belongs, or null when it is none or of an unknown function.</summary>
    public static uint? NaturalAddress(ReadOnlySpan<byte> file)
    {
        foreach (BootStage stage in BootStage.All)
        {
            int offset = (int)(stage.HeaderAddress - stage.ImageAddress);
            if (offset < file.Length && StartsAt(file[offset..])
                && stage.Functions.Contains(Word(file[offset..], FunctionOffset)))
            {
                return stage.ImageAddress;
            }
        }

        return null;
    }

    public static string FunctionName(uint function) => function switch
    {
        1 => "boot0",
        2 => "boot1",
        3 => "boot1 update",
        4 => "loader",
        5 => "loader update",
        6 => "baremetal",
        7 => "baremetal update",
        0x100 => "kernel",
        0x101 => "kernel update",
        0x8000 => "swap",
        0x8001 => "swap update",
        0x10_0000 => "app",
        0x10_0001 => "app update",
        0x1000_0000 => "developer",
        _ => $"unknown (0x{function:X})",
    };

    /// <summary>The headers that stand where boot code looks for them.</summary>
    public static IReadOnlyList<SignatureHeader> FindAll(IReadOnlyList<FirmwareSegment> segments)
    {
        var found = new List<SignatureHeader>();
        foreach (BootStage stage in BootStage.All)
        {
            ReadOnlySpan<byte> bytes = From(segments, stage.HeaderAddress);
            if (bytes.Length >= Length && HasMagic(bytes))
            {
                found.Add(Decode(stage, bytes));
            }
        }

        return found;
    }

    /// <summary>What an image holds from an address to the next gap.</summary>
    public static ReadOnlySpan<byte> From(IReadOnlyList<FirmwareSegment> segments, uint address)
    {
        foreach (FirmwareSegment segment in segments)
        {
            if (address >= segment.Address && address < segment.End)
            {
                return segment.Bytes.Span[(int)(address - segment.Address)..];
            }
        }

        return [];
    }

    private static SignatureHeader Decode(BootStage stage, ReadOnlySpan<byte> bytes)
    {
        uint signedLength = Word(bytes, 0x90);
        uint function = Word(bytes, FunctionOffset);
        uint authenticatorDataLength = Word(bytes, 0x44);
        return new SignatureHeader(
            stage.HeaderAddress,
            stage.Name,
            Word(bytes, 0) == Jump,
            Word(bytes, SignedStart),
            signedLength,
            SignedStart + (ulong)signedLength <= (ulong)bytes.Length,
            function,
            FunctionName(function),
            Word(bytes, 0x98),
            Semver(bytes.Slice(0x9C, 16)),
            Semver(bytes.Slice(0xAC, 16)),
            authenticatorDataLength == 0 ? "ed25519ph" : "ed25519-fido2",
            authenticatorDataLength,
            "not verified",
            Keys(bytes),
            bytes.Slice(0x14C, 20).ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(bytes.Slice(0x14C, 20)) : null);
    }

    private static List<SignatureKey> Keys(ReadOnlySpan<byte> bytes)
    {
        var keys = new List<SignatureKey>();
        for (int slot = 0; slot < 4; slot++)
        {
            ReadOnlySpan<byte> record = bytes.Slice(KeyOffset + (slot * (KeyLength + TagLength)), KeyLength + TagLength);
            // Boot code skips keys without a tag.
            if (!record[KeyLength..].ContainsAnyExcept((byte)0))
            {
                continue;
            }

            string tag = PrintableTag(record[KeyLength..]);
            ReadOnlySpan<byte> key = record[..KeyLength];
            PublishedKey? published = PublishedKey.All.FirstOrDefault(candidate => candidate.Tag == tag);
            keys.Add(new SignatureKey(
                slot, tag, Convert.ToHexStringLower(key), published is not null && key.SequenceEqual(published.Bytes.Span)));
        }

        return keys;
    }

    private static string PrintableTag(ReadOnlySpan<byte> tag) =>
        tag.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? Convert.ToHexStringLower(tag)
            : Encoding.ASCII.GetString(tag).TrimEnd(' ');

    // u16 major, minor, patch and commits since the tag; u32 commit; u32 that is 1 when the commit is given.
    private static string? Semver(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExcept((byte)0))
        {
            return null;
        }

        ushort commits = Half(bytes, 6);
        string version = $"{Half(bytes, 0)}.{Half(bytes, 2)}.{Half(bytes, 4)}{(commits == 0 ? "" : $"-{commits}")}";
        return Word(bytes, 12) == 1 ? $"{version}-g{Word(bytes, 8):x8}" : version;
    }

    private static bool StartsAt(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Length && Word(bytes, 0) == Jump && HasMagic(bytes);

    private static bool HasMagic(ReadOnlySpan<byte> bytes) => bytes.Slice(MagicOffset, Magic.Length).SequenceEqual(Magic);

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ushort Half(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
