// Whose signature a stage carries. Facts: boot code, the check of the next stage:
// - What is signed is hashed with SHA-512. Without authenticator data the signature is Ed25519ph over that hash; with
//   it, as a FIDO2 token signs, it is Ed25519 over the data and SHA-256 of the hash.
// - The keys are those in the header of the stage that checks, tried in their order.

using System.Security.Cryptography;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Firmware;

internal static class SignatureVerification
{
    /// <summary>The keys that the vendor's own stages accept.</summary>
    public static IReadOnlyList<SignatureKey> PublishedKeys { get; } = [.. PublishedKey.All.Select(
        (key, slot) => new SignatureKey(slot, key.Tag, Convert.ToHexStringLower(key.Bytes.Span), Published: true))];

    /// <summary>The first of some keys that made a signature, or null where none did.</summary>
    /// <param name="block">The block with the signature.</param>
    /// <param name="sha512">SHA-512 of what is signed.</param>
    /// <param name="keys">The keys to try.</param>
    public static SignatureKey? Signer(SignatureBlock block, ReadOnlySpan<byte> sha512, IEnumerable<SignatureKey> keys)
    {
        if (block.AuthenticatorDataLength > SignatureBlock.AuthenticatorDataRoom)
        {
            return null;
        }

        byte[]? message = block.AuthenticatorDataLength == 0
            ? null
            : [.. block.AuthenticatorData, .. SHA256.HashData(sha512)];
        foreach (SignatureKey key in keys)
        {
            byte[] publicKey = Convert.FromHexString(key.Key);
            if (message is null
                ? Ed25519Signature.IsOfHash(publicKey, block.Signature, sha512)
                : Ed25519Signature.IsOf(publicKey, block.Signature, message))
            {
                return key;
            }
        }

        return null;
    }
}
