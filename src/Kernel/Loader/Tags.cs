// The words in front of the kernel's image that say what it holds (xous-abi 6.3). A place is counted in words from the
// first. After Check every access is inside the tags, and every load offset inside the image's region.

using XousCloud.Guest;

namespace XousCloud.Kernel.Loader;

internal static class Tags
{
    public const uint Base = 0x600A_0000;

    public const uint XArg = 0x6772_4158;
    public const uint MREx = 0x7845_524D;
    public const uint XKrn = 0x6E72_4B58;
    public const uint IniE = 0x4569_6E49;
    public const uint IniF = 0x4669_6E49;
    public const uint IniS = 0x5369_6E49;

    public const uint RamStart = 0x6100_0000;
    public const uint RamSize = 0x20_0000;

    public const uint Write = 1;
    public const uint NoCopy = 2;
    public const uint Execute = 4;

    private const uint Limit = 0x1000;
    private const uint ImageEnd = 0x603D_A000;

    public static uint Words { get; private set; }

    public static void Check()
    {
        if (Mmio.Read32(Base) != XArg || Mmio.Read32(Base + 8) is < 7 or > Limit)
        {
            Program.Fail("no image at 0x600A0000"u8);
        }

        Words = Mmio.Read32(Base + 8);
        uint at = 0;
        bool hasKernel = false;
        while (at < Words)
        {
            uint size = at + 2 <= Words ? Size(at) : Limit;
            uint needed = Name(at) switch
            {
                XArg => 5,
                XKrn => 7,
                IniE or IniF => 2,
                _ => 0,
            };
            if (size > Words - at - 2 || size < needed)
            {
                Program.Fail("a tag is malformed"u8);
            }

            if (Name(at) == IniS)
            {
                Program.Fail("there is no swap"u8);
            }

            hasKernel |= Name(at) == XKrn;
            at = Next(at);
        }

        if (Data(0, 2) != RamStart || Data(0, 3) != RamSize)
        {
            Program.Fail("the image is for another RAM"u8);
        }

        if (!hasKernel)
        {
            Program.Fail("there is no kernel"u8);
        }
    }

    public static uint Name(uint at) => Word(at);

    public static uint Size(uint at) => Word(at + 1) >> 16;

    public static uint Next(uint at) => at + 2 + Size(at);

    public static uint Data(uint at, uint index) => Word(at + 2 + index);

    public static uint Find(uint name)
    {
        uint at = 0;
        while (at < Words && Name(at) != name)
        {
            at = Next(at);
        }

        return at;
    }

    /// <summary>The address of what lies at an offset of the image, all of it inside RRAM.</summary>
    public static uint Content(uint offset, uint size)
    {
        if (offset > ImageEnd - Base || size > ImageEnd - Base - offset || (offset & 3) != 0)
        {
            Program.Fail("a section lies outside the image"u8);
        }

        return Base + offset;
    }

    private static uint Word(uint at)
    {
        if (at >= Limit)
        {
            Program.Fail("a tag is malformed"u8);
        }

        return Mmio.Read32(Base + (at * 4));
    }
}
