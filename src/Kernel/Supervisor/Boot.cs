// From the loader's hands to the first thread (xous-abi 6.1). The loader has built every address space and says in four
// tables what there is: the image's tags, the processes, and who owns which page of RAM and of the other regions.

using XousCloud.Guest;

namespace XousCloud.Kernel.Supervisor;

internal static unsafe class Boot
{
    private const uint XArg = 0x6772_4158;
    private const uint MREx = 0x7845_524D;
    private const uint SupervisorPreviousPrivilege = 1 << 8;
    private const uint ExternalAndSoftwareInterrupts = (1 << 9) | (1 << 1);
    private const uint PageMask = (1 << 22) - 1;

    [Naked]
    [EntryPoint]
    public static void Enter()
    {
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Call((delegate*<uint*, InitialProcess*, byte*, byte*, ThreadContext*>)&Start);
        Assembler.Jump(&TrapEntry.Leave);
    }

    private static ThreadContext* Start(uint* tags, InitialProcess* processes, byte* ramOwners, byte* extraOwners)
    {
        Csr.Write(Csr.Sscratch, 0);
        Csr.Write(Csr.Stvec, (uint)(delegate*<void>)&TrapEntry.Enter);
        if (tags[0] != XArg)
        {
            throw new InvalidOperationException();
        }

        // XArg: header of two words, then size of all tags in words, version, start and size of RAM, its name.
        uint words = tags[2];
        uint firstPage = tags[4] / AddressMap.PageSize;
        uint pageCount = tags[5] / AddressMap.PageSize;
        ref Kernel kernel = ref Trap.Kernel;
        kernel.Initialize(new PhysicalMemory((byte*)AddressMap.DirectMap, firstPage, pageCount), processes[0].Satp & PageMask);
        for (uint page = 0; page < pageCount; page++)
        {
            kernel.Pages.Give(firstPage + page, ramOwners[page]);
        }

        uint processCount = ReadTags(ref kernel, tags, words, extraOwners);
        for (uint i = 1; i <= processCount; i++)
        {
            ref InitialProcess process = ref processes[i];
            if (!kernel.AddProcess((process.Satp >> 22) & 0x1FF, process.Satp & PageMask, process.EntryPoint, process.StackPointer, 0, process.Environment))
            {
                throw new InvalidOperationException();
            }
        }

        Csr.Write(Csr.Sie, ExternalAndSoftwareInterrupts);
        Csr.Clear(Csr.Sstatus, SupervisorPreviousPrivilege);
        kernel.ScheduleNext();
        return Trap.Next();
    }

    /// <summary>Learns the regions of pages that are no RAM, with their owners, and returns how many processes there are beside the kernel.</summary>
    private static uint ReadTags(ref Kernel kernel, uint* tags, uint words, byte* extraOwners)
    {
        uint processes = 0;
        uint extra = 0;
        uint at = 0;
        while (at < words)
        {
            uint name = tags[at];
            uint size = tags[at + 1] >> 16;
            if (name == MREx)
            {
                for (uint region = 0; region + 4 <= size; region += 4)
                {
                    uint first = tags[at + 2 + region] / AddressMap.PageSize;
                    uint count = tags[at + 3 + region] / AddressMap.PageSize;
                    if (!kernel.Pages.AddRegion(first, count))
                    {
                        throw new InvalidOperationException();
                    }

                    for (uint page = 0; page < count; page++)
                    {
                        kernel.Pages.Give(first + page, extraOwners[extra++]);
                    }
                }
            }

            // IniE, IniF and IniS
            processes += (name & 0xFF_FFFF) == 0x69_6E49 ? 1u : 0u;
            at += 2 + size;
        }

        return processes;
    }

    /// <summary>As the loader writes it: 16 bytes.</summary>
    private struct InitialProcess
    {
        public uint Satp;
        public uint EntryPoint;
        public uint StackPointer;
        public uint Environment;
    }
}
