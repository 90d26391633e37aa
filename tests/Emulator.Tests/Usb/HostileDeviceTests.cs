// Software that is wrong on purpose: random registers, rings and descriptors, with a host on the bus. Nothing throws,
// nothing hangs, and the controller can be reset and used afterwards.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Tests.Cpu;
using XousCloud.Emulator.Tests.Peripherals;
using XousCloud.Emulator.Usb;
using static XousCloud.Emulator.Tests.Peripherals.UdcBench;

namespace XousCloud.Emulator.Tests.Usb;

public class HostileDeviceTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    [Fact]
    public void Random_registers_and_rings_neither_throw_nor_hang()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        int moved = 0;
        for (int attempt = 0; attempt < 50; attempt++)
        {
            using UdcBench bench = new();
            Begin(bench, random);
            for (int i = 0; i < 2000; i++)
            {
                moved += Disturb(bench, random) ? 1 : 0;
                if ((bench.Status & 1) != 0)
                {
                    bench.Chip.Write(USBSTS, 0xC);
                    Begin(bench, random);
                }
            }

            Recover(bench.Chip);
        }

        Assert.NotEqual(0, moved);
    }

    [Fact]
    public void Random_answers_to_requests_end_as_a_device_or_a_failure()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int attempt = 0; attempt < 60; attempt++)
        {
            using UdcBench bench = new();
            bench.Start();
            bench.Chip.Machine.Apply(MachineInput.Send(ConsolePort.Usb, "typed"u8.ToArray()));
            bool speaksWell = attempt % 2 == 0;
            Answer(bench, random, speaksWell);
            UsbHostState end = bench.Chip.Machine.Usb!.Status;
            Assert.Contains(end, speaksWell ? [UsbHostState.Configured] : Enum.GetValues<UsbHostState>());
            Recover(bench.Chip);
        }
    }

    private static void Begin(UdcBench bench, Random random)
    {
        bench.Start().Connect();
        for (int pei = 2; pei < 10; pei++)
        {
            bench.Configure(pei, (uint)random.Next(8), (uint)new[] { 0, 8, 64, 512, 1024, 2047 }[random.Next(6)]);
        }
    }

    // Something that software or host might do; true when a packet was exchanged.
    private static bool Disturb(UdcBench bench, Random random)
    {
        Chip chip = bench.Chip;
        switch (random.Next(12))
        {
            case 0 when random.Next(8) == 0:
                chip.Write(Base + ((uint)random.Next(0x48) * 4), RandomWord(random));
                return false;
            case 0 or 1:
                bench.Doorbell(random.Next(12));
                chip.Read(Base + ((uint)random.Next(0x50) * 4));
                return false;
            case 2:
                bench.Command((uint)random.Next(12), 1u << random.Next(11), (uint)random.Next(2) * 2);
                return false;
            case 3:
                chip.Write(ERDPLO, EventRing + ((uint)random.Next((int)Events) * 16) + 8);
                chip.Write(EVENTCONFIG, 0x1_007B);
                return false;
            case 4:
                byte[] setup = new byte[8];
                random.NextBytes(setup);
                return bench.Udc.HostSetup(0, setup) == UsbHandshake.Ack;
            case 5 or 6:
                return bench.HostRead(random.Next(6)).Answer == UsbHandshake.Ack;
            case 7:
                return bench.HostWrite(random.Next(6), new byte[random.Next(1025)]) == UsbHandshake.Ack;
            default:
                PutRandomTrb(bench, random);
                return false;
        }
    }

    // Software that answers every setup packet with a descriptor that is nearly right.
    private static void Answer(UdcBench bench, Random random, bool speaksWell)
    {
        for (int i = 0; i < 4000; i++)
        {
            bench.Chip.Pass(Millisecond / 8);
            foreach (Trb taken in bench.TakeEvents())
            {
                if (taken.Type == TrbType.PortStatusChangeEvent)
                {
                    bench.Chip.Write(PORTSC, bench.Port);
                    bench.Chip.Write(EVENTCONFIG, 0x1_007B);
                }
                else if (taken.Type == TrbType.SetupEvent)
                {
                    Reply(bench, random, (taken.Word3 >> 21) & 3, taken.Word0, taken.Word1, speaksWell);
                }
            }
        }
    }

    private static void Reply(UdcBench bench, Random random, uint tag, uint word0, uint word1, bool speaksWell)
    {
        if ((word0 & 0xFFFF) == 0x0500)
        {
            bench.Command(2, word0 >> 16);
            bench.PutStatus(tag, Completion | SetsAddress);
        }
        else if ((word0 & 0x80) == 0 || (!speaksWell && random.Next(6) == 0))
        {
            bench.PutStatus(tag, Completion | (!speaksWell && random.Next(5) == 0 ? Stall : 0));
        }
        else
        {
            byte[] answer = new byte[Math.Min(word1 >> 16, 512)];
            random.NextBytes(answer);
            if (answer.Length >= 9)
            {
                answer[0] = (byte)(speaksWell ? Math.Min(answer.Length, 18) : random.Next(256));
                answer[1] = (byte)(word0 >> 24);
                answer[2] = (byte)random.Next(256);
                answer[3] = (byte)random.Next(2);
            }

            bench.Fill(Data, answer);
            uint length = speaksWell ? (uint)answer.Length : (uint)random.Next(600);
            bench.PutData(tag, length, random.Next(10) == 0 && !speaksWell ? Inbound : Completion);
            bench.PutStatus(tag);
        }

        bench.Doorbell(0);
    }

    // After all that, a reset makes a controller of it again, and the host forgets the device.
    private static void Recover(Chip chip)
    {
        chip.Write(USBCMD, SoftReset);
        chip.Pass(Millisecond);
        Assert.Equal(0u, chip.Read(USBCMD));
        Assert.Equal(1u, chip.Read(USBSTS));
        Assert.Equal(UsbHostState.Detached, chip.Machine.Usb!.Status);
    }

    private static void PutRandomTrb(UdcBench bench, Random random)
    {
        Chip chip = bench.Chip;
        uint at = bench.Ring(random.Next(10)) + ((uint)random.Next(random.Next(2) == 0 ? 4 : 32) * 16);
        uint type = (uint)new[] { 1, 1, 1, 3, 4, 6, random.Next(64) }[random.Next(7)];
        chip.Store(at, RandomWord(random));
        chip.Store(at + 4, random.Next(50) == 0 ? RandomWord(random) : 0);
        chip.Store(at + 8, random.Next(4) == 0 ? RandomWord(random) : (uint)random.Next(2000));
        chip.Store(
            at + 12, (type << 10) | ((uint)random.Next(4) << 17) | (uint)random.Next(1024) | (random.Next(4) == 0 ? 0u : 1));
    }

    // Mostly an address in IFRAM, so that something comes of it.
    private static uint RandomWord(Random random) => random.Next(6) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => (uint)random.Next(64),
        2 => 1u << random.Next(32),
        _ => 0x5000_2000 + ((uint)random.Next(0x200) * 16) + (uint)random.Next(2),
    };
}
