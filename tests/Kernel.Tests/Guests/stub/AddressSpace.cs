// Walks an address space as the loader has built it, through the direct map of SRAM: what each leaf permits, whom its
// page belongs to, and how often a page is used.

namespace Stub;

internal static unsafe class AddressSpace
{
    private const uint Valid = 1;
    private const uint Read = 2;
    private const uint Write = 4;
    private const uint Execute = 8;
    private const uint User = 16;
    private const uint AccessedAndDirty = 0xC0;

    private const uint DirectMap = 0xFF00_0000;
    private const uint DirectMapIndex = DirectMap >> 22;
    private const uint KernelIndex = 1023;
    private const uint RamPage = 0x61000;
    private const uint RamPages = 512;
    private const uint ImagePage = 0x600A0;
    private const uint ImageEndPage = 0x603DA;
    private const uint TrngPage = 0x4002E;
    private const uint DuartPage = 0x40042;
    private const uint KernelProcess = 1;

    /// <summary>The owner of each page of SRAM, as the loader says.</summary>
    public static byte* Owners { get; set; }

    /// <summary>How often each page of SRAM was met, as a root, a table or behind a leaf.</summary>
    public static byte* Uses { get; set; }

    /// <summary>Leaves that show RRAM.</summary>
    public static uint InPlace { get; private set; }

    public static uint* Page(uint page) => (uint*)(DirectMap + ((page - RamPage) << 12));

    /// <summary>The kernel's own part, which all roots share: its tables count once.</summary>
    public static bool CheckKernel(uint root)
    {
        uint* first = Page(root);
        bool isRight = Use(root, KernelProcess)
            && first[DirectMapIndex] == ((RamPage << 10) | Valid | Read | Write | AccessedAndDirty)
            && CheckTable(first[KernelIndex], KernelIndex, KernelProcess);
        for (uint i = 0; i < KernelIndex; i++)
        {
            if (i != DirectMapIndex && first[i] != 0)
            {
                isRight = Report.Wrong("the kernel has an entry at"u8, i << 22);
            }
        }

        return isRight;
    }

    public static bool CheckProcess(uint root, uint process, uint kernelRoot)
    {
        uint* first = Page(root);
        uint* kernel = Page(kernelRoot);
        bool isRight = Use(root, process);
        for (uint i = 0; i < 1024; i++)
        {
            if (i >= DirectMapIndex)
            {
                isRight &= first[i] == kernel[i] || Report.Wrong("not the kernel's entry at"u8, i << 22);
            }
            else if (first[i] != 0)
            {
                isRight &= CheckTable(first[i], i, process);
            }
        }

        return isRight;
    }

    /// <summary>The entry of an address; 0 if there is no table for it.</summary>
    public static uint Entry(uint root, uint address)
    {
        uint first = Page(root)[address >> 22];
        return first == 0 ? 0 : Page(first >> 10)[(address >> 12) & 1023];
    }

    public static bool IsReserved(uint entry) => entry == (Read | Write);

    public static bool IsCode(uint entry) => (entry & 0x1F) == (Valid | Read | Execute | User);

    public static bool IsData(uint entry) => (entry & 0x1F) == (Valid | Read | Write | User);

    private static bool CheckTable(uint pointer, uint index, uint process)
    {
        if ((pointer & 0x3FF) != Valid || !Use(pointer >> 10, process))
        {
            return Report.Wrong("no table at"u8, index << 22);
        }

        uint* table = Page(pointer >> 10);
        bool isRight = true;
        for (uint i = 0; i < 1024; i++)
        {
            if ((table[i] & Valid) != 0)
            {
                isRight &= CheckLeaf(table[i], process) || Report.Wrong("bad leaf at"u8, (index << 22) | (i << 12));
            }
        }

        return isRight;
    }

    private static bool CheckLeaf(uint leaf, uint process)
    {
        uint permissions = leaf & (Read | Write | Execute);
        bool isUser = (leaf & User) != 0;
        if (permissions is not (Read or (Read | Write) or (Read | Execute)) || (leaf & AccessedAndDirty) != AccessedAndDirty
            || isUser != (process != KernelProcess))
        {
            return false;
        }

        uint page = leaf >> 10;
        if (page - RamPage < RamPages)
        {
            return Use(page, process);
        }

        if (page - ImagePage < ImageEndPage - ImagePage && isUser)
        {
            InPlace++;
            return (leaf & Write) == 0;
        }

        return page is TrngPage or DuartPage && process == KernelProcess;
    }

    private static bool Use(uint page, uint process)
    {
        uint index = page - RamPage;
        if (index >= RamPages || Owners[index] != process)
        {
            return Report.Wrong("not the owner of page"u8, page);
        }

        Uses[index]++;
        return true;
    }
}
