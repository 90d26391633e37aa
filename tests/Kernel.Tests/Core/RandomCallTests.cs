// Sequences of random calls, faults, interrupts, kills and new processes, with arguments that are now likely and now
// senseless. After them every page has one owner, and every queue is whole; nothing in between may fail a check of the
// kernel's own.

using System.Globalization;

namespace XousCloud.Kernel.Tests.Core;

public sealed class RandomCallTests(ITestOutputHelper output)
{
    private const uint LastProcess = 6;
    private const int CallsBetweenChecks = 500;

    /// <summary>What the calls are for: two of three are these.</summary>
    private static readonly SystemCallNumber[] Usual =
    [
        SystemCallNumber.SendMessage, SystemCallNumber.TrySendMessage, SystemCallNumber.ReceiveMessage,
        SystemCallNumber.TryReceiveMessage, SystemCallNumber.TryReceiveMessage, SystemCallNumber.TryReceiveMessage, SystemCallNumber.Connect, SystemCallNumber.TryConnect,
        SystemCallNumber.CreateServerWithAddress, SystemCallNumber.ReplyAndReceiveNext, SystemCallNumber.CreateThread,
    ];

    private readonly Dictionary<uint, List<uint[]>> envelopes = [];

    [Fact]
    public void No_sequence_of_calls_loses_a_page_or_a_message()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("XOUSCLOUD_KERNEL_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        int calls = int.TryParse(Environment.GetEnvironmentVariable("XOUSCLOUD_KERNEL_CALLS"), CultureInfo.InvariantCulture, out int count)
            ? count
            : 1_000_000;
        output.WriteLine($"seed {seed}, {calls} calls");
        var random = new Random(seed);
        using var bench = new KernelBench((int)LastProcess - 1);
        uint free = bench.FreePages;
        int answered = 0;
        for (int i = 0; i < calls; i++)
        {
            Step(bench, random, ref answered);
            if (i % CallsBetweenChecks == 0)
            {
                bench.Check();
            }
        }

        output.WriteLine($"{answered} messages answered");
        Assert.True(answered > calls / 1000, $"Only {answered} answers: the sequence tests nothing.");
        for (uint process = 2; process <= Process.Limit; process++)
        {
            bench.Kernel.EndProcess(process);
        }

        bench.Check();
        Assert.Equal(KernelBench.PageCount - 1, bench.FreePages);
        Assert.True(free < bench.FreePages);
    }

    private void Step(KernelBench bench, Random random, ref int answered)
    {
        ref Kernel kernel = ref bench.Kernel;
        int kind = random.Next(1000);
        if (kernel.CurrentProcess == 0 || kind < 3)
        {
            uint process = (uint)random.Next(2, (int)LastProcess + 1);
            kernel.EndProcess(process);
            if (!kernel.ProcessOf(process).Exists && bench.FreePages > 20)
            {
                bench.AddProcess(process);
            }

            if (kernel.CurrentProcess == 0)
            {
                kernel.ScheduleNext();
            }
        }
        else if (kind < 20)
        {
            bool isWild = random.Next(20) == 0;
            kernel.Fault(isWild ? (uint)random.Next(16) : 13u, isWild ? Address(random) : KernelBench.StackTop - (uint)random.Next(1, 0x4000));
        }
        else if (kind < 40)
        {
            kernel.Interrupt((uint)random.Next(16));
        }
        else if (kernel.IsInInterrupt && kind < 400)
        {
            kernel.CurrentContext.Pc = random.Next(40) switch
            {
                0 when !kernel.IsInInterrupt => AddressMap.ExitThread,
                1 => AddressMap.ReturnFromException,
                _ => AddressMap.ReturnFromInterrupt,
            };
            kernel.Fault(12, kernel.CurrentContext.Pc);
        }
        else if (kind < 45 && !kernel.IsInInterrupt)
        {
            kernel.CurrentContext.Pc = random.Next(2) == 0 ? AddressMap.ExitThread : AddressMap.ReturnFromException;
            if (kernel.CurrentThread != Process.FirstThread)
            {
                kernel.Fault(12, kernel.CurrentContext.Pc);
            }
        }
        else if (kind < 120 && !kernel.IsInInterrupt)
        {
            kernel.ScheduleNext();
        }
        else
        {
            Call(bench, random, ref answered);
        }

        kernel.LastDeath = default;
    }

    private void Call(KernelBench bench, Random random, ref int answered)
    {
        ref Kernel kernel = ref bench.Kernel;
        kernel.Random = new ServerId((uint)random.Next(), (uint)random.Next(), (uint)random.Next(), (uint)random.Next());
        NoteEnvelope(kernel.CurrentProcess, kernel.CurrentContext);
        SystemCallNumber number = random.Next(4) == 0 ? (SystemCallNumber)random.Next(47) : Usual[random.Next(Usual.Length)];
        if (envelopes.TryGetValue(kernel.CurrentProcess, out List<uint[]>? waiting) && waiting.Count > 0 && random.Next(3) == 0)
        {
            number = waiting[^1][2] < 2 ? SystemCallNumber.ReturnMemory : SystemCallNumber.ReturnScalar1;
        }

        else if (number is SystemCallNumber.ReturnMemory or SystemCallNumber.ReturnScalar1 or SystemCallNumber.ReplyAndReceiveNext)
        {
            number = SystemCallNumber.TryReceiveMessage;
        }

        if (number is SystemCallNumber.TerminateProcess or SystemCallNumber.WaitEvent or SystemCallNumber.JoinThread && random.Next(20) != 0)
        {
            number = SystemCallNumber.SendMessage;
        }

        Span<uint> words = stackalloc uint[7];
        foreach (ref uint word in words)
        {
            word = random.Next(4) == 0 ? Address(random) : (uint)random.Next(8);
        }

        uint process = kernel.CurrentProcess;
        uint thread = kernel.CurrentThread;
        switch (number)
        {
            case SystemCallNumber.CreateServerWithAddress or SystemCallNumber.ReceiveMessage or SystemCallNumber.TryReceiveMessage
                or SystemCallNumber.Connect or SystemCallNumber.TryConnect or SystemCallNumber.DestroyServer:
                words[0] = number is SystemCallNumber.Connect or SystemCallNumber.TryConnect ? (uint)random.Next(2, (int)LastProcess + 1) : process;
                words[1..].Clear();
                break;
            case SystemCallNumber.SendMessage or SystemCallNumber.TrySendMessage:
                words[0] = (uint)random.Next(2, 8);
                words[1] = (uint)random.Next(1, 6);
                if (kernel.ProcessOf(process).Ready == 1u << (int)thread && random.Next(4) != 0)
                {
                    words[1] = (uint)random.Next(3, 5); // the last thread of a process had better not wait
                }

                words[3] = Page(random);
                words[4] = (uint)random.Next(1, 4) * 4096;
                break;
            case SystemCallNumber.ReturnMemory or SystemCallNumber.ReturnScalar1 or SystemCallNumber.ReturnScalar2
                or SystemCallNumber.ReturnScalar5 or SystemCallNumber.ReplyAndReceiveNext when envelopes.TryGetValue(process, out List<uint[]>? received) && received.Count > 0:
                uint[] envelope = received[^1];
                if (random.Next(4) != 0)
                {
                    received.RemoveAt(received.Count - 1);
                }

                words[0] = random.Next(50) == 0 ? (uint)random.Next() : envelope[1];
                (words[1], words[2]) = (envelope[4], envelope[5]);
                break;
            case SystemCallNumber.MapMemory:
                words[0] = random.Next(3) == 0 ? (KernelBench.FirstPage + (uint)random.Next(700)) << 12 : random.Next(6) == 0 ? Page(random) : 0;
                words[1] = random.Next(3) == 0 ? Page(random) : 0;
                words[2] = (uint)random.Next(0, 5) * 4096;
                words[3] = (uint)random.Next(0, 0x20);
                break;
            case SystemCallNumber.UnmapMemory or SystemCallNumber.UpdateMemoryFlags:
                words[0] = Page(random);
                words[1] = (uint)random.Next(0, 3) * 4096;
                words[2] = (uint)random.Next(0, 16);
                words[3] = 0;
                break;
            case SystemCallNumber.IncreaseHeap or SystemCallNumber.DecreaseHeap:
                words[0] = (uint)random.Next(0, 4) * 4096;
                words[1] = (uint)random.Next(0, 16);
                break;
            case SystemCallNumber.CreateProcess:
                words[0] = 0x7000_0000;
                words[1] = 8192;
                words[2] = Page(random);
                words[3] = 4096;
                words[4] = random.Next(4) == 0 ? 0x7000_1000u : KernelBench.Text;
                break;
        }

        bench.Call(number, words);
        uint[] answer = bench.Registers(process, thread);
        bool isAnswer = number is SystemCallNumber.ReturnMemory or SystemCallNumber.ReturnScalar1 or SystemCallNumber.ReturnScalar2;
        answered += isAnswer && answer.Length == 8 && answer[0] == 0 ? 1 : 0;
    }

    /// <summary>What a thread has received, now or while it was parked, is still in its registers.</summary>
    private void NoteEnvelope(uint process, ThreadContext context)
    {
        if (context.A0 != (uint)ResultTag.MessageEnvelope || context.A2 is 2 or 3)
        {
            return;
        }

        Span<uint> words = context;
        if (!envelopes.TryGetValue(process, out List<uint[]>? received))
        {
            envelopes.Add(process, received = []);
        }

        received.Add(words[9..17].ToArray());
        if (received.Count > 6)
        {
            received.RemoveAt(0);
        }
    }

    private static uint Page(Random random) => Address(random) & ~0xFFFu;

    private static uint Address(Random random) => random.Next(8) switch
    {
        0 => (uint)random.NextInt64(uint.MaxValue),
        1 => KernelBench.StackTop - (uint)random.Next(0x6000),
        2 => AddressMap.HeapBase + (uint)random.Next(0x4000),
        3 => AddressMap.MessageBase + (uint)random.Next(0x4000),
        4 => AddressMap.DefaultBase + (uint)random.Next(0x4000),
        5 => KernelBench.DevicePage * 4096 + (uint)random.Next(0x20000),
        6 => 0x7000_0000 + (uint)random.Next(0x2000),
        _ => KernelBench.Text + (uint)random.Next(0x2000),
    };
}
