// Where direct boot starts. The first rule that applies wins: the caller, an ELF header, the place where boot1 looks,
// the reset vector, a raw file, and last the lowest address from which the core can run.
// Facts: boot chain; state left by boot1 (it enters the next stage at its first word).

namespace XousCloud.Emulator.Firmware;

internal sealed record ImageEntry(uint Address, EntrySource Source, string Reason)
{
    public static ImageEntry Choose(
        uint? wanted, IReadOnlyList<ImportedFile> files, IReadOnlyList<FirmwareSegment> segments)
    {
        ImageEntry entry = Find(wanted, files, segments);
        if (!ImageMemories.IsExecutable(entry.Address))
        {
            throw new FirmwareFormatException(
                "entry_outside_memory",
                $"the entry point 0x{entry.Address:X8} ({entry.Reason}) is not in memory that the core can run from",
                "Link the program for RRAM (0x60060000) or SRAM (0x61000000), or give the entry point.");
        }

        return entry.Address % 2 == 0
            ? entry
            : throw new FirmwareFormatException(
                "entry_misaligned",
                $"the entry point 0x{entry.Address:X8} ({entry.Reason}) is odd; instructions start at even addresses",
                "Give the address of the first instruction.");
    }

    private static ImageEntry Find(
        uint? wanted, IReadOnlyList<ImportedFile> files, IReadOnlyList<FirmwareSegment> segments)
    {
        if (wanted is uint address)
        {
            return new ImageEntry(address, EntrySource.Caller, "given with the files");
        }

        if (OfElf(files) is { } elf)
        {
            return elf;
        }

        if (Loaded(segments, BootStage.Next))
        {
            return new ImageEntry(BootStage.Next.ImageAddress, EntrySource.NextStage, "boot1 starts what is loaded there");
        }

        if (Loaded(segments, BootStage.Boot0))
        {
            return new ImageEntry(BootStage.Boot0.ImageAddress, EntrySource.ResetVector, "boot0 is loaded at the reset vector");
        }

        if (Lowest(files.Where(file => file.Format == FirmwareFormat.Raw)) is { } raw)
        {
            return new ImageEntry(raw.Address, EntrySource.Raw, $"start of {raw.File.Name}");
        }

        if (Lowest(files) is { } lowest)
        {
            return new ImageEntry(lowest.Address, EntrySource.LowestAddress, "nothing says where to start, so the lowest address");
        }

        throw new FirmwareFormatException(
            "entry_unknown",
            "nothing in these files is in memory that the core can run from",
            "Bring the whole set (a swap image goes with its loader and kernel), or give the entry point.");
    }

    private static ImageEntry? OfElf(IReadOnlyList<ImportedFile> files)
    {
        ImportedFile? chosen = null;
        foreach (ImportedFile file in files.Where(file => file.Entry != null))
        {
            if (chosen != null && chosen.Entry != file.Entry)
            {
                throw new FirmwareFormatException(
                    "entry_ambiguous",
                    $"{chosen.Name} starts at 0x{chosen.Entry:X8} and {file.Name} at 0x{file.Entry:X8}",
                    "Give the entry point.");
            }

            chosen ??= file;
        }

        return chosen is { Entry: uint address }
            ? new ImageEntry(address, EntrySource.Elf, $"the ELF header of {chosen.Name}")
            : null;
    }

    private static bool Loaded(IReadOnlyList<FirmwareSegment> segments, BootStage stage) =>
        !FirmwareSegment.BytesFrom(segments, stage.ImageAddress).IsEmpty;

    private static Piece? Lowest(IEnumerable<ImportedFile> files)
    {
        Piece? lowest = null;
        foreach (Piece piece in files.SelectMany(file => file.Pieces))
        {
            if (ImageMemories.IsExecutable(piece.Address) && (lowest is not { } known || piece.Address < known.Address))
            {
                lowest = piece;
            }
        }

        return lowest;
    }
}
