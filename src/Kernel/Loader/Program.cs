// Reads the image behind it in RRAM, builds the address spaces of the kernel and of the first processes, and leaves
// machine mode for the kernel (xous-abi 6; it differs in the permissions, which are true here, and in the kernel's map
// of SRAM).
//
//   1 the tags are checked: what is malformed ends here, with a message
//   2 the kernel's own pages, and what it is told: tags, processes, owners of pages
//   3 a root, a stack and the sections of each process
//   4 into supervisor mode, at the kernel's entry point

using System.Diagnostics.CodeAnalysis;
using XousCloud.Guest;

namespace XousCloud.Kernel.Loader;

internal static unsafe class Program
{
    private const uint KernelTextLimit = 0x8_0000;
    private const uint KernelText = 0xFFD0_0000;
    private const uint KernelData = 0xFFD8_0000;
    private const uint KernelStackTop = 0xFFF8_0000;
    private const uint KernelStackPages = 2;

    private const uint TagsAddress = 0xFFC0_0000;
    private const uint ProcessesAddress = 0xFFC1_0000;
    private const uint OwnersAddress = 0xFFC2_0000;
    private const uint ExtraOwnersAddress = 0xFFC3_0000;
    private const uint TrngAddress = 0xFFCE_0000;
    private const uint DuartAddress = 0xFFCF_0000;
    private const uint TrngPage = 0x4002E;
    private const uint DuartPage = 0x40042;

    private const uint StackTop = 0x8000_0000;
    private const uint StackPages = 32;
    private const uint UserEnd = 0xFF00_0000;
    private const uint KernelProcess = 1;
    private const uint ProcessLimit = 64;

    [EntryPoint]
    public static void Main()
    {
        Tags.Check();
        PageTables.Begin();
        uint* processes = PageTables.Address(PageTables.Allocate(KernelProcess));
        uint root = PageTables.Allocate(KernelProcess);
        PageTables.ShareKernel(root);
        uint entry = LoadKernel(root, processes);
        uint process = KernelProcess;
        for (uint at = 0; at < Tags.Words; at = Tags.Next(at))
        {
            if (Tags.Name(at) is Tags.IniE or Tags.IniF)
            {
                process++;
                if (process > ProcessLimit)
                {
                    Fail("too many processes"u8);
                }

                LoadProcess(at, process, processes + ((process - 1) * 4));
            }
        }

        Duart.Write("loader: "u8);
        Duart.Write((byte)('0' + ((process - 1) / 10)));
        Duart.Write((byte)('0' + ((process - 1) % 10)));
        Duart.Write(" processes\r\n"u8);
        Handover.ToKernel(processes[0], entry, TagsAddress, ProcessesAddress, OwnersAddress, ExtraOwnersAddress, KernelStackTop - 16);
    }

    private static uint LoadKernel(uint root, uint* processes)
    {
        uint at = Tags.Find(Tags.XKrn);
        uint source = Tags.Data(at, 0);
        uint textSize = Tags.Data(at, 2);
        uint dataSize = Tags.Data(at, 4);
        uint bssSize = Tags.Data(at, 5);
        uint entry = Tags.Data(at, 6);
        if (Tags.Data(at, 1) != KernelText || textSize > KernelTextLimit || entry - KernelText >= textSize
            || Tags.Data(at, 3) != KernelData || dataSize > KernelTextLimit || bssSize > KernelTextLimit - dataSize)
        {
            Fail("the kernel's tag is malformed"u8);
        }

        PageTables.LoadSection(root, KernelText, source, textSize, textSize, PageTables.Read | PageTables.Execute, KernelProcess);
        source += (textSize + 3) & ~3u;
        PageTables.LoadSection(root, KernelData, source, dataSize, dataSize + bssSize, PageTables.Read | PageTables.Write, KernelProcess);
        for (uint i = 1; i <= KernelStackPages; i++)
        {
            Share(root, KernelStackTop - (i * 4096), PageTables.Allocate(KernelProcess));
        }

        // Where the tags lie in RRAM they could be changed while the kernel reads them: it gets a copy.
        for (uint offset = 0; offset < Tags.Words * 4; offset += 4096)
        {
            uint page = PageTables.Allocate(KernelProcess);
            PageTables.CopyTo(page, Tags.Base + offset, Tags.Words * 4 - offset);
            Share(root, TagsAddress + offset, page);
        }

        uint extraPage = PageTables.Allocate(KernelProcess);
        MarkExtra((byte*)PageTables.Address(extraPage));
        Share(root, ProcessesAddress, PageTables.PageOf(processes));
        Share(root, OwnersAddress, PageTables.OwnersPage);
        Share(root, ExtraOwnersAddress, extraPage);
        Share(root, TrngAddress, TrngPage);
        Share(root, DuartAddress, DuartPage);
        processes[0] = PageTables.Satp(KernelProcess, root);
        processes[1] = entry;
        processes[2] = KernelStackTop - 16;
        return entry;
    }

    private static void Share(uint root, uint address, uint page) =>
        PageTables.Map(root, address, page, PageTables.Read | PageTables.Write, KernelProcess);

    /// <summary>The pages that are no RAM are nobody's, but for the random numbers, which are the kernel's.</summary>
    private static void MarkExtra(byte* owners)
    {
        uint index = 0;
        for (uint at = 0; at < Tags.Words; at = Tags.Next(at))
        {
            for (uint i = 0; Tags.Name(at) == Tags.MREx && i + 4 <= Tags.Size(at); i += 4)
            {
                uint start = Tags.Data(at, i);
                uint length = Tags.Data(at, i + 1);
                bool isApart = start < Tags.RamStart ? length <= Tags.RamStart - start : start - Tags.RamStart >= Tags.RamSize;
                if (((start | length) & 4095) != 0 || length > 0 - start || !isApart)
                {
                    Fail("an extra region is malformed"u8);
                }

                uint first = start / 4096;
                uint count = length / 4096;
                if (count > 4096 - index)
                {
                    Fail("too many extra pages"u8);
                }

                if (TrngPage - first < count)
                {
                    owners[index + TrngPage - first] = (byte)KernelProcess;
                }

                index += count;
            }
        }
    }

    private static void LoadProcess(uint at, uint process, uint* record)
    {
        uint source = Tags.Data(at, 0);
        uint root = PageTables.Allocate(process);
        PageTables.ShareKernel(root);
        PageTables.Map(root, StackTop - 4096, PageTables.Allocate(process), PageTables.Read | PageTables.Write | PageTables.User, process);
        uint environment = PutEnvironment(root);
        for (uint i = 2; i <= StackPages; i++)
        {
            PageTables.Reserve(root, StackTop - (i * 4096), PageTables.Read | PageTables.Write, process);
        }

        for (uint i = 2; i + 2 <= Tags.Size(at); i += 2)
        {
            uint address = Tags.Data(at, i);
            uint size = Tags.Data(at, i + 1) & 0xFF_FFFF;
            uint flags = Tags.Data(at, i + 1) >> 24;
            if ((address & 4095) != 0 || address == 0 || address >= UserEnd || size > UserEnd - address)
            {
                Fail("a section's address is malformed"u8);
            }

            uint permissions = (flags & Tags.Write) != 0 ? PageTables.Read | PageTables.Write
                : (flags & Tags.Execute) != 0 ? PageTables.Read | PageTables.Execute
                : PageTables.Read;
            uint stored = (flags & Tags.NoCopy) != 0 ? 0 : size;
            if (Tags.Name(at) == Tags.IniF && (flags & (Tags.Write | Tags.NoCopy)) == 0)
            {
                PageTables.MapSection(root, address, source, size, permissions | PageTables.User, process);
            }
            else
            {
                PageTables.LoadSection(root, address, source, stored, size, permissions | PageTables.User, process);
            }

            source += (stored + 3) & ~3u;
        }

        record[0] = PageTables.Satp(process, root);
        record[1] = Tags.Data(at, 1);
        record[2] = (environment - 16) & ~15u;
        record[3] = environment;
    }

    /// <summary>The block at the top of the stack (xous-abi 6.5), without variables. Returns its address in the process.</summary>
    private static uint PutEnvironment(uint root)
    {
        const uint Length = 28;
        uint* top = PageTables.Address(PageTables.Translate(root, StackTop - 4096)) + 1024 - (Length / 4);
        top[0] = 0x5070_7041; // "AppP"
        top[1] = 8;
        top[2] = Length;
        top[3] = 2;
        top[4] = 0x4276_6E45; // "EnvB"
        top[5] = Length - 24;
        top[6] = 0;
        return StackTop - Length;
    }

    /// <summary>The image is not what this loader can start: it says why, and the hart waits for ever.</summary>
    [DoesNotReturn]
    public static void Fail(ReadOnlySpan<byte> reason)
    {
        Duart.Write("loader: "u8);
        Duart.Write(reason);
        Duart.Write("\r\n"u8);
        Riscv.Halt();
    }
}
