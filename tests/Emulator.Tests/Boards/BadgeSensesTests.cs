// What the vendor's release makes of the badge's keys, accelerometer and camera. It is not in the repository, see
// BadgeRelease.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Tests.MachineFrame;
using XousCloud.Emulator.Xous;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.BoardParts;

public sealed class BadgeSensesTests
{
    private const ulong Millisecond = 350_000;
    private const byte HalService = 8; // the process that owns the keypad

    // What the keyboard service sends to its listeners.
    private static readonly (string Key, string Character)[] Keys =
        [("Down", "↓"), ("Select", "∴"), ("Up", "↑"), ("Left", "←"), ("Right", "→"), ("Center", "🔥")];

    [Fact]
    public void The_release_finds_its_sensors_and_hears_every_key()
    {
        using Guest badge = new(Release(), watchOs: true, board: "dc34-badge");
        badge.TakeOffBody();
        Assert.True(badge.RunUntil("Initial orientation: FaceUp"), badge.Console);
        Assert.Contains("Camera pid 2145", badge.Console, StringComparison.Ordinal);
        Assert.DoesNotContain("No accelerometer", badge.Console, StringComparison.Ordinal);

        foreach ((string name, string character) in Keys)
        {
            BoardSwitch key = badge.Machine.Board.FindSwitch(name)!;
            badge.Machine.Apply(key.Hold(true));
            HashSet<string> heard = Listen(badge.Machine, milliseconds: 120);
            badge.Machine.Apply(key.Hold(false));
            heard.UnionWith(Listen(badge.Machine, milliseconds: 120));
            Assert.Equal([character], heard);
        }

        Assert.DoesNotContain(badge.UnmodelledAccesses, access => !access.Name.StartsWith("BIO_BDMA", StringComparison.Ordinal));
    }

    // Runs, and gives the keyboard's characters among the messages meanwhile, each once, however many are told.
    private static HashSet<string> Listen(Machine machine, int milliseconds)
    {
        HashSet<string> heard = [];
        IpcEvent[] steps = new IpcEvent[IpcLog.Capacity];
        for (int passed = 0; passed < milliseconds; passed++)
        {
            ulong before = machine.Xous!.Messages.Next;
            machine.Run(Millisecond);
            Assert.True(machine.Xous.Messages.Oldest <= before, "The log has lost messages.");
            int count = machine.Xous.Messages.Read(before, steps);
            heard.UnionWith(steps.Take(count)
                .Where(step => step is { Step: IpcStep.Sent, Kind: MessageKind.Scalar, SenderPid: HalService })
                .Where(step => Rune.IsValid(step.Words.A) && step.Words is { B: 0, C: 0, D: 0 })
                .Select(step => new Rune(step.Words.A).ToString())
                .Where(text => Keys.Any(known => known.Character == text)));
        }

        return heard;
    }

    private static MachineImage Release()
    {
        FirmwareImage firmware = FirmwareImage.Import(
            [.. ((string[])["loader.uf2", "xous.uf2", "swap.uf2"]).Select(name => new FirmwareFile(name, BadgeRelease.File(name)))]);
        return new MachineImage(
            firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));
    }
}
