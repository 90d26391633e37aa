// Ed25519 signatures (RFC 8032), which .NET cannot check. This file alone refers to the library that can.

using Org.BouncyCastle.Math.EC.Rfc8032;

namespace XousCloud.Emulator.Firmware;

internal static class Ed25519Signature
{
    public const int Length = 64;
    public const int KeyLength = 32;

    /// <summary>Ed25519.</summary>
    public static bool IsOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message) =>
        Ed25519.Verify(signature.ToArray(), 0, key.ToArray(), 0, message.ToArray(), 0, message.Length);

    /// <summary>Ed25519ph with an empty context: over SHA-512 of the message.</summary>
    public static bool IsOfHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> sha512) =>
        Ed25519.VerifyPrehash(signature.ToArray(), 0, key.ToArray(), 0, [], sha512.ToArray(), 0);
}
