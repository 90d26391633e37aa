// Loader and kernel image in one file for the emulator: an ELF whose segments lie where they would be flashed.

namespace XousCloud.Kernel.Image;

public static class XousFile
{
    /// <summary>Where the loader looks for the first tag.</summary>
    public const uint ImageBase = 0x600A_0000;

    private const uint ImageLimit = 0x603D_A000 - ImageBase;

    /// <exception cref="InvalidDataException">A part does not fit where it belongs.</exception>
    public static byte[] Build(ElfFile loader, ElfFile kernel, IReadOnlyList<(string Name, ElfFile File)> processes)
    {
        byte[] image = KernelImage.Build(kernel, processes);
        if (image.Length > ImageLimit)
        {
            throw new InvalidDataException($"The image has {image.Length} bytes; RRAM has room for {ImageLimit}.");
        }

        IEnumerable<Segment> flashed = loader.Segments.Where(segment => segment.Content.Length > 0);
        if (flashed.Any(segment => segment.Address + segment.Content.Length > ImageBase))
        {
            throw new InvalidDataException("The loader reaches into the kernel's image.");
        }

        return new ElfFile(loader.EntryPoint, [.. flashed, new Segment(ImageBase, image, (uint)image.Length, false, false)]).Write();
    }
}
