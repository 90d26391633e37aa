// A process as the image tool is given it.

namespace XousCloud.Kernel.Image;

/// <param name="Name">What the kernel calls it in reports.</param>
/// <param name="File">Its program.</param>
/// <param name="RunsInPlace">Code and constants stay in RRAM (IniF); only what may be written is copied to SRAM.</param>
public sealed record ProcessFile(string Name, ElfFile File, bool RunsInPlace = false);
