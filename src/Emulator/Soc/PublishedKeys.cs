// The vendor's public keys, which every part carries. Facts: boot code, public keys; IFR rows 13 to 16.

namespace XousCloud.Emulator.Soc;

/// <summary>An Ed25519 public key that the vendor has published.</summary>
/// <param name="Tag">As signature headers name it, without the padding.</param>
/// <param name="Bytes">32 bytes.</param>
internal sealed record PublishedKey(string Tag, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>All four, in the order of slots.</summary>
    public static IReadOnlyList<PublishedKey> All { get; } =
    [
        Of("bao1", "a87a5f98daabfb512fc3c2e5749b3beb192388d20160a7dd5888fb9da409523a"),
        Of("bao2", "79135dc667aff4f7d352b90328788ebf92c786782138b377370b15194e312888"),
        Of("beta", "80979929edd04e40124b52cae9ae54b24bdff72a7b8a004c41065bd1402078a7"),
        Of("dev", "1c9beae32aeac87507c18094387eff1c74614282affd8152d871352edf3f58bb"),
    ];

    private static PublishedKey Of(string tag, string hex) => new(tag, Convert.FromHexString(hex));
}
