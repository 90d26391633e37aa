// Pages of SRAM, handed out from below, and the page tables made of them. The lowest pages hold the loader's own data,
// and the highest its stack: they are nobody's, and free once the kernel runs. No leaf is both writable and executable.

namespace XousCloud.Kernel.Loader;

internal static unsafe class PageTables
{
    public const uint Valid = 1;
    public const uint Read = 2;
    public const uint Write = 4;
    public const uint Execute = 8;
    public const uint User = 16;
    private const uint AccessedAndDirty = 0xC0;

    private const uint RamPage = Tags.RamStart / 4096;
    private const uint RamPages = Tags.RamSize / 4096;
    private const uint LoaderPages = 4;
    private const uint LoaderStackPages = 8;
    private const uint DirectMapIndex = 0xFF00_0000 >> 22;
    private const uint KernelIndex = 1023;
    private const uint KernelProcess = 1;

    private static uint next;
    private static uint kernelTable;

    public static uint OwnersPage { get; private set; }

    public static void Begin()
    {
        next = RamPage + LoaderPages;
        OwnersPage = next++;
        Clear(OwnersPage);
        ((byte*)Address(OwnersPage))[OwnersPage - RamPage] = (byte)KernelProcess;
        kernelTable = Allocate(KernelProcess);
    }

    public static uint* Address(uint page) => (uint*)(page << 12);

    public static uint PageOf(uint* address) => (uint)address >> 12;

    public static uint Satp(uint process, uint root) => 0x8000_0000 | (process << 22) | root;

    /// <summary>A page of zeros.</summary>
    public static uint Allocate(uint process)
    {
        if (next >= RamPage + RamPages - LoaderStackPages)
        {
            Program.Fail("the image does not fit into SRAM"u8);
        }

        uint page = next++;
        Clear(page);
        ((byte*)Address(OwnersPage))[page - RamPage] = (byte)process;
        return page;
    }

    private static void Clear(uint page) => new Span<uint>(Address(page), 1024).Clear();

    /// <summary>At most a page; the source may be RRAM.</summary>
    public static void CopyTo(uint page, uint source, uint size)
    {
        uint count = size < 4096 ? size : 4096;
        new ReadOnlySpan<byte>((byte*)source, (int)count).CopyTo(new Span<byte>(Address(page), 4096));
    }

    /// <summary>The kernel's part of an address space: the same in all, and out of reach of user mode.</summary>
    public static void ShareKernel(uint root)
    {
        Address(root)[KernelIndex] = (kernelTable << 10) | Valid;
        Address(root)[DirectMapIndex] = (RamPage << 10) | Valid | Read | Write | AccessedAndDirty;
    }

    public static void Map(uint root, uint address, uint page, uint permissions, uint process) =>
        *Entry(root, address, process) = (page << 10) | permissions | Valid | AccessedAndDirty;

    /// <summary>The kernel gives the page when it is touched.</summary>
    public static void Reserve(uint root, uint address, uint permissions, uint process) =>
        *Entry(root, address, process) = permissions;

    public static uint Translate(uint root, uint address) => *Entry(root, address, KernelProcess) >> 10;

    private static uint* Entry(uint root, uint address, uint process)
    {
        uint* first = Address(root) + (address >> 22);
        if ((*first & Valid) == 0)
        {
            *first = (Allocate(process) << 10) | Valid;
        }

        return Address(*first >> 10) + ((address >> 12) & 1023);
    }

    /// <summary>Copies what is stored of a section, and fills it up with zeros to its size.</summary>
    public static void LoadSection(uint root, uint address, uint offset, uint stored, uint size, uint permissions, uint process)
    {
        uint source = Tags.Content(offset, stored);
        for (uint done = 0; done < size; done += 4096)
        {
            if (*Entry(root, address + done, process) != 0)
            {
                Program.Fail("two sections share a page"u8);
            }

            uint page = Allocate(process);
            if (done < stored)
            {
                CopyTo(page, source + done, stored - done);
            }

            Map(root, address + done, page, permissions, process);
        }
    }

    /// <summary>Maps a section where it is stored. On whole pages, or the process would see what lies beside it.</summary>
    public static void MapSection(uint root, uint address, uint offset, uint size, uint permissions, uint process)
    {
        uint source = Tags.Content(offset, size);
        if (((source | size) & 4095) != 0)
        {
            Program.Fail("a section that stays in RRAM is not on whole pages"u8);
        }

        for (uint done = 0; done < size; done += 4096)
        {
            if (*Entry(root, address + done, process) != 0)
            {
                Program.Fail("two sections share a page"u8);
            }

            Map(root, address + done, (source + done) >> 12, permissions, process);
        }
    }
}
