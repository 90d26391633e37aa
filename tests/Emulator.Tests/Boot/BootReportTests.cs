// Which guard a boot's text tells of, and what is kept of it. What firmware prints is written here as the vendor's
// loader, kernel and services print it.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Tests.Firmware;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Boot;

public sealed class BootReportTests
{
    private const string Dying = "Kernel failed signature check. Dying: ";
    private const string Refused = "\"No valid pubkeys found or signature invalid\"\r\n_|TT|_LOADER.KERNFAIL,_|TE|_\r\n";

    [Theory]
    [InlineData("kernel_signature", ConsolePort.Uart2, Dying + Refused)]
    [InlineData("kernel_signature", ConsolePort.Uart2, Dying + "\"invalid sigblock version\"\r\n")]
    [InlineData("kernel_missing", ConsolePort.Uart2, Dying + "\"Invalid magic number on incoming record to be verified\"\r\n")]
    [InlineData("kernel_rolled_back", ConsolePort.Uart2, Dying + "\"Anti-rollback code too old, refusing image: 7\"\r\n")]
    [InlineData("kernel_post_quantum", ConsolePort.Uart2, Dying + "\"PQ required but no valid PQ signature found\"\r\n")]
    [InlineData("kernel_developer_key", ConsolePort.Uart2, "Kernel is devkey signed, but system is not in developer mode. Dying!\r\n")]
    [InlineData("kernel_arguments", ConsolePort.Uart2, "FATAL: Couldn't find XArg magic number on kernel tags.\r\n")]
    [InlineData("swap_signature", ConsolePort.Uart2, "Fresh swap image did not pass public key validation: \"No valid\"\r\n")]
    [InlineData("swap_integrity", ConsolePort.Uart2, "Swap image failed cryptographic integrity checks!\r\n")]
    [InlineData("swap_missing", ConsolePort.Uart2, "panicked at loader/src/platform/bao1x/swap.rs:236:28:\nrange end index 4294967295 out of range for slice of length 64\r\n")]
    [InlineData("swap_developer_key", ConsolePort.Uart2, "Swap is devkey signed, but system is not in developer mode. Dying!\r\n")]
    [InlineData("app_developer_key", ConsolePort.Uart2, "Detached app is devkey signed, but system is not in developer mode. Dying!\r\n")]
    [InlineData("flash_unknown", ConsolePort.Uart2, "panicked at loader/src/platform/bao1x/swap.rs:130:13:\nflash_id 0x0 not recognized")]
    [InlineData("loader_panic", ConsolePort.Uart2, "panicked at loader/src/phase2.rs:1:2:\nno kernel definition\r\n")]
    [InlineData("loader_trap", ConsolePort.Duart, "\n\r0x00000005\n\r")]
    [InlineData("board_type_changed", ConsolePort.Uart2, "Board type is not Baosec; resetting it and rebooting!\r\n")]
    [InlineData("mesh", ConsolePort.Duart, "mesh\r\n")]
    [InlineData("kernel_panic", ConsolePort.Duart, "PANIC in PID 1: panicked at kernel/src/mem.rs:1:2:\r\nnothing left\r\n")]
    [InlineData("kernel_failure", ConsolePort.Duart, "!!! KERNEL FAILURE !!!: CPU Exception on PID 4: Load page fault\r\n")]
    [InlineData("process_crashed", ConsolePort.Duart, "PROGRAM HALT: CPU Exception on PID 12: Store page fault\r\n")]
    [InlineData("service_panic", ConsolePort.Uart2, "PANIC in PID 9:\r\n")]
    [InlineData("swap_page", ConsolePort.Uart2, "panicked at services/xous-swapper/src/main.rs:1:2:\nDecryption error: swap image corrupted, the tag does not match the data; retry count exceeded!\r\n")]
    [InlineData("swap_exhausted", ConsolePort.Uart2, "Ran out of swap space, hard OOM!\r\n")]
    public void What_a_stage_prints_tells_which_of_its_checks_fired(string code, ConsolePort port, string text)
    {
        using Machine machine = NewMachine();
        Print(machine, port, text);
        Assert.Equal(code, BootReport.Of(machine).Guard!.Code);
    }

    [Theory]
    [InlineData(ConsolePort.Uart2, "~~ Xous Loader ~~\r\n*** Kernel signature check by key @ 2/2(beta) OK ***\r\n")]
    [InlineData(ConsolePort.Uart2, "Key at index 1 is revoked (1), skipping\r\ncommand not recognized\r\n")]
    [InlineData(ConsolePort.Uart2, "mesh\r\n")] // not the port that boot code says it on
    [InlineData(ConsolePort.Uart0, "PANIC in PID 9:\r\n")]
    [InlineData(ConsolePort.Duart, "address 0x00000005\r\n")]
    public void Other_text_tells_of_none(ConsolePort port, string text)
    {
        using Machine machine = NewMachine();
        Print(machine, port, text);
        Assert.Null(BootReport.Of(machine).Guard);
    }

    [Fact]
    public void A_refusal_that_was_explained_is_not_hidden_by_the_death_that_follows()
    {
        using Machine machine = NewMachine();
        Print(machine, ConsolePort.Uart2, Dying + Refused);
        ulong at = BootReport.Of(machine).GuardAt;
        machine.Run(1000);
        Print(machine, ConsolePort.Duart, new string('X', 256));

        BootReport report = BootReport.Of(machine);
        Assert.Equal(("kernel_signature", at), (report.Guard!.Code, report.GuardAt));
        Assert.True(machine.HasGivenUp);
    }

    [Fact]
    public void A_death_without_words_is_a_check_against_tampering()
    {
        using Machine machine = NewMachine();
        Print(machine, ConsolePort.Duart, new string('X', 255));
        Assert.Null(BootReport.Of(machine).Guard);
        Assert.False(machine.HasGivenUp);
        Print(machine, ConsolePort.Duart, "X");
        Assert.Equal("security_check", BootReport.Of(machine).Guard!.Code);
        Assert.True(machine.HasGivenUp);
    }

    [Fact]
    public void A_death_with_the_PLL_not_selected_is_that_of_the_PLL()
    {
        using Machine machine = NewMachine();
        MappedBlockWrite(machine, 0x4004_0010, 0);
        Print(machine, ConsolePort.Duart, new string('X', 256));
        Assert.Equal("pll_off", BootReport.Of(machine).Guard!.Code);
    }

    [Fact]
    public void Whoever_is_no_loader_may_print_what_it_likes()
    {
        using Machine machine = NewMachine(function: 6);
        Print(machine, ConsolePort.Duart, new string('X', 1000));
        Assert.False(machine.HasGivenUp);
        Assert.Equal("program", BootReport.Of(machine).Stage);
    }

    [Fact]
    public void The_last_text_is_what_can_be_printed_of_the_last_512_bytes()
    {
        using Machine machine = NewMachine();
        Print(machine, ConsolePort.Uart2, new string('-', 3000) + "\u0001\u001b[2J\r\nlast words\r\n");
        Print(machine, ConsolePort.Duart, "debug");
        BootReport report = BootReport.Of(machine);
        Assert.EndsWith("-[2J\nlast words\n", report.Uart2Text, StringComparison.Ordinal);
        Assert.Equal(512 - 4, report.Uart2Text.Length);
        Assert.Equal("debug", report.DuartText);
    }

    [Fact]
    public void A_reset_from_outside_starts_over_and_one_by_the_guest_keeps_the_text()
    {
        using Machine machine = NewMachine();
        Print(machine, ConsolePort.Uart2, Dying + Refused);
        Reset(machine, ResetKind.Chip);
        BootReport report = BootReport.Of(machine);
        Assert.Null(report.Guard);
        Assert.Contains(Dying, report.Uart2Text, StringComparison.Ordinal);
        Assert.Equal((1u, ResetKind.Chip), (report.Resets, report.LastReset));

        Reset(machine, ResetKind.Pad);
        report = BootReport.Of(machine);
        Assert.Equal(("", 0u, ResetKind.Pad), (report.Uart2Text, report.Resets, report.LastReset));
    }

    [Fact]
    public void A_changed_board_type_is_told_over_the_reset_that_follows_it()
    {
        using Machine machine = NewMachine();
        Print(machine, ConsolePort.Uart2, "Board type is not Baosec; resetting it and rebooting!\r\n");
        Reset(machine, ResetKind.Chip);
        BootGuardText guard = BootReport.Of(machine).Guard!;
        Assert.Equal(("board_type_changed", false), (guard.Code, guard.Ends));
        Print(machine, ConsolePort.Uart2, Dying + Refused);
        Assert.Equal("kernel_signature", BootReport.Of(machine).Guard!.Code);
    }

    [Fact]
    public void Eight_resets_close_together_are_a_loop_until_one_boot_lasts()
    {
        using Machine machine = NewMachine();
        for (int reset = 0; reset < 8; reset++)
        {
            Assert.Null(BootReport.Of(machine).Guard);
            machine.Run(1000);
            Reset(machine, ResetKind.Watchdog);
        }

        BootReport report = BootReport.Of(machine);
        Assert.Equal(("reset_loop", 8u, ResetKind.Watchdog), (report.Guard!.Code, report.Resets, report.LastReset));
        machine.Run(3 * 350_000_000ul);
        Assert.Null(BootReport.Of(machine).Guard);
    }

    [Fact]
    public void A_guest_that_died_is_told_with_place_and_cause()
    {
        using Machine machine = new(new MachineOptions
        {
            // lui a0, 0x10000; jr a0
            Image = new MachineImage("crash", 0x6006_0000, [(0x6006_0000u, new byte[] { 0x37, 5, 0, 0x10, 0x67, 0, 5, 0 })]),
            Board = Board.Find("dabao")!,
        });
        machine.Run(1000);
        BootGuardText guard = BootReport.Of(machine).Guard!;
        Assert.Equal(("guest_died", "program"), (guard.Code, guard.Stage));
        Assert.Contains("0x10000000", guard.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_an_exception_ended_is_named_and_the_boot_goes_on()
    {
        using Guest guest = new("xous_calls", watchOs: true);
        Assert.True(guest.RunUntil("nothing can go on\r\n"), guest.Console);

        BootReport report = BootReport.Of(guest.Machine);
        Assert.Equal(("services", "process_crashed", false), (report.Stage, report.Guard!.Code, report.Guard.Ends));
        Assert.StartsWith("process 5 ended: a store page fault at 0x00100000", report.Guard.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_survives_saving_and_loading_and_is_no_part_of_the_hash()
    {
        using Machine machine = NewMachine();
        using Machine other = NewMachine();
        Print(machine, ConsolePort.Uart2, Dying + Refused);
        Assert.Equal(machine.StateHash(), other.StateHash());
        other.Load(machine.Save());
        Assert.Equal(BootReport.Of(machine), BootReport.Of(other));

        // A text that was cut by saving is still recognised.
        using Machine half = NewMachine();
        using Machine whole = NewMachine();
        Print(half, ConsolePort.Uart2, "Swap image failed crypto");
        whole.Load(half.Save());
        Print(whole, ConsolePort.Uart2, "graphic integrity checks!");
        Assert.Equal("swap_integrity", BootReport.Of(whole).Guard!.Code);
    }

    [Fact]
    public void A_record_loaded_with_nonsense_neither_throws_nor_hangs()
    {
        using Machine machine = NewMachine();
        byte[] nonsense = new byte[4096];
        Array.Fill(nonsense, (byte)0xEE);
        machine.Soc.BootRecord.State(new StateReader(nonsense));
        Print(machine, ConsolePort.Duart, "text");
        Assert.EndsWith("text", BootReport.Of(machine).DuartText, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_guard_is_explained_and_every_guard_of_a_text_has_a_weight()
    {
        BootGuard[] guards = [.. Enum.GetValues<BootGuard>().Where(guard => guard != BootGuard.None)];
        foreach (BootGuard guard in guards)
        {
            BootGuardText text = BootGuards.Describe(guard)!;
            Assert.Matches("^[a-z0-9_]+$", text.Code);
            Assert.NotEmpty(text.Meaning);
            Assert.EndsWith(".", text.Advice, StringComparison.Ordinal);
            Assert.NotEqual(0, BootGuards.Weight(guard));
        }

        Assert.Null(BootGuards.Describe(BootGuard.None));
        Assert.Distinct(guards.Select(guard => BootGuards.Describe(guard)!.Code));
    }

    private static Machine NewMachine(uint function = 4)
    {
        byte[] stage = SignedStage.Of(function);
        Words.Put(stage, 0x300, 0x0000_006F);
        FirmwareImage image = Import.One(stage);
        return new Machine(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find("dabao")!,
        });
    }

    private static void Print(Machine machine, ConsolePort port, string text)
    {
        foreach (byte value in Encoding.Latin1.GetBytes(text))
        {
            machine.Soc.ConsoleOutput(port, value);
        }
    }

    private static void Reset(Machine machine, ResetKind kind) => machine.Apply(MachineInput.PressReset(kind));

    private static void MappedBlockWrite(Machine machine, uint address, uint value)
    {
        Soc.MappedBlock block = machine.Soc.Bus.Find(address)!;
        block.Peripheral.Write(address - block.Base, value, uint.MaxValue);
    }
}
