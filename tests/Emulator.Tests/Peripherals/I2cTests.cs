// UDMA I2C: what a list of commands does on the bus, how long it takes, and what tells of it.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class I2cTests : IDisposable
{
    private const uint I2c = 0x5010_9000;
    private const uint RX = I2c + 0x00;
    private const uint TX = I2c + 0x10;
    private const uint CMD = I2c + 0x20;
    private const uint STATUS = I2c + 0x30;
    private const uint ACK = I2c + 0x38;
    private const uint SIZE = 4;
    private const uint CFG = 8;
    private const uint EN = 1 << 4;
    private const uint CLR = 1 << 6;
    private const uint UdmaReset = 0x5010_0008;
    private const uint UdmaEvents = 0x5010_0004;

    private const uint START = 0x0000_0000;
    private const uint WAIT_EV = 0x1000_0000;
    private const uint STOP = 0x2000_0000;
    private const uint SETUP_UCA = 0x3000_0000;
    private const uint RD_ACK = 0x4000_0000;
    private const uint SETUP_UCS = 0x5000_0000;
    private const uint RD_NACK = 0x6000_0000;
    private const uint WRB = 0x7000_0000;
    private const uint WR = 0x8000_0000;
    private const uint EOT = 0x9000_0000;
    private const uint WAIT = 0xA000_0000;
    private const uint RPT = 0xC000_0000;
    private const uint SETUP_CFG = 0xE000_0000;
    private const uint ToTx = 1 << 27;

    private const uint Iframe = 0x5000_0000;
    private const uint CommandBuffer = 0x1000;
    private const uint SendBuffer = 0x2000;
    private const uint ReceiveBuffer = 0x3000;

    private const uint Divider = 62; // 400 kHz, as the driver of Xous sets it
    private const ulong BitCycles = 974; // 63 × 4 + 27 periods of perclk, 99.8 MHz, in cycles of 350 MHz

    private readonly Chip chip = new(cold: false);
    private readonly Echo device = new();

    public I2cTests() => chip.Soc.I2cs[0].Bus.Connect(device);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Bytes_of_commands_and_of_the_transmit_channel_reach_the_part_in_order()
    {
        Fill(SendBuffer, 0xB1, 0xB2, 0xB3);
        Enqueue(TX, SendBuffer, 3);
        Execute(START, WRB | 0x84, WRB | 0xA0, WR, RPT | 2, WR, WRB | 0xA1, STOP);
        Assert.Equal("call 42 for writing, A0, B1, B2, B3, A1", device.Log);
        Assert.Equal(0u, chip.Read(ACK));
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void Bytes_are_read_until_the_master_does_not_acknowledge()
    {
        Enqueue(RX, ReceiveBuffer, 4);
        Execute(START, WRB | 0x84, WRB | 0x10, START, WRB | 0x85, RPT | 2, RD_ACK, RD_NACK, RD_NACK, STOP);
        Assert.Equal([0x10, 0x11, 0x12, 0xFF], Filled(ReceiveBuffer, 4));
        Assert.Equal("call 42 for writing, 10, call 42 for reading", device.Log);
    }

    [Fact]
    public void A_transaction_takes_nine_bits_for_a_byte_and_one_for_a_condition()
    {
        ulong began = chip.Now;
        Execute(SETUP_CFG | Divider, START, WRB | 0x84, WRB | 0, STOP);
        Assert.InRange(chip.Now - began, 20 * BitCycles, (20 * BitCycles) + 100);
        began = chip.Now;
        Execute(WAIT | 9);
        Assert.InRange(chip.Now - began, 10 * BitCycles, (10 * BitCycles) + 100);
    }

    [Fact]
    public void Busy_is_still_seen_when_the_last_command_has_been_fetched()
    {
        Queue(SETUP_CFG | Divider, START, WRB | 0x84, WRB | 0, WRB | 1, WRB | 2, WRB | 3, WRB | 4, STOP);
        Assert.NotEqual(0u, chip.Read(CMD + SIZE));
        Assert.Equal(1u, chip.Read(STATUS));
        chip.PassUntil(() => chip.Read(CMD + SIZE) == 0);
        ulong fetched = chip.Now;
        Assert.Equal((0u, 1u), (chip.Read(CMD), chip.Read(STATUS)));
        chip.PassUntil(() => chip.Read(STATUS) == 0);
        Assert.InRange(chip.Now - fetched, 20 * BitCycles, 40 * BitCycles);
    }

    [Fact]
    public void Nobody_at_an_address_is_a_nack_for_each_byte_and_reads_all_ones()
    {
        Enqueue(RX, ReceiveBuffer, 2);
        Execute(START, WRB | 0x32, WRB | 0x0F, START, WRB | 0x33, RD_ACK, RD_NACK, STOP);
        Assert.Equal([0xFF, 0xFF], Filled(ReceiveBuffer, 2));
        Assert.Equal(1u << 8, Pending(12) & 0x0F00);
        Assert.Equal((1u, 0u), (chip.Read(ACK), chip.Read(ACK)));
        Assert.Equal(0u, chip.Read(STATUS));
        Assert.Equal("", device.Log);
    }

    [Fact]
    public void A_part_that_refuses_a_byte_makes_a_nack_and_the_list_goes_on()
    {
        Execute(START, WRB | 0x84, WRB | Echo.Refused, WRB | 1, STOP);
        Assert.Equal($"call 42 for writing, {Echo.Refused:X2}, 01", device.Log);
        Assert.Equal(1u, chip.Read(ACK));
    }

    [Fact]
    public void Err_comes_with_each_transaction_and_not_with_a_repeated_start()
    {
        Queue(START, WRB | 0x84, START, WRB | 0x84, STOP);
        chip.PassUntil(() => (Pending(12) & 0xF000) != 0);
        Assert.Equal(1u << 12, Pending(12) & 0xF000);
        Clear(12);
        chip.PassUntil(() => chip.Read(STATUS) == 0);
        Assert.Equal(0u, Pending(12));
    }

    [Fact]
    public void Channels_and_EOT_raise_the_block_s_events()
    {
        Fill(SendBuffer, 1);
        Enqueue(TX, SendBuffer, 1);
        Enqueue(RX, ReceiveBuffer, 1);
        Execute(START, WRB | 0x84, WR, START, WRB | 0x85, RD_NACK, STOP, EOT);
        Assert.Equal(0xFu, Pending(7));
        Assert.Equal(0xF000u, Pending(16));
    }

    [Theory]
    [InlineData(0u, 16, 12, 18, 8, 11)]
    [InlineData(1u, 17, 0, 18, 9, 12)]
    [InlineData(2u, 18, 4, 18, 10, 13)]
    [InlineData(3u, -1, 0, -1, 0, 0)]
    public void Each_master_has_its_places_in_the_interrupt_array(
        uint number, int bank, int bit, int errorBank, int nack, int error)
    {
        Execute([START, WRB | 0x20, EOT, STOP], number);
        Assert.Equal(0b1100u << ((int)number * 4), Pending(7));
        Assert.Equal((1u << (8 + (int)number)) | (1u << (12 + (int)number)), Pending(12));
        for (int duplicate = 16; duplicate <= 18; duplicate++)
        {
            uint events = duplicate == bank ? 0b1100u << bit : 0;
            uint errors = duplicate == errorBank ? (1u << nack) | (1u << error) : 0;
            Assert.Equal(events | errors, Pending(duplicate));
        }
    }

    [Fact]
    public void A_byte_to_send_is_waited_for_with_the_bus_held()
    {
        Queue(START, WRB | 0x84, WR, STOP);
        chip.Pass(100 * BitCycles);
        Assert.Equal((0u, 1u), (chip.Read(CMD + SIZE), chip.Read(STATUS)));
        Fill(SendBuffer, 0x77);
        Enqueue(TX, SendBuffer, 1);
        chip.PassUntil(() => chip.Read(STATUS) == 0);
        Assert.Equal("call 42 for writing, 77", device.Log);
    }

    [Fact]
    public void Received_bytes_that_have_no_place_hold_the_bus_and_are_not_lost()
    {
        Queue(START, WRB | 0x84, WRB | 0, START, WRB | 0x85, RPT | 8, RD_ACK, RD_NACK, STOP);
        chip.Pass(200 * BitCycles);
        Assert.Equal(1u, chip.Read(STATUS));
        Enqueue(RX, ReceiveBuffer, 9);
        chip.PassUntil(() => chip.Read(STATUS) == 0);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], Filled(ReceiveBuffer, 9));
    }

    [Fact]
    public void A_list_can_set_up_its_own_channels()
    {
        Fill(SendBuffer, 0x21, 0x22);
        Execute(
            SETUP_UCA | ToTx | SendBuffer, SETUP_UCS | ToTx | 2, SETUP_UCA | ReceiveBuffer, SETUP_UCS | 1,
            START, WRB | 0x84, RPT | 2, WR, START, WRB | 0x85, RD_NACK, STOP);
        Assert.Equal("call 42 for writing, 21, 22, call 42 for reading", device.Log);
        Assert.Equal([0x22], Filled(ReceiveBuffer, 1));
    }

    [Fact]
    public void A_repetition_whose_low_byte_is_0_passes_over_the_next_command()
    {
        Execute(START, WRB | 0x84, RPT | 0x100, WRB | 1, WRB | 2, STOP);
        Assert.Equal("call 42 for writing, 02", device.Log);
    }

    [Fact]
    public void A_list_waits_for_an_event_of_another_block()
    {
        chip.Write(UdmaEvents, 0x2A); // channel 0: I2C2's command channel
        Queue(START, WRB | 0x84, WAIT_EV, WRB | 7, STOP);
        chip.Pass(100 * BitCycles);
        Assert.Equal("call 42 for writing", device.Log);
        Execute([WAIT], number: 2);
        chip.PassUntil(() => chip.Read(STATUS) == 0);
        Assert.Equal("call 42 for writing, 07", device.Log);
    }

    [Fact]
    public void CLR_does_nothing_and_the_uDMA_s_reset_ends_it_all()
    {
        Queue(START, WRB | 0x84, WR, STOP);
        Enqueue(RX, ReceiveBuffer, 5);
        chip.Write(RX + CFG, CLR);
        chip.Pass(100 * BitCycles);
        Assert.Equal((5u, 1u), (chip.Read(RX + SIZE), chip.Read(STATUS)));
        chip.Write(UdmaReset, 1 << 8);
        Assert.Equal((0u, 0u), (chip.Read(RX + SIZE), chip.Read(STATUS)));
        Queue(START);
        Assert.Equal(0u, chip.Read(CMD));
        chip.Write(UdmaReset, 0);
        Execute(START, WRB | 0x84, STOP);
        Assert.Equal("call 42 for writing, call 42 for writing", device.Log);
    }

    private static uint Bank(int number)
    {
        string[] order = [.. Enumerable.Range(0, 20).Select(bank => $"{bank}").Order(StringComparer.Ordinal)];
        return 0xE000_4000 + ((uint)Array.IndexOf(order, $"{number}") * 0x1000);
    }

    private uint Pending(int bank) => chip.Read(Bank(bank) + 0x10);

    private void Clear(int bank) => chip.Write(Bank(bank) + 0x10, 0xFFFF);

    private void Enqueue(uint channel, uint address, uint size)
    {
        chip.Write(channel, address);
        chip.Write(channel + SIZE, size);
        chip.Write(channel + CFG, EN);
    }

    private void Queue(params uint[] commands) => Queue(commands, number: 0);

    private void Queue(uint[] commands, uint number)
    {
        chip.Soc.Memory.TryWrite(Iframe + CommandBuffer, [.. commands.SelectMany(BitConverter.GetBytes)]);
        Enqueue(CMD + (number * 0x1000), CommandBuffer, (uint)commands.Length * 4);
    }

    private void Execute(params uint[] commands) => Execute(commands, number: 0);

    // Until the block has nothing left to do.
    private void Execute(uint[] commands, uint number)
    {
        Queue(commands, number);
        while (chip.Soc.Events.NextDue != ScheduledEvent.Never)
        {
            chip.Pass(chip.Soc.Events.NextDue - chip.Now);
        }
    }

    private void Fill(uint buffer, params byte[] bytes) => chip.Soc.Memory.TryWrite(Iframe + buffer, bytes);

    private byte[] Filled(uint buffer, int count)
    {
        byte[] bytes = new byte[count];
        Assert.True(chip.Soc.Memory.TryRead(Iframe + buffer, bytes));
        return bytes;
    }

    /// <summary>Notes what it is told, and counts up from the last byte when it is read.</summary>
    private sealed class Echo : II2cDevice
    {
        public const byte Refused = 0xEE;

        private readonly List<string> log = [];
        private byte next;

        public string Log => string.Join(", ", log);

        public byte Address => 0x42;

        public bool Call(bool reading)
        {
            log.Add($"call 42 for {(reading ? "reading" : "writing")}");
            return true;
        }

        public bool Write(byte value)
        {
            log.Add($"{value:X2}");
            next = value;
            return value != Refused;
        }

        public byte Read() => next++;
    }
}
