// Loader and kernel image in one file for the emulator: an ELF whose segments lie where they would be flashed.

namespace XousCloud.Kernel.Image;

public static class XousFile
{
    /// <summary>Where the loader starts, its signature block first.</summary>
    public const uint LoaderBase = 0x6006_0000;

    /// <summary>Where the loader looks for the first tag.</summary>
    public const uint ImageBase = 0x600A_0000;

    private const uint BlockBase = ImageBase - SignatureBlock.Size;
    private const uint ImageLimit = 0x603D_A000 - ImageBase;

    /// <exception cref="InvalidDataException">A part does not fit where it belongs.</exception>
    public static byte[] Build(ElfFile loader, ElfFile kernel, IReadOnlyList<ProcessFile> processes)
    {
        byte[] image = KernelImage.Build(kernel, processes);
        if (image.Length > ImageLimit)
        {
            throw new InvalidDataException($"The image has {image.Length} bytes; RRAM has room for {ImageLimit}.");
        }

        Segment[] flashed = [.. loader.Segments.Where(segment => segment.Content.Length > 0).Select(FillWord)];
        if (flashed.Any(segment => segment.Address + segment.Content.Length > BlockBase))
        {
            throw new InvalidDataException("The loader reaches into the kernel's image.");
        }

        byte[] first = flashed.FirstOrDefault(segment => segment.Address == LoaderBase)?.Content
            ?? throw new InvalidDataException($"The loader does not start at 0x{LoaderBase:X8}.");
        byte[] signed = [.. SignatureBlock.OfKernel(first, (uint)image.Length), .. image];
        return new ElfFile(loader.EntryPoint, [.. flashed, new Segment(BlockBase, signed, (uint)signed.Length, false, false)]).Write();
    }

    /// <summary>The loader's block counts whole words as signed.</summary>
    private static Segment FillWord(Segment segment)
    {
        byte[] content = new byte[(segment.Content.Length + 3) & ~3];
        segment.Content.CopyTo(content, 0);
        return segment with { Content = content, Size = Math.Max(segment.Size, (uint)content.Length) };
    }
}
