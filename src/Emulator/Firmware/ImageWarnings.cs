// What an import allows but a user should know: mostly where silicon and its boot code would act differently.
// Facts: boot chain and boot1 behaviour (what it refuses and why), UF2 targets, RRAM layout.

namespace XousCloud.Emulator.Firmware;

internal static class ImageWarnings
{
    private static readonly (uint Start, uint End, string Code, string What)[] guarded =
    [
        (0x603D_A000, 0x603D_C000, "one_way_counters_written",
            "the one-way counters; on silicon they only ever count up, so a device booted from this image starts in a state that a chip may never reach"),
        (0x603D_C000, 0x603D_E000, "acl_table_written", "the access control table of the data slots"),
        (0x603E_0000, 0x603F_0000, "data_slots_written", "the data slots (serial number, keys, secrets)"),
    ];

    /// <summary>The weighty ones first: the report lists only so many.</summary>
    public static IEnumerable<PreflightWarning> Of(
        IReadOnlyList<ImportedFile> files,
        IReadOnlyList<FirmwareSegment> segments,
        IReadOnlyList<SignatureHeader> headers,
        ImageEntry entry) =>
        [
            .. Guarded(segments),
            .. Entry(segments, entry),
            .. Set(segments, headers),
            .. headers.SelectMany(Header),
            .. files.Where(file => file.Format == FirmwareFormat.Uf2).SelectMany(RefusedByBoot1),
            .. files.SelectMany(file => file.Warnings),
        ];

    private static IEnumerable<PreflightWarning> RefusedByBoot1(ImportedFile file)
    {
        int refused = 0;
        Piece? first = null;
        foreach (Piece piece in file.Pieces)
        {
            bool accepted = piece.Address >= ImageMemories.SpiFlashBase
                || (piece.Address >= BootStage.Next.ImageAddress && piece.Address < BootStage.StorageEnd);
            if (!accepted)
            {
                refused++;
                first ??= piece;
            }
        }

        if (first is not null)
        {
            yield return new PreflightWarning(
                "refused_by_boot1",
                $"{file.Name}: boot1 would ignore {refused} of its blocks, the first at 0x{first.Address:X8}; "
                + $"over USB or serial it takes 0x{BootStage.Next.ImageAddress:X8}..0x{BootStage.StorageEnd:X8} and SPI flash",
                file.Name,
                first.Address);
        }
    }

    private static IEnumerable<PreflightWarning> Guarded(IReadOnlyList<FirmwareSegment> segments)
    {
        foreach ((uint start, uint end, string code, string what) in guarded)
        {
            if (segments.FirstOrDefault(segment => segment.Address < end && segment.End > start) is { } segment)
            {
                uint address = Math.Max(segment.Address, start);
                yield return new PreflightWarning(code, $"writes 0x{address:X8}, in {what}", null, address);
            }
        }
    }

    private static IEnumerable<PreflightWarning> Header(SignatureHeader header)
    {
        BootStage stage = BootStage.All.First(stage => stage.HeaderAddress == header.Address);
        PreflightWarning Warning(string code, string message) =>
            new(code, $"signature header at 0x{header.Address:X8}: {message}", null, header.Address);

        if (!header.StartsWithJump)
        {
            yield return Warning(
                "header_no_jump", $"does not start with the jump over itself (0x{SignatureBlock.Jump:X8})");
        }

        if (header.Version != SignatureBlock.KnownVersion)
        {
            yield return Warning(
                "header_version_unknown",
                $"has version 0x{header.Version:X}; boot code takes 0x{SignatureBlock.KnownVersion:X} and would refuse it");
        }

        if (!stage.Functions.Contains(header.Function))
        {
            yield return Warning(
                "header_function_unexpected",
                $"is of function {header.FunctionName}; boot code would refuse it as {stage.Name}");
        }

        if (!header.SignedBytesPresent || header.SignedLength < SignatureBlock.Length - SignatureBlock.SignedStart)
        {
            yield return Warning(
                "header_signed_length",
                $"says that {header.SignedLength} bytes are signed, but the image does not hold just so many; boot code would refuse it");
        }

        if (header.AuthenticatorDataLength > SignatureBlock.AuthenticatorDataRoom)
        {
            yield return Warning(
                "header_authenticator_data",
                $"claims {header.AuthenticatorDataLength} bytes of authenticator data; {SignatureBlock.AuthenticatorDataRoom} fit");
        }

        if (Signature(header) is (string code, string message))
        {
            yield return Warning(code, message);
        }

        if (header.NextStageKeys.FirstOrDefault(key => !key.Published) is { } key)
        {
            yield return Warning(
                "header_key_unpublished",
                $"accepts a key \"{key.Tag}\" on the next stage that is none of the vendor's published ones");
        }
    }

    private static (string Code, string Message)? Signature(SignatureHeader header) => header.SignatureCheck switch
    {
        SignatureCheck.Invalid => (
            "signature_invalid",
            $"none of the keys that {header.CheckedBy} accepts made its signature, or its content was changed since; "
            + $"{header.CheckedBy} will refuse it"),
        SignatureCheck.OtherKey => (
            "signature_key_not_accepted",
            $"is signed with the key {header.SignedBy}, which {header.CheckedBy} does not accept and will refuse"),
        SignatureCheck.None when header.Address != BootStage.Next.HeaderAddress => (
            "not_signed", $"carries no signature; {header.CheckedBy} will refuse it"),
        _ => null,
    };

    private static IEnumerable<PreflightWarning> Set(
        IReadOnlyList<FirmwareSegment> segments, IReadOnlyList<SignatureHeader> headers)
    {
        SignatureHeader? next = headers.FirstOrDefault(header => header.Address == BootStage.Next.HeaderAddress);
        bool loader = next is { Function: 4 or 5 };
        bool kernel = headers.Any(header => header.Address == BootStage.Kernel.HeaderAddress);
        bool swap = headers.Any(header => header.Address == BootStage.Swap.HeaderAddress);
        bool app = headers.Any(header => header.Address == BootStage.App.HeaderAddress);

        if (next is null or { SignatureCheck: SignatureCheck.None }
            && !FirmwareSegment.BytesFrom(segments, BootStage.Next.ImageAddress).IsEmpty)
        {
            yield return new PreflightWarning(
                "not_signed",
                $"what is loaded at 0x{BootStage.Next.ImageAddress:X8} is not signed; direct boot starts it, boot1 would refuse it",
                null,
                BootStage.Next.ImageAddress);
        }

        if (kernel && !loader)
        {
            yield return new PreflightWarning(
                "kernel_without_loader", "a Xous kernel is present but no loader that would start it; add loader.uf2");
        }

        if (loader && !kernel)
        {
            yield return new PreflightWarning(
                "loader_without_kernel", "a Xous loader is present but no kernel for it to start; add xous.uf2");
        }

        if (swap && !(loader && kernel))
        {
            yield return new PreflightWarning(
                "swap_without_system", "a swap image is present without the loader and kernel that use it; add loader.uf2 and xous.uf2");
        }

        if (app && !(loader && kernel))
        {
            yield return new PreflightWarning(
                "app_without_system", "a detached app is present without the loader and kernel that start it; add loader.uf2 and xous.uf2");
        }
    }

    private static IEnumerable<PreflightWarning> Entry(IReadOnlyList<FirmwareSegment> segments, ImageEntry entry)
    {
        if (entry.Source == EntrySource.LowestAddress)
        {
            yield return new PreflightWarning(
                "entry_guessed", $"nothing says where to start; 0x{entry.Address:X8} is the lowest address loaded", null, entry.Address);
        }

        if (FirmwareSegment.BytesFrom(segments, entry.Address).IsEmpty)
        {
            yield return new PreflightWarning(
                "entry_not_loaded", $"nothing is loaded at the entry point 0x{entry.Address:X8}", null, entry.Address);
        }
    }
}
