// Finds the signature headers of an image and says what each is and whether the stage before would take it.
// Facts: boot chain (who checks whom, and with whose keys); the loader, for the swap image's header.
// Where an image does not bring the stage that checks, the vendor's is meant, which accepts the published keys.

using System.Security.Cryptography;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Firmware;

internal static class SignatureHeaders
{
    /// <summary>The headers that stand where boot code looks for them.</summary>
    public static IReadOnlyList<SignatureHeader> FindAll(IReadOnlyList<FirmwareSegment> segments)
    {
        var found = new List<SignatureHeader>();
        foreach (BootStage stage in BootStage.All)
        {
            ReadOnlySpan<byte> bytes = FirmwareSegment.BytesFrom(segments, stage.HeaderAddress);
            if (IsHeader(bytes))
            {
                found.Add(Describe(stage, bytes, AcceptedKeys(segments, stage.CheckedBy)));
            }
        }

        return found;
    }

    /// <summary>Where a file that is a signed stage belongs, or null when it is none or of an unknown function.</summary>
    public static uint? NaturalAddress(ReadOnlySpan<byte> file)
    {
        foreach (BootStage stage in BootStage.All)
        {
            int offset = (int)(stage.HeaderAddress - stage.ImageAddress);
            if (offset < file.Length && IsHeader(file[offset..]))
            {
                SignatureBlock block = new(file[offset..]);
                if (block.StartsWithJump && stage.Functions.Contains(block.Function))
                {
                    return stage.ImageAddress;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a Xous loader stands where boot1 starts it.</summary>
    public static bool IsLoader(PhysicalMemory memory)
    {
        Span<byte> header = stackalloc byte[SignatureBlock.Length];
        return memory.TryRead(BootStage.Next.HeaderAddress, header)
            && new SignatureBlock(header) is { HasMagic: true, Function: 4 or 5 };
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

    private static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= SignatureBlock.Length && new SignatureBlock(bytes).HasMagic;

    private static IReadOnlyList<SignatureKey> AcceptedKeys(IReadOnlyList<FirmwareSegment> segments, BootStage stage)
    {
        ReadOnlySpan<byte> bytes = FirmwareSegment.BytesFrom(segments, stage.HeaderAddress);
        return IsHeader(bytes) ? new SignatureBlock(bytes).Keys() : SignatureVerification.PublishedKeys;
    }

    private static SignatureHeader Describe(
        BootStage stage, ReadOnlySpan<byte> bytes, IReadOnlyList<SignatureKey> acceptedKeys)
    {
        SignatureBlock block = new(bytes);
        bool complete = SignatureBlock.SignedStart + (ulong)block.SignedLength <= (ulong)bytes.Length;
        (SignatureCheck check, SignatureKey? signer) = Check(block, bytes, complete, acceptedKeys);
        return new SignatureHeader(
            stage.HeaderAddress,
            stage.Name,
            block.StartsWithJump,
            block.Version,
            block.SignedLength,
            complete,
            block.Function,
            FunctionName(block.Function),
            block.AntiRollback,
            block.MinimumSemver,
            block.OwnSemver,
            block.AuthenticatorDataLength == 0 ? "ed25519ph" : "ed25519-fido2",
            block.AuthenticatorDataLength,
            check,
            signer?.Tag,
            stage.CheckedBy == BootStage.Next ? "loader" : stage.CheckedBy.Name,
            block.Keys(),
            block.ToolchainHash.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(block.ToolchainHash) : null);
    }

    private static (SignatureCheck Check, SignatureKey? Signer) Check(
        SignatureBlock block, ReadOnlySpan<byte> bytes, bool complete, IReadOnlyList<SignatureKey> acceptedKeys)
    {
        if (!block.IsSigned)
        {
            return (SignatureCheck.None, null);
        }

        if (!complete)
        {
            return (SignatureCheck.Invalid, null);
        }

        byte[] hash = SHA512.HashData(bytes.Slice(SignatureBlock.SignedStart, (int)block.SignedLength));
        if (SignatureVerification.Signer(block, hash, acceptedKeys) is { } accepted)
        {
            return (SignatureCheck.Valid, accepted);
        }

        return SignatureVerification.Signer(block, hash, SignatureVerification.PublishedKeys) is { } other
            ? (SignatureCheck.OtherKey, other)
            : (SignatureCheck.Invalid, null);
    }
}
