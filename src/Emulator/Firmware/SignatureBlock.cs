// The vendor's signature block: 768 bytes before a stage's code. Facts: boot code, signature block and function codes.
// Not read: newer images carry keys of SLH-DSA from 0x160 on, and a signature of it behind the signed part. Boot code
// asks for it only on chips whose one-way counters say so.

using System.Buffers.Binary;
using System.Text;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Firmware;

/// <summary>The fields of a signature block, as they stand in 768 bytes.</summary>
internal readonly ref struct SignatureBlock
{
    public const int Length = 768;

    /// <summary>Where the signed part begins: with the version.</summary>
    public const int SignedStart = 0x84;

    /// <summary><c>jal x0, +768</c>: over the block, to the code.</summary>
    public const uint Jump = 0x3000_006F;

    public const uint KnownVersion = 0x100;
    public const int AuthenticatorDataRoom = 60;

    private const int MagicOffset = 0x88;
    private const int KeyOffset = 0xBC;
    private const int KeySlots = 4;
    private const int TagLength = 4;

    private static ReadOnlySpan<byte> Magic => "ymuy3oaB"u8;

    private readonly ReadOnlySpan<byte> bytes;

    /// <param name="bytes">At least 768; what follows is not looked at.</param>
    public SignatureBlock(ReadOnlySpan<byte> bytes) => this.bytes = bytes[..Length];

    public bool StartsWithJump => Word(0) == Jump;

    public ReadOnlySpan<byte> Signature => bytes.Slice(4, Ed25519Signature.Length);

    /// <summary>Bytes of authenticator data claimed.</summary>
    public uint AuthenticatorDataLength => Word(0x44);

    /// <summary>The authenticator data, as far as there is room for it.</summary>
    public ReadOnlySpan<byte> AuthenticatorData =>
        bytes.Slice(0x48, (int)Math.Min(AuthenticatorDataLength, AuthenticatorDataRoom));

    public uint Version => Word(SignedStart);

    public bool HasMagic => bytes.Slice(MagicOffset, Magic.Length).SequenceEqual(Magic);

    /// <summary>Bytes signed, counted from <see cref="SignedStart"/>.</summary>
    public uint SignedLength => Word(0x90);

    public uint Function => Word(0x94);

    public uint AntiRollback => Word(0x98);

    public string? MinimumSemver => Semver(0x9C);

    public string? OwnSemver => Semver(0xAC);

    public ReadOnlySpan<byte> ToolchainHash => bytes.Slice(0x14C, 20);

    /// <summary>Whether this claims to be a block and carries a signature, whatever that is worth.</summary>
    public bool ClaimsSignature => (StartsWithJump || HasMagic) && IsSigned;

    public bool IsSigned => Signature.ContainsAnyExcept((byte)0);

    /// <summary>The keys that this stage accepts on the next one, in the order of checking.</summary>
    public List<SignatureKey> Keys()
    {
        var keys = new List<SignatureKey>();
        for (int slot = 0; slot < KeySlots; slot++)
        {
            ReadOnlySpan<byte> record = bytes.Slice(
                KeyOffset + (slot * (Ed25519Signature.KeyLength + TagLength)), Ed25519Signature.KeyLength + TagLength);
            ReadOnlySpan<byte> tag = record[Ed25519Signature.KeyLength..];
            // Boot code skips keys without a tag.
            if (tag.ContainsAnyExcept((byte)0))
            {
                keys.Add(Key(slot, PrintableTag(tag), record[..Ed25519Signature.KeyLength]));
            }
        }

        return keys;
    }

    /// <summary>Writes what marks a block as one, and its keys.</summary>
    public static void WriteKeys(Span<byte> block, IReadOnlyList<PublishedKey> keys)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[SignedStart..], KnownVersion);
        Magic.CopyTo(block[MagicOffset..]);
        for (int slot = 0; slot < keys.Count; slot++)
        {
            Span<byte> record = block[(KeyOffset + (slot * (Ed25519Signature.KeyLength + TagLength)))..];
            keys[slot].Bytes.Span.CopyTo(record);
            Encoding.ASCII.GetBytes(keys[slot].Tag.PadRight(TagLength), record[Ed25519Signature.KeyLength..]);
        }
    }

    private static SignatureKey Key(int slot, string tag, ReadOnlySpan<byte> key)
    {
        PublishedKey? published = PublishedKey.All.FirstOrDefault(candidate => candidate.Tag == tag);
        return new SignatureKey(
            slot, tag, Convert.ToHexStringLower(key), published is not null && key.SequenceEqual(published.Bytes.Span));
    }

    private static string PrintableTag(ReadOnlySpan<byte> tag) =>
        tag.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? Convert.ToHexStringLower(tag)
            : Encoding.ASCII.GetString(tag).TrimEnd(' ');

    // u16 major, minor, patch and commits since the tag; u32 commit; u32 that is 1 when the commit is given.
    private string? Semver(int offset)
    {
        if (!bytes.Slice(offset, 16).ContainsAnyExcept((byte)0))
        {
            return null;
        }

        ushort commits = Half(offset + 6);
        string version = $"{Half(offset)}.{Half(offset + 2)}.{Half(offset + 4)}{(commits == 0 ? "" : $"-{commits}")}";
        return Word(offset + 12) == 1 ? $"{version}-g{Word(offset + 8):x8}" : version;
    }

    private uint Word(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private ushort Half(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
