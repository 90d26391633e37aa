// What boot1 makes of the stage at 0x6006_0000. The images are signed here, with keys that a boot1 of our own names.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Tests.Cpu;
using XousCloud.Emulator.Tests.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Boot;

public sealed class Boot1CheckTests(ITestOutputHelper output)
{
    private const uint Stage = 0x6006_0000;
    private const uint Code = 0x6006_0300;
    private const ulong Second = 350_000_000;
    private const string Halting = "No valid loader or baremetal image found. Halting!\r\n";

    private static readonly SigningKey first = new(1, "key1");
    private static readonly SigningKey second = new(2, "key2");
    private static readonly SigningKey developer = new(3, "dev ");

    [Fact]
    public void A_stage_signed_with_a_key_of_boot1_starts_after_the_time_of_the_check()
    {
        using Device device = Device.Of(Boot1(first, second), second.Sign(Program()));
        Assert.True(device.Machine.IsWaiting);
        device.Machine.Run(10_000_000);
        Assert.Equal(0ul, device.Machine.Hart.InstructionsRetired);

        // Two keys are tried, each for 5 million cycles and 17 for each of the 892 signed bytes.
        device.Machine.Run(40_000);
        Assert.Equal(Code, device.Machine.Hart.Pc);
        Assert.Equal(50_000ul - (2 * 892 * 17) - 10_000, device.Machine.Hart.InstructionsRetired);
        Assert.Equal(BootGuard.None, device.Machine.Refusal);
        Assert.Empty(device.Text);
    }

    [Theory]
    [InlineData(0x88, 0x7975_6D78u, BootGuard.ImageMagic, "Invalid magic number on incoming record to be verified")]
    [InlineData(0x84, 0x200u, BootGuard.ImageVersion, "invalid sigblock version")]
    [InlineData(0x94, 0x100u, BootGuard.ImageFunction, "Partition has invalid function code")]
    [InlineData(0x94, 2u, BootGuard.ImageFunction, "Partition has invalid function code")]
    [InlineData(0x300, 0x0000_0013u, BootGuard.ImageSignature, "No valid pubkeys found or signature invalid")]
    [InlineData(0x04, 0x1234_5678u, BootGuard.ImageSignature, "No valid pubkeys found or signature invalid")]
    public void A_header_that_is_wrong_is_refused_with_boot1s_words(int offset, uint value, BootGuard guard, string words)
    {
        byte[] stage = first.Sign(Program());
        Words.Put(stage, offset, value);
        using Device device = Device.Of(Boot1(first), stage);
        device.ExpectRefusal(guard, words);
    }

    [Theory]
    [InlineData(0x90, 0x0037_9F7Du)] // one byte more than there is up to the counters
    [InlineData(0x90, 0xFFFF_FFFFu)]
    [InlineData(0x44, 61u)]
    public void A_length_that_is_impossible_makes_boot1_panic(int offset, uint value)
    {
        byte[] stage = first.Sign(Program());
        Words.Put(stage, offset, value);
        using Device device = Device.Of(Boot1(first), stage);

        Assert.Equal(RunStop.Dead, device.Machine.Run(Second));
        Assert.Equal(BootGuard.Boot1Panic, device.Machine.Refusal);
        Assert.Equal(new string('X', 256), device.Text);
    }

    [Fact]
    public void A_key_that_boot1_does_not_name_is_refused()
    {
        using Device device = Device.Of(Boot1(first), second.Sign(Program()));
        device.ExpectRefusal(BootGuard.ImageSignature, "No valid pubkeys found or signature invalid");
    }

    [Theory]
    [InlineData(120, true)]
    [InlineData(72, true)] // the duplicate
    [InlineData(121, false)] // another slot's
    [InlineData(116, false)] // the loader's, for what comes after it
    [InlineData(124, false)] // boot0's
    public void A_revoked_key_is_refused(int counter, bool refused)
    {
        using Device device = Device.Of(Boot1(first), first.Sign(Program()), (counter, 1));
        if (refused)
        {
            device.ExpectRefusal(BootGuard.ImageSignature, "No valid pubkeys found or signature invalid");
        }
        else
        {
            device.ExpectStart();
        }
    }

    [Theory]
    [InlineData(4u, 60)]
    [InlineData(5u, 60)]
    [InlineData(6u, 64)]
    [InlineData(7u, 64)]
    public void A_stage_raises_the_counter_of_its_kind_and_keeps_older_ones_out(uint function, int counter)
    {
        using Device newer = Device.Of(Boot1(first), first.Sign(Program(function, antiRollback: 9)), (counter, 7));
        newer.ExpectStart();
        Assert.Equal(9u, newer.Counter(counter));

        using Device older = Device.Of(Boot1(first), first.Sign(Program(function, antiRollback: 9)), (counter, 10));
        older.ExpectRefusal(BootGuard.ImageRolledBack, "Anti-rollback code too old, refusing image: 10");
        Assert.Equal(10u, older.Counter(counter));
    }

    [Theory]
    [InlineData(511u, BootGuard.None)]
    [InlineData(512u, BootGuard.Boot1Panic)]
    [InlineData(100_000u, BootGuard.ImageRollbackRange)]
    [InlineData(0xFFFF_FFFFu, BootGuard.ImageRollbackRange)]
    public void The_counter_is_raised_by_a_reasonable_number_only(uint antiRollback, BootGuard guard)
    {
        using Device device = Device.Of(Boot1(first), first.Sign(Program(antiRollback: antiRollback)));
        device.Machine.Run(Second);
        Assert.Equal(guard, device.Machine.Refusal);
        Assert.Equal(guard == BootGuard.None ? antiRollback : 0, device.Counter(64));
    }

    [Fact]
    public void What_the_developer_key_signed_starts_without_the_chips_secrets()
    {
        using Device device = Device.Of(Boot1(first, developer), developer.Sign(Program()));
        device.ExpectStart();
        Assert.Equal(1u, device.Counter(85));
        Assert.Equal([3, 3, 3, 3], device.Memory(0x603E_0000 + (256 * 32), 4)); // ROOT_SEED
        Assert.Equal(Enumerable.Repeat((byte)3, 32), device.Memory(0x5030_0000, 32)); // the proof, for the loader

        for (int boot = 0; boot < 20; boot++)
        {
            device.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));
        }

        Assert.Equal(15u, device.Counter(85));
    }

    [Fact]
    public void What_is_not_signed_starts_at_once()
    {
        using Device header = Device.Of(Boot1(first), Program());
        using Device none = Device.Of(Boot1(first), [0x6F, 0, 0, 0]);
        foreach (Device device in (Device[])[header, none])
        {
            device.Machine.Run(100);
            Assert.Equal(100ul, device.Machine.Hart.InstructionsRetired);
        }
    }

    [Fact]
    public void Whoever_gives_another_entry_goes_past_boot1()
    {
        byte[] stage = first.Sign(Program());
        stage[^1] ^= 1;
        using Device device = new(FirmwareImage.Import([new("stage", stage, Stage)], Code));
        device.Machine.Run(100);
        Assert.Equal(100ul, device.Machine.Hart.InstructionsRetired);
    }

    [Fact]
    public void Without_a_boot1_in_the_image_the_published_keys_count()
    {
        using Device ours = new(Import.One(first.Sign(Program())));
        ours.ExpectRefusal(BootGuard.ImageSignature, "No valid pubkeys found or signature invalid");
        using Device vendors = new(Import.One(BadgeRelease.File("loader.uf2")));
        vendors.ExpectStart();
        Assert.Equal(1u, vendors.Counter(60));
    }

    [Fact]
    public void A_refused_device_stays_so_until_a_reset_and_is_refused_again()
    {
        using Device device = Device.Of(Boot1(first), second.Sign(Program()));
        Assert.Equal(RunStop.Dead, device.Machine.Run(Second));
        ulong cycle = device.Machine.Cycle;
        Assert.Equal(RunStop.Dead, device.Machine.Run(Second));
        Assert.Equal(cycle, device.Machine.Cycle);
        Assert.True(device.Machine.HasEnded);

        string once = device.Text;
        device.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));
        Assert.False(device.Machine.HasEnded);
        Assert.Equal(RunStop.Dead, device.Machine.Run(Second));
        Assert.Equal(once + once, device.Text);
    }

    [Fact]
    public void What_a_program_writes_over_itself_is_refused_at_the_next_reset()
    {
        using Device device = Device.Of(Boot1(first), first.Sign(Program()));
        device.ExpectStart();
        device.Machine.Soc.Memory.TryWrite(Code + 0x40, [1]);
        device.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));
        device.ExpectRefusal(BootGuard.ImageSignature, "No valid pubkeys found or signature invalid");
    }

    [Theory]
    [InlineData(1_000_000ul)] // while boot1 checks
    [InlineData(5_100_000ul)] // while it says why not
    [InlineData(5_700_000ul)] // while it dies
    public void A_check_goes_on_from_a_saved_state(ulong cycle)
    {
        byte[] stage = second.Sign(Program());
        using Device straight = Device.Of(Boot1(first), stage);
        using Device before = Device.Of(Boot1(first), stage);
        using Device after = Device.Of(Boot1(first), stage);
        straight.Machine.Run(Second);
        before.Machine.Run(cycle);
        after.Machine.Load(before.Machine.Save());
        after.Machine.Run(Second);

        Assert.Equal(straight.Machine.StateHash(), after.Machine.StateHash());
        Assert.Equal(straight.Text, before.Text + after.Text);
        Assert.Equal(straight.Machine.Cycle, after.Machine.Cycle);
    }

    [Fact]
    public void Whatever_stands_in_the_headers_boot1_comes_to_an_end()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        uint[] values = [0, 1, 60, 61, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];
        for (int attempt = 0; attempt < 200; attempt++)
        {
            byte[] boot1 = Boot1(first);
            byte[] stage = first.Sign(Program());
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                byte[] header = random.Next(3) == 0 ? boot1 : stage;
                Words.Put(header, random.Next(768 / 4) * 4, random.Next(2) == 0 ? values[random.Next(values.Length)] : (uint)random.Next());
            }

            using Device device = Device.Of(boot1, stage);
            device.Machine.Run(Second);
            Assert.True(device.Machine.HasEnded || device.Machine.Hart.InstructionsRetired > 0);
            Assert.True(device.Machine.Refusal == BootGuard.None || device.Machine.Hart.InstructionsRetired == 0);
        }
    }

    [Fact]
    public void A_state_from_before_boot1_checked_anything_goes_on_where_it_was()
    {
        using Device refused = Device.Of(Boot1(first), second.Sign(Program()));
        MachineSnapshot saved = refused.Machine.Save();
        refused.Machine.Load(saved with { Units = saved.Units[..6] }); // no sections
        refused.Machine.Run(1000);
        Assert.False(refused.Machine.IsInBoot1);
        Assert.Equal(1000ul, refused.Machine.Hart.InstructionsRetired);
    }

    [Fact]
    public void A_state_of_boot1_that_does_not_exist_is_refused()
    {
        using Device device = Device.Of(Boot1(first), second.Sign(Program()));
        Boot1Check check = new(device.Machine.Soc);
        Assert.Throws<SnapshotFormatException>(() => check.State(new StateReader(new byte[] { 9, 0 })));
        Assert.Throws<SnapshotFormatException>(() => check.State(new StateReader(new byte[] { 1, 0xEE })));
    }

    // A header with a loop of one instruction behind it.
    private static byte[] Program(uint function = 6, uint antiRollback = 0)
    {
        byte[] stage = SignedStage.Of(function);
        Words.Put(stage, 0x98, antiRollback);
        Words.Put(stage, 0x300, 0x0000_006F);
        return stage;
    }

    private static byte[] Boot1(params SigningKey[] keys)
    {
        byte[] boot1 = SignedStage.Of(2);
        for (int slot = 0; slot < keys.Length; slot++)
        {
            keys[slot].PutInto(boot1, slot);
        }

        return boot1;
    }

    private sealed class Device : IMachineObserver, IDisposable
    {
        private readonly StringBuilder text = new();

        public Device(FirmwareImage image, params (int Number, uint Value)[] counters) => Machine = new Machine(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find("dabao")! with { Counters = [.. counters.Select(counter => new CounterValue(counter.Number, counter.Value))] },
        })
        {
            Observer = this,
        };

        public Machine Machine { get; }

        public string Text => text.ToString();

        public static Device Of(byte[] boot1, byte[] stage, params (int Number, uint Value)[] counters) =>
            new(Import.Of(new("boot1", boot1, 0x6002_0000), new("stage", stage, Stage)), counters);

        public void ExpectStart()
        {
            Assert.Equal(RunStop.CyclesUsed, Machine.Run(Second / 10));
            Assert.Equal(BootGuard.None, Machine.Refusal);
            Assert.NotEqual(0ul, Machine.Hart.InstructionsRetired);
        }

        public void ExpectRefusal(BootGuard guard, string words)
        {
            Assert.Equal(RunStop.Dead, Machine.Run(Second));
            Assert.Equal(guard, Machine.Refusal);
            Assert.Equal($"Image did not validate: \"{words}\"\r\n{Halting}{new string('X', 256)}", Text);
            Assert.Null(Machine.Death);
        }

        public uint Counter(int number) => BitConverter.ToUInt32(Memory(0x603D_A000 + ((uint)number * 32), 4));

        public byte[] Memory(uint address, int length)
        {
            byte[] bytes = new byte[length];
            Assert.True(Machine.Soc.Memory.TryRead(address, bytes));
            return bytes;
        }

        public void ConsoleOutput(ConsolePort port, byte value, ulong cycle)
        {
            Assert.Equal(value == 'X' ? ConsolePort.Duart : ConsolePort.Uart2, port);
            text.Append((char)value);
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
