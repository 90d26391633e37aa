// The badge release's swap: programs that live encrypted in the PSRAM, pages that go there and come back. The release is
// not in the repository, see BadgeRelease.

using XousCloud.Emulator.Boards.Parts;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Boot;

public sealed class BadgeSwapTests
{
    private const string KernelStarts = "KMAIN (clean boot)";
    private const string SwappedProgram = "dc34_vault: dc34-vault PID is 13";
    private const uint PageLength = 4096;

    [Fact]
    public void The_loader_finds_the_memories_and_starts_the_kernel_from_a_swap_that_it_has_checked()
    {
        using Guest badge = Guest.WithBadgeRelease();
        Assert.True(badge.RunUntil(KernelStarts, port: ConsolePort.Duart), badge.Console);
        foreach (string line in (string[])["flash ID (init): 1732ba", "QPI flash ID: 1732ba", "ram ID: 58465d0d",
            "*** Swap signature check by key @ 2/2(beta)", "Jumping to kernel"])
        {
            Assert.Contains(line, badge.Console, StringComparison.Ordinal);
        }

        Assert.True(badge.Machine.Display!.IsOn);
    }

    [Fact]
    public void Pages_go_to_the_PSRAM_encrypted_and_come_back()
    {
        using Guest badge = Guest.WithBadgeRelease();
        Assert.True(badge.RunUntil(KernelStarts, port: ConsolePort.Duart), badge.Console);
        Listener listener = new(badge.Machine.Soc.Parts.Select(found => found.Part).OfType<Psram>().Single());
        badge.Machine.Soc.Spims[1].Bus.Connect(1, listener);
        Assert.True(badge.RunUntil("dc34_vault: pddb mount"), badge.Console);

        Assert.True(
            listener.CameBack.Count > 20, $"{listener.Written.Count} pages went, {listener.CameBack.Count} came back.");
        foreach (uint page in listener.Written)
        {
            byte[] content = Read(badge, ChipMemories.PsramBase + page);
            Assert.True(content.Distinct().Count() > 200, $"The page at {page:x} does not look encrypted.");
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_PSRAM_is_caught_by_the_guest()
    {
        using Guest badge = Guest.WithBadgeRelease();
        Assert.True(badge.RunUntil(KernelStarts, port: ConsolePort.Duart), badge.Console);
        for (uint page = 0; page < Psram.Length; page += PageLength)
        {
            byte[] content = Read(badge, ChipMemories.PsramBase + page);
            content[page / PageLength % PageLength] ^= 0x10;
            badge.Machine.Soc.Memory.TryWrite(ChipMemories.PsramBase + page, content);
        }

        Assert.True(badge.RunUntil("Process 13 terminated", port: ConsolePort.Duart), badge.Said(ConsolePort.Duart));
        Assert.Contains("PROGRAM HALT: CPU Exception on PID 2", badge.Said(ConsolePort.Duart), StringComparison.Ordinal);
        Assert.DoesNotContain(SwappedProgram, badge.Console, StringComparison.Ordinal);
    }

    private static byte[] Read(Guest badge, uint address)
    {
        byte[] content = new byte[PageLength];
        Assert.True(badge.Machine.Soc.Memory.TryRead(address, content));
        return content;
    }

    /// <summary>Notes which whole pages are written, and which of those are read later.</summary>
    private sealed class Listener(Psram device) : ISpiDevice
    {
        private readonly Dictionary<uint, int> bytesWritten = [];
        private readonly List<byte> start = [];
        private int data;

        public List<uint> Written => [.. bytesWritten.Keys.Where(page => bytesWritten[page] >= PageLength)];

        public HashSet<uint> CameBack { get; } = [];

        public void Select()
        {
            start.Clear();
            data = 0;
            device.Select();
        }

        public void Deselect()
        {
            device.Deselect();
            uint page = (uint)((start[1] << 16) | (start[2] << 8)) & ~(PageLength - 1);
            if (start[0] == 0x38)
            {
                bytesWritten[page] = bytesWritten.GetValueOrDefault(page) + data;
            }
            else if (start[0] == 0xEB && bytesWritten.GetValueOrDefault(page) >= PageLength)
            {
                CameBack.Add(page);
            }
        }

        public uint Transfer(SpiLines lines, uint sent, int bits)
        {
            if (start.Count < 4)
            {
                start.Add((byte)sent);
            }
            else
            {
                data++;
            }

            return device.Transfer(lines, sent, bits);
        }
    }
}
