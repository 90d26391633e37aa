// In a kernel's place: checks what the loader hands over (xous-abi 6.1, 6.2), and says so on the DUART.
//
// Proof: a line "name: ok" for each check, "in place: " with the number of pages that were not copied, and "done".

using XousCloud.Guest;

namespace Stub;

internal static unsafe class Program
{
    private const uint StackTop = 0xFFF8_0000 - 16;
    private const uint StackGuard = 0xFFF8_0000 - (2 * 4096) - 4;
    private const uint KernelText = 0xFFD0_0000;
    private const uint XArg = 0x6772_4158;
    private const uint MREx = 0x7845_524D;
    private const uint TrngPage = 0x4002E;
    private const uint RamPages = 512;
    private const uint UserStackTop = 0x8000_0000;
    private const uint UserStackPages = 32;

    private static int initialized = 0x1234_5678;
    private static int zero;

    [Naked]
    [EntryPoint]
    public static void Enter()
    {
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Mv(Register.A4, Register.Sp);
        Assembler.Mv(Register.A5, Register.A7);
        Assembler.Call((delegate*<uint*, uint*, byte*, byte*, uint, uint, void>)&Run);
    }

    private static void Run(uint* tags, uint* processes, byte* owners, byte* extraOwners, uint stack, uint flags)
    {
        Report.Result("registers"u8, stack == StackTop && flags == 0 && processes[0] == Csr.Read(Csr.Satp) && processes[2] == StackTop);
        Report.Result("tags"u8, tags[0] == XArg && tags[4] == 0x6100_0000 && tags[5] == 0x20_0000);
        Report.Result("data"u8, Volatile.Read(ref initialized) == 0x1234_5678 && Interlocked.Increment(ref zero) == 1);
        Report.Result("supervisor mode"u8, Probe.MachineRegisterIsRefused());
        Report.Result("null"u8, Probe.LoadIsRefused(0));
        Report.Result("guard below the stack"u8, Probe.LoadIsRefused(StackGuard));
        Report.Result("text is not writable"u8, Probe.StoreIsRefused(KernelText));
        Report.Result("other regions"u8, CheckExtra(tags, extraOwners));
        CheckSpaces(processes, owners);
        Report.Write("done\r\n"u8);
        Riscv.Wfi();
    }

    private static bool CheckExtra(uint* tags, byte* owners)
    {
        bool isRight = true;
        bool hasTrng = false;
        for (uint at = 0; at < tags[2]; at += 2 + (tags[at + 1] >> 16))
        {
            for (uint i = 0; tags[at] == MREx && i < tags[at + 1] >> 16; i += 4)
            {
                uint first = tags[at + 2 + i] >> 12;
                uint count = tags[at + 3 + i] >> 12;
                for (uint page = first; page < first + count; page++)
                {
                    bool isTrng = page == TrngPage;
                    hasTrng |= isTrng;
                    isRight &= *owners++ == (isTrng ? 1 : 0) || Report.Wrong("owner of"u8, page);
                }
            }
        }

        return isRight && hasTrng;
    }

    private static void CheckSpaces(uint* processes, byte* owners)
    {
        byte* uses = stackalloc byte[(int)RamPages];
        new Span<byte>(uses, (int)RamPages).Clear();
        AddressSpace.Owners = owners;
        AddressSpace.Uses = uses;
        uint kernelRoot = RootOf(processes);
        bool isRight = processes[0] >> 22 == 0x201 && AddressSpace.CheckKernel(kernelRoot);
        Report.Result("the kernel's space"u8, isRight);

        isRight = true;
        bool isStarted = true;
        for (uint i = 1; processes[i * 4] != 0; i++)
        {
            uint* process = processes + (i * 4);
            isRight &= process[0] >> 22 == (0x200 | (i + 1)) && AddressSpace.CheckProcess(RootOf(process), i + 1, kernelRoot);
            isStarted &= CheckStart(process) || Report.Wrong("start of process"u8, i + 1);
        }

        Report.Result("spaces of processes"u8, isRight);
        Report.Result("starts of processes"u8, isStarted);

        bool isComplete = true;
        for (uint i = 0; i < RamPages; i++)
        {
            isComplete &= uses[i] == (owners[i] == 0 ? 0 : 1) || Report.Wrong("uses of page"u8, 0x61000 + i);
        }

        Report.Result("every page once"u8, isComplete);
        Report.Write("in place: "u8);
        _ = Report.Wrong("pages"u8, AddressSpace.InPlace);
    }

    private static uint RootOf(uint* process) => process[0] & 0x3F_FFFF;

    /// <summary>Entry point, stack and environment (xous-abi 6.5).</summary>
    private static bool CheckStart(uint* process)
    {
        uint root = RootOf(process);
        uint top = AddressSpace.Entry(root, UserStackTop - 4096);
        bool isRight = AddressSpace.IsCode(AddressSpace.Entry(root, process[1])) && AddressSpace.IsData(top);
        for (uint i = 2; i <= UserStackPages; i++)
        {
            isRight &= AddressSpace.IsReserved(AddressSpace.Entry(root, UserStackTop - (i * 4096)));
        }

        isRight &= AddressSpace.Entry(root, UserStackTop - ((UserStackPages + 1) * 4096)) == 0;
        uint* environment = AddressSpace.Page(top >> 10) + ((process[3] & 4095) >> 2);
        return isRight && process[3] >= UserStackTop - 4096 && process[3] < UserStackTop
            && process[2] == ((UserStackTop - environment[2] - 16) & ~15u) && process[2] < process[3]
            && environment[0] == 0x5070_7041 && environment[1] == 8 && environment[2] == UserStackTop - process[3]
            && environment[3] == 2 && environment[4] == 0x4276_6E45 && environment[5] == environment[2] - 24;
    }
}
