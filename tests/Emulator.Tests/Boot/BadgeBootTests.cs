// Where the badge release ends when a part of it is damaged or missing: where the chip would, with the check that failed
// named. The release's own loader is what refuses; it is not in the repository, see BadgeRelease.

using System.Buffers.Binary;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Tests.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Boot;

public sealed class BadgeBootTests
{
    private const int BlockLength = 512;
    private const ulong Second = 350_000_000;

    [Fact]
    public void The_release_as_it_is_gets_past_every_check()
    {
        using Device device = new(File("loader.uf2"), File("xous.uf2"), File("swap.uf2"));
        device.RunUntilItStopsOrSays("*** Swap signature check by key @ 2/2(beta)");

        Assert.Contains("*** Kernel signature check by key @ 2/2(beta)", device.Text, StringComparison.Ordinal);
        Assert.Contains("*** Swap signature check by key @ 2/2(beta)", device.Text, StringComparison.Ordinal);
        BootReport report = BootReport.Of(device.Machine);
        Assert.Equal(("loader", null), (report.Stage, report.Guard));
    }

    [Theory]
    [InlineData("loader.uf2", 0x6007_0000u, "image_signature")] // the payload
    [InlineData("loader.uf2", 0x6006_0010u, "image_signature")] // the signature
    [InlineData("loader.uf2", 0x6006_0088u, "image_magic")]
    [InlineData("loader.uf2", 0x6006_0094u, "image_signature")] // a loader's update is a loader too
    [InlineData("loader.uf2", 0x6006_0095u, "image_function")]
    [InlineData("xous.uf2", 0x6020_0000u, "kernel_signature")]
    [InlineData("xous.uf2", 0x6009_FD10u, "kernel_signature")]
    [InlineData("xous.uf2", 0x6009_FD88u, "kernel_missing")] // the magic number
    [InlineData("swap.uf2", 0x7008_0000u, "swap_signature")] // a page
    [InlineData("swap.uf2", 0x7000_0D10u, "swap_signature")]
    [InlineData("swap.uf2", 0x7000_1000u, "swap_integrity")] // the first page, which is decrypted before the check
    public void One_bit_that_is_changed_ends_the_boot_at_the_check_of_that_part(string name, uint address, string code)
    {
        FirmwareFile[] files = [.. new[] { "loader.uf2", "xous.uf2", "swap.uf2" }.Select(file =>
            file == name ? Damaged(file, address) : File(file))];
        using Device device = new(files);
        device.RunUntilItStopsOrSays("Jumping to kernel");

        BootReport report = BootReport.Of(device.Machine);
        Assert.Equal(code, report.Guard?.Code);
        Assert.Equal(code.StartsWith("image", StringComparison.Ordinal) ? "boot1" : "loader", report.Stage);
        Assert.True(device.Machine.HasGivenUp || device.Machine.HasEnded);
    }

    [Fact]
    public void A_loader_alone_finds_no_kernel()
    {
        using Device device = new(File("loader.uf2"));
        device.RunUntilItStopsOrSays("Jumping to kernel");
        Assert.Equal("kernel_missing", BootReport.Of(device.Machine).Guard?.Code);
        Assert.True(device.Machine.HasGivenUp);
    }

    [Fact]
    public void A_set_without_its_swap_image_finds_none()
    {
        using Device device = new(File("loader.uf2"), File("xous.uf2"));
        device.RunUntilItStopsOrSays("Jumping to kernel");
        Assert.Contains("Kernel signature check by key", device.Text, StringComparison.Ordinal);
        Assert.Equal("swap_missing", BootReport.Of(device.Machine).Guard?.Code);
        Assert.True(device.Machine.HasGivenUp);
    }

    [Fact]
    public void A_board_without_the_flash_that_swap_is_in_does_not_get_past_its_id()
    {
        using Device device = new("dabao", File("loader.uf2"), File("xous.uf2"), File("swap.uf2"));
        device.RunUntilItStopsOrSays("Jumping to kernel");
        Assert.Equal("flash_unknown", BootReport.Of(device.Machine).Guard?.Code);

        // And before that, the loader changed the board type and reset the chip.
        BootReport report = BootReport.Of(device.Machine);
        Assert.Equal((1u, ResetKind.Chip), (report.Resets, report.LastReset));
    }

    [Fact]
    public void A_kernel_file_that_was_cut_short_is_refused_before_anything_runs()
    {
        byte[] kernel = BadgeRelease.File("xous.uf2")[..^(100 * BlockLength)];
        Import.Refused("uf2_truncated", () => Import.Of(File("loader.uf2"), new("xous.uf2", kernel)));
    }

    [Fact]
    public void A_kernel_of_which_blocks_are_missing_that_nothing_announces_is_refused_by_the_loader()
    {
        // As a tool that counts again would write them.
        byte[] kernel = BadgeRelease.File("xous.uf2")[..^(100 * BlockLength)];
        for (int block = 0; block < kernel.Length; block += BlockLength)
        {
            BinaryPrimitives.WriteInt32LittleEndian(kernel.AsSpan(block + 24), kernel.Length / BlockLength);
        }

        using Device device = new(File("loader.uf2"), new("xous.uf2", kernel), File("swap.uf2"));
        device.RunUntilItStopsOrSays("Jumping to kernel");
        Assert.Equal("kernel_signature", BootReport.Of(device.Machine).Guard?.Code);
    }

    private static FirmwareFile File(string name) => new(name, BadgeRelease.File(name));

    // A copy of a file with one bit changed at an address.
    private static FirmwareFile Damaged(string name, uint address)
    {
        byte[] file = BadgeRelease.File(name);
        for (int block = 0; block < file.Length; block += BlockLength)
        {
            uint start = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(block + 12));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(block + 16));
            if (address - start < length)
            {
                file[block + 32 + (int)(address - start)] ^= 1;
                return new FirmwareFile(name, file);
            }
        }

        throw new ArgumentException($"{name} has nothing at 0x{address:x8}.");
    }

    private sealed class Device : IMachineObserver, IDisposable
    {
        private readonly System.Text.StringBuilder text = new();
        private string awaited = "";

        public Device(params FirmwareFile[] files)
            : this("dc34-badge", files)
        {
        }

        public Device(string board, params FirmwareFile[] files)
        {
            FirmwareImage image = FirmwareImage.Import(files);
            Machine = new Machine(new MachineOptions
            {
                Image = new MachineImage(
                    image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
                Board = Board.Find(board)!,
                WatchOs = true,
            })
            {
                Observer = this,
            };
        }

        public Machine Machine { get; }

        /// <summary>What UART2 has said.</summary>
        public string Text => text.ToString();

        public void RunUntilItStopsOrSays(string words)
        {
            awaited = words;
            while (!Machine.HasEnded && !Machine.HasGivenUp && !Text.EndsWith(words, StringComparison.Ordinal))
            {
                Assert.True(Machine.Cycle < 10 * Second, $"Nothing ended the boot, nor was '{words}' said:\n{Text}");
                Machine.Run(Second / 10);
            }
        }

        public void ConsoleOutput(ConsolePort port, byte value, ulong cycle)
        {
            if (port == ConsolePort.Uart2)
            {
                text.Append((char)value);
            }

            if (Machine.HasGivenUp || (value == awaited[^1] && Text.EndsWith(awaited, StringComparison.Ordinal)))
            {
                Machine.RequestStop();
            }
        }

        public void PinChanged(int pin, bool level, ulong cycle)
        {
        }

        public void Unmodelled(UnmodelledAccess access)
        {
        }

        public void Dispose() => Machine.Dispose();
    }
}
