// Messages between processes: what arrives, what comes back, where the pages are meanwhile, and what the end of one
// side does to the other.

using static XousCloud.Kernel.SystemCallNumber;

namespace XousCloud.Kernel.Tests.Core;

public sealed class MessageTests : IDisposable
{
    private const uint Client = 2;
    private const uint ServerProcess = 3;
    private const uint Third = 4;
    private const uint Data = KernelBench.Text + 4096;
    private const uint MutableBorrow = 1;
    private const uint Borrow = 2;
    private const uint Move = 3;
    private const uint Scalar = 4;
    private const uint BlockingScalar = 5;

    private static readonly uint[] Name = [1, 2, 3, 4];
    private readonly KernelBench bench = new();

    public void Dispose()
    {
        bench.Check();
        bench.Dispose();
    }

    [Fact]
    public void A_blocking_scalar_is_delivered_at_once_and_answered_at_once()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.CallAs(ServerProcess, ReceiveMessage, Name);

        bench.CallAs(Client, SendMessage, connection, BlockingScalar, 77, 10, 20, 30, 40);
        Assert.Equal(ServerProcess, bench.Kernel.CurrentProcess);
        uint[] message = bench.Registers(ServerProcess);
        Assert.Equal([9, Client << 24, 4, 77, 10, 20, 30, 40], message);

        bench.Call(ReturnScalar2, message[1], 5, 6);
        Assert.Equal(Client, bench.Kernel.CurrentProcess);
        Assert.Equal([15, 5, 6, 0, 0, 0, 0, 0], bench.Registers(Client));
    }

    [Fact]
    public void Queued_messages_come_in_the_order_they_were_sent()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        for (uint i = 0; i < 5; i++)
        {
            Assert.Equal(0u, bench.CallAs(Client, SendMessage, connection, Scalar, i)[0]);
        }

        for (uint i = 0; i < 5; i++)
        {
            uint[] message = bench.CallAs(ServerProcess, ReceiveMessage, Name);
            Assert.Equal([9u, 3u, i], [message[0], message[2], message[3]]);
        }

        Assert.Equal(17u, bench.CallAs(ServerProcess, TryReceiveMessage, Name)[0]);
    }

    [Fact]
    public void A_lent_page_is_the_server_s_alone_until_it_returns_changed()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.Word(Client, Data, write: true) = 1;
        bench.CallAs(Client, SendMessage, connection, MutableBorrow, 0, Data, 4096, 5, 6);
        Assert.True(PageTableEntry.IsLent(bench.Kernel.EntryAt(Client, Data)));

        uint[] message = bench.CallAs(ServerProcess, ReceiveMessage, Name);
        bench.Word(ServerProcess, message[4], write: true)++;
        bench.Check();
        Assert.Equal(0u, bench.CallAs(ServerProcess, ReturnMemory, message[1], message[4], message[5], 8, 9)[0]);

        Assert.Equal([18u, 8u, 9u], bench.Registers(Client)[..3]);
        Assert.Equal(2u, bench.Word(Client, Data));
        Assert.Equal(0u, bench.Kernel.EntryAt(ServerProcess, message[4]));
    }

    [Fact]
    public void A_borrow_cannot_be_written()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.CallAs(Client, SendMessage, connection, Borrow, 0, Data, 4096);
        uint address = bench.CallAs(ServerProcess, ReceiveMessage, Name)[4];

        bench.Run(ServerProcess);
        bench.Kernel.Fault(15, address);

        Assert.Equal(ServerProcess, bench.Kernel.LastDeath.Process);
        Assert.Equal([1u, (uint)XousError.ServerNotFound], bench.Registers(Client)[..2]);
        Assert.True(PageTableEntry.IsPresent(bench.Kernel.EntryAt(Client, Data)));
    }

    [Fact]
    public void A_moved_page_belongs_to_the_server()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.Word(Client, Data, write: true) = 42;
        Assert.Equal(0u, bench.CallAs(Client, SendMessage, connection, Move, 0, Data, 4096)[0]);
        bench.Run(Client);
        bench.Kernel.EndProcess(Client);

        uint address = bench.CallAs(ServerProcess, ReceiveMessage, Name)[4];
        Assert.Equal(42u, bench.Word(ServerProcess, address));
        uint free = bench.FreePages;
        Assert.Equal(0u, bench.CallAs(ServerProcess, UnmapMemory, address, 4096)[0]);
        Assert.Equal(free + 1, bench.FreePages);
    }

    [Fact]
    public void A_full_queue_loses_no_page_and_the_sender_goes_on_when_there_is_room()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        for (uint i = 0; i < Server.SlotCount; i++)
        {
            bench.CallAs(Client, SendMessage, connection, Scalar, i);
        }

        Assert.Equal([1u, (uint)XousError.ServerQueueFull],
            bench.CallAs(Client, TrySendMessage, connection, MutableBorrow, 0, Data, 4096)[..2]);
        Assert.True(PageTableEntry.IsPresent(bench.Kernel.EntryAt(Client, Data)));

        uint pc = bench.Pc(Client);
        bench.CallAs(Client, SendMessage, connection, Move, 0, Data, 4096);
        Assert.False(bench.IsReady(Client));
        Assert.Equal(pc, bench.Pc(Client));
        Assert.True(PageTableEntry.IsPresent(bench.Kernel.EntryAt(Client, Data)));

        bench.CallAs(ServerProcess, ReceiveMessage, Name);
        Assert.True(bench.IsReady(Client));
    }

    [Fact]
    public void A_missing_server_lets_the_machine_idle_until_it_is_made()
    {
        bench.CallAs(Client, Connect, Name);
        bench.CallAs(ServerProcess, WaitEvent);
        Assert.Equal(Third, bench.Kernel.CurrentProcess);
        bench.Call(CreateServerWithAddress, Name);
        bench.Call(WaitEvent);
        Assert.Equal(Client, bench.Kernel.CurrentProcess);
        bench.Call(Connect, Name);
        Assert.Equal([7u, 2u], bench.Registers(Client)[..2]);
    }

    [Fact]
    public void Clients_of_a_dead_server_get_an_error_whether_their_message_was_received_or_not()
    {
        uint connection = Serve(ServerProcess, Name, Client, Third);
        bench.CallAs(Client, SendMessage, connection, BlockingScalar, 0);
        bench.CallAs(ServerProcess, ReceiveMessage, Name);
        bench.CallAs(Third, SendMessage, 2, MutableBorrow, 0, Data, 4096);

        bench.CallAs(ServerProcess, TerminateProcess);

        Assert.Equal([1u, (uint)XousError.ServerNotFound], bench.Registers(Client)[..2]);
        Assert.Equal([1u, (uint)XousError.ServerNotFound], bench.Registers(Third)[..2]);
        Assert.True(PageTableEntry.IsPresent(bench.Kernel.EntryAt(Third, Data)));
        Assert.Equal([1u, (uint)XousError.ServerNotFound], bench.CallAs(Client, SendMessage, connection, Scalar)[..2]);
    }

    [Fact]
    public void Pages_that_a_dead_client_had_lent_are_the_server_s_until_it_answers()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.Word(Client, Data, write: true) = 7;
        bench.CallAs(Client, SendMessage, connection, MutableBorrow, 0, Data, 4096);
        uint[] message = bench.CallAs(ServerProcess, ReceiveMessage, Name);

        bench.Kernel.EndProcess(Client);
        bench.Check();
        Assert.Equal(7u, bench.Word(ServerProcess, message[4]));
        uint free = bench.FreePages;
        Assert.Equal([1u, (uint)XousError.ProcessNotFound],
            bench.CallAs(ServerProcess, ReturnMemory, message[1], message[4], message[5])[..2]);
        Assert.Equal(free + 1, bench.FreePages);
    }

    [Fact]
    public void A_lent_page_of_RRAM_outlives_its_client_until_the_server_answers()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.MapInPlace(Client, KernelBench.Text + 0x2000, 0x6_0100);
        bench.CallAs(Client, SendMessage, connection, MutableBorrow, 0, KernelBench.Text + 0x2000, 4096);
        uint[] message = bench.CallAs(ServerProcess, ReceiveMessage, Name);

        bench.Kernel.EndProcess(Client);
        uint entry = bench.Kernel.EntryAt(ServerProcess, message[4]);
        Assert.True(PageTableEntry.IsPresent(entry));
        Assert.Equal(PageTableEntry.Read, entry & PageTableEntry.Permissions);
        Assert.Equal([1u, (uint)XousError.ProcessNotFound],
            bench.CallAs(ServerProcess, ReturnMemory, message[1], message[4], message[5])[..2]);
        Assert.Equal(0u, bench.Kernel.EntryAt(ServerProcess, message[4]));
    }

    [Fact]
    public void A_borrowed_page_that_is_lent_on_comes_back_the_way_it_went()
    {
        uint first = Serve(ServerProcess, Name, Client);
        uint second = Serve(Third, [9, 9, 9, 9], ServerProcess);
        bench.Word(Client, Data, write: true) = 1;
        bench.CallAs(Client, SendMessage, first, MutableBorrow, 0, Data, 4096);
        uint[] outer = bench.CallAs(ServerProcess, ReceiveMessage, Name);
        bench.CallAs(ServerProcess, SendMessage, second, MutableBorrow, 0, outer[4], 4096);
        uint[] inner = bench.CallAs(Third, ReceiveMessage, 9, 9, 9, 9);
        bench.Word(Third, inner[4], write: true) = 3;
        bench.Check();

        bench.CallAs(Third, ReturnMemory, inner[1], inner[4], inner[5]);
        bench.CallAs(ServerProcess, ReturnMemory, outer[1], outer[4], outer[5]);
        Assert.Equal(3u, bench.Word(Client, Data));
    }

    [Fact]
    public void The_end_of_the_one_in_the_middle_gives_the_page_back_and_leaves_the_last_a_copy()
    {
        uint first = Serve(ServerProcess, Name, Client);
        uint second = Serve(Third, [9, 9, 9, 9], ServerProcess);
        bench.Word(Client, Data, write: true) = 1;
        bench.CallAs(Client, SendMessage, first, MutableBorrow, 0, Data, 4096);
        uint[] outer = bench.CallAs(ServerProcess, ReceiveMessage, Name);
        bench.CallAs(ServerProcess, SendMessage, second, MutableBorrow, 0, outer[4], 4096);
        uint[] inner = bench.CallAs(Third, ReceiveMessage, 9, 9, 9, 9);

        bench.Kernel.EndProcess(ServerProcess);
        bench.Check();
        bench.Word(Third, inner[4], write: true) = 5;
        Assert.Equal(1u, bench.Word(Client, Data));
        bench.CallAs(Third, ReturnMemory, inner[1], inner[4], inner[5]);
    }

    [Fact]
    public void A_forged_or_repeated_sender_word_answers_nobody()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.CallAs(Client, SendMessage, connection, BlockingScalar, 0);
        uint sender = bench.CallAs(ServerProcess, ReceiveMessage, Name)[1];

        Assert.Equal((uint)XousError.ServerNotFound, bench.CallAs(Third, ReturnScalar1, sender, 1)[1]);
        Assert.Equal((uint)XousError.DoubleFree, bench.CallAs(ServerProcess, ReturnScalar1, sender ^ (6u << 24), 1)[1]);
        Assert.Equal((uint)XousError.DoubleFree, bench.CallAs(ServerProcess, ReturnScalar1, sender + 1, 1)[1]);
        Assert.Equal((uint)XousError.BadAddress, bench.CallAs(ServerProcess, ReturnScalar1, sender | 0xFFFF, 1)[1]);
        Assert.Equal((uint)XousError.DoubleFree, bench.CallAs(ServerProcess, ReturnMemory, sender)[1]);
        Assert.False(bench.IsReady(Client));
        Assert.Equal(0u, bench.CallAs(ServerProcess, ReturnScalar1, sender, 1)[0]);
        Assert.Equal((uint)XousError.DoubleFree, bench.CallAs(ServerProcess, ReturnScalar1, sender, 1)[1]);
    }

    [Fact]
    public void Reply_and_receive_next_answers_and_parks_in_one_call()
    {
        uint connection = Serve(ServerProcess, Name, Client);
        bench.CallAs(Client, SendMessage, connection, BlockingScalar, 0);
        uint sender = bench.CallAs(ServerProcess, ReceiveMessage, Name)[1];
        bench.CallAs(ServerProcess, ReplyAndReceiveNext, sender, 0, 5, 0, 0, 0, 1);
        Assert.Equal([14u, 5u], bench.Registers(Client)[..2]);
        Assert.Equal(Client, bench.Kernel.CurrentProcess);
        Assert.False(bench.IsReady(ServerProcess));
    }

    /// <summary>Makes a server, and connects others to it, all with the same number.</summary>
    private uint Serve(uint process, uint[] name, params uint[] clients)
    {
        Assert.Equal(8u, bench.CallAs(process, CreateServerWithAddress, name)[0]);
        uint number = 0;
        foreach (uint client in clients)
        {
            uint[] answer = bench.CallAs(client, Connect, name);
            Assert.Equal(7u, answer[0]);
            number = answer[1];
        }

        return number;
    }
}
