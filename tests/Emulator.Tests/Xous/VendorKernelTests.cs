// The vendor's badge release, seen from outside, against what its kernel keeps for itself: the connections and threads in
// each process's context page, whose form is that of this kernel (Xous's ABI, context page) and which the view never reads.
// The processes and their interrupt lines are those that a real badge lists (GitHub vmfunc/dc34-badge, hw/badge-state.txt).

using System.Buffers.Binary;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Xous;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Xous;

public sealed class VendorKernelTests
{
    private const uint ContextPage = 0xFF80_1000;
    private const int ConnectionMap = 36;
    private const int Connections = 32;
    private const int FirstContext = 128;
    private const int ContextLength = 128;
    private const int SavedPc = 124;

    private static readonly string[] Names =
    [
        "kernel", "xous-swapper", "keystore", "xous-ticktimer", "xous-log", "xous-names", "usb-bao1x", "bao1x-hal-service",
        "modals", "pddb", "bao-video", "dc34-console", "dc34-vault",
    ];

    [Fact]
    public void The_view_agrees_with_the_vendors_kernel_all_along()
    {
        using Machine machine = new(new MachineOptions { Image = Image(), Board = Board.Find("dc34-badge")!, WatchOs = true });
        XousView view = machine.Xous!;
        RunTo(machine, 3.5);
        Assert.Equal(XousStage.Services, view.Stages.Reached);
        for (double time = 3.5; time < 7; time += 0.1)
        {
            RunTo(machine, time);
            RunToUserCode(machine);
            IReadOnlyList<XousProcess> processes = view.Processes();
            Assert.Equal(Names, processes.Select(process => process.Name));
            Assert.All(processes, process => Assert.Null(process.End));
            foreach (XousProcess process in processes.Skip(1))
            {
                byte[] context = Context(machine, process);
                int taken = context.AsSpan(ConnectionMap, Connections).ToArray().Count(entry => entry != 0);
                Assert.True(taken == process.Connections, $"{time:0.0} s: {process.Name} has {taken} connections, seen {process.Connections}");
                int[] threads = [.. Enumerable.Range(2, 29).Where(tid => HasThread(context, tid))];
                int[] seen = [.. process.Threads.Where(thread => thread.Tid is >= 2).Select(thread => thread.Tid!.Value)];
                int unnumbered = process.Threads.Count(thread => thread.Tid is null);
                Assert.Subset(threads.ToHashSet(), seen.ToHashSet());
                Assert.True(threads.Length == seen.Length + unnumbered, $"{time:0.0} s: threads of {process.Name}");
            }

            CheckServers(machine, view, processes);
        }

        Assert.Equal(
            ["1 usb-bao1x", "2 bao1x-hal-service", "5 xous-log", "8 bao-video", "10 bao1x-hal-service", "11 keystore",
                "20 xous-ticktimer", "30 bao1x-hal-service"],
            view.Interrupts().Select(claim => $"{claim.Line} {Names[claim.Pid - 1]}"));
        CheckMessages(view);

        // As `test freemem` lists them on a real badge: 164 KiB the kernel's, 1984 KiB in all.
        IReadOnlyList<XousProcess> last = view.Processes();
        Assert.Equal(164, last[0].Memory.Owned * 4);
        Assert.InRange(last.Sum(process => process.Memory.Owned!.Value) * 4, 1900, 2048);
    }

    // Two connections lead to one server here exactly when they do so in the kernel's own numbers.
    private static void CheckServers(Machine machine, XousView view, IReadOnlyList<XousProcess> processes)
    {
        Dictionary<int, byte[]> contexts = processes.Skip(1).ToDictionary(process => process.Pid, process => Context(machine, process));
        HashSet<byte> numbers = [];
        foreach (XousServer server in view.Servers())
        {
            byte[] inKernel = [.. server.Connections.Select(at => contexts[at.Pid][ConnectionMap + at.Cid - 2]).Distinct()];
            Assert.True(inKernel.Length <= 1, $"{server.Name ?? server.Id.ToString()} is several servers of the kernel's");
            Assert.All(inKernel, number => Assert.True(numbers.Add(number), $"{server.Name} is another one too"));
        }
    }

    // Every message that was received or answered was seen when it was sent.
    private static void CheckMessages(XousView view)
    {
        List<IpcEvent> steps = XousViewTests.All(view);
        Assert.Equal(IpcLog.Capacity, steps.Count);
        Assert.All(steps, step => Assert.NotEqual(0ul, step.Message));
        Assert.All(steps, step => Assert.NotEqual(default, step.Server));
        Assert.InRange(view.Messages.Next, 10_000ul, 1_000_000ul);
    }

    private static bool HasThread(byte[] context, int tid) =>
        BinaryPrimitives.ReadUInt32LittleEndian(context.AsSpan(FirstContext + (tid * ContextLength) + SavedPc)) != 0;

    private static byte[] Context(Machine machine, XousProcess process)
    {
        byte[] page = new byte[XousAbi.PageSize];
        Assert.True(PageTables.TryTranslate(machine.Soc.Memory, process.Satp, ContextPage, out uint physical));
        Assert.True(machine.Soc.Memory.TryRead(physical, page));
        return page;
    }

    private static void RunTo(Machine machine, double seconds)
    {
        ulong target = (ulong)(seconds * 1e9);
        while (machine.Nanoseconds < target)
        {
            machine.Run(Math.Max(1, machine.Soc.Clocks.CycleAt(target) - machine.Cycle));
        }
    }

    private static void RunToUserCode(Machine machine)
    {
        while (machine.Hart.Privilege != Privilege.User)
        {
            machine.Run(1);
        }
    }

    private static MachineImage Image()
    {
        FirmwareImage firmware = FirmwareImage.Import(
            [.. new[] { "loader.uf2", "xous.uf2", "swap.uf2" }.Select(name => new FirmwareFile(name, BadgeRelease.File(name)))]);
        return new MachineImage(
            firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));
    }
}
