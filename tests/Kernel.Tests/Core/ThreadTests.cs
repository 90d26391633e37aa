// Threads, turns, interrupts, exception handlers and new processes.

using static XousCloud.Kernel.SystemCallNumber;

namespace XousCloud.Kernel.Tests.Core;

public sealed class ThreadTests : IDisposable
{
    private const uint First = 2;
    private const uint Second = 3;
    private const uint Data = KernelBench.Text + 4096;

    private readonly KernelBench bench = new(2);

    public void Dispose()
    {
        bench.Check();
        bench.Dispose();
    }

    [Fact]
    public void A_new_thread_runs_first_and_who_joins_it_gets_its_value()
    {
        bench.CallAs(First, CreateThread, 0x1_0100, 0x7000_0000, 0x1000, 11, 12, 13, 14);
        Assert.Equal((First, 3u), (bench.Kernel.CurrentProcess, bench.Kernel.CurrentThread));
        Assert.Equal([11u, 12u, 13u, 14u], bench.Registers(First, 3)[..4]);
        Assert.Equal(0x7000_0FF0u, bench.Kernel.CurrentContext.StackPointer);
        Assert.Equal(AddressMap.ExitThread, bench.Kernel.CurrentContext.ReturnAddress);

        Assert.Equal([10u, 3u], bench.Registers(First)[..2]);
        bench.CallAs(First, JoinThread, 3);
        bench.Run(First, 3);
        Jump(AddressMap.ExitThread, 99);
        Assert.Equal([14u, 99u], bench.Registers(First)[..2]);
        Assert.Equal([14u, 0u], bench.CallAs(First, JoinThread, 3)[..2]);
    }

    [Fact]
    public void A_process_whose_last_thread_returns_ends()
    {
        bench.Run(First);
        Jump(AddressMap.ExitThread, 0);
        Assert.False(bench.Kernel.ProcessOf(First).Exists);
    }

    [Fact]
    public void There_are_29_threads_for_a_process()
    {
        for (int i = 0; i < 28; i++)
        {
            Assert.Equal(10u, bench.CallAs(First, CreateThread, KernelBench.Text, 0x7000_0000, 0x1000)[0]);
        }

        Assert.Equal((uint)XousError.ThreadNotAvailable, bench.CallAs(First, CreateThread, KernelBench.Text, 0x7000_0000, 0x1000)[1]);
    }

    [Fact]
    public void Processes_take_turns_however_many_threads_they_have()
    {
        for (int i = 0; i < 5; i++)
        {
            bench.CallAs(First, CreateThread, KernelBench.Text, 0x7000_0000, 0x1000);
        }

        int[] turns = new int[4];
        for (int i = 0; i < 100; i++)
        {
            bench.Kernel.ScheduleNext();
            turns[bench.Kernel.CurrentProcess]++;
        }

        Assert.Equal([50, 50], turns[2..]);
    }

    [Fact]
    public void An_interrupt_runs_its_handler_and_the_thread_goes_on_where_it_was()
    {
        Assert.Equal(0u, bench.CallAs(First, ClaimInterrupt, 20, 0x1_0200, 55)[0]);
        bench.Run(Second);
        Assert.Equal(1u << 20, bench.Kernel.InterruptMask);
        bench.Kernel.Interrupt(1u << 20);

        Assert.Equal((First, 0u, 0u), (bench.Kernel.CurrentProcess, bench.Kernel.CurrentThread, bench.Kernel.InterruptMask));
        Assert.Equal([20u, 55u], bench.Registers(First, 0)[..2]);
        Assert.Equal(0x1_0200u, bench.Kernel.CurrentContext.Pc);
        bench.Call(SendMessage, 2, 4);
        Assert.Equal([1u, (uint)XousError.InvalidSyscall], bench.Registers(First, 0)[..2]);
        Jump(AddressMap.ReturnFromInterrupt, 0);
        Assert.Equal((Second, 2u), (bench.Kernel.CurrentProcess, bench.Kernel.CurrentThread));
    }

    [Fact]
    public void A_tick_in_user_space_ends_the_turn_of_whom_it_interrupts()
    {
        bench.CallAs(First, ClaimInterrupt, 30, 0x1_0200, 0);
        bench.Run(Second);
        bench.Kernel.Interrupt(1u << 30);
        bench.Call(ReturnToParent, 1, 0);
        Jump(AddressMap.ReturnFromInterrupt, 0);
        Assert.Equal(First, bench.Kernel.CurrentProcess);
        Assert.True(bench.IsReady(Second));
    }

    [Fact]
    public void An_interrupt_handler_that_faults_ends_its_process_and_frees_the_line()
    {
        bench.CallAs(First, ClaimInterrupt, 20, 0x1_0200, 0);
        bench.Run(Second);
        bench.Kernel.Interrupt(1u << 20);
        bench.Kernel.Fault(13, 4);
        Assert.Equal((Second, 2u), (bench.Kernel.CurrentProcess, bench.Kernel.CurrentThread));
        Assert.Equal(0u, bench.CallAs(Second, ClaimInterrupt, 20, 0x1_0200, 0)[0]);
    }

    [Fact]
    public void An_exception_handler_gets_the_fault_and_says_where_the_thread_goes_on()
    {
        bench.CallAs(First, SetExceptionHandler, 0x1_0300, 0x7FFF_F000);
        bench.Run(First);
        uint pc = bench.Pc(First);
        bench.Kernel.Fault(13, 0x1234);
        Assert.Equal(1u, bench.Kernel.CurrentThread);
        Assert.Equal([8u, pc, 0x1234u], bench.Registers(First, 1)[..3]);
        Jump(AddressMap.ReturnFromException, 8);
        Assert.Equal((First, 2u), (bench.Kernel.CurrentProcess, bench.Kernel.CurrentThread));
        Assert.Equal(pc + 8, bench.Pc(First));
    }

    [Fact]
    public void A_fault_in_an_exception_handler_ends_the_process()
    {
        bench.CallAs(First, SetExceptionHandler, 0x1_0300, 0x7FFF_F000);
        bench.Run(First);
        bench.Kernel.Fault(13, 0x1234);
        bench.Kernel.Fault(13, 0x1234);
        Assert.Equal(First, bench.Kernel.LastDeath.Process);
    }

    [Fact]
    public void A_process_makes_another_of_its_own_pages_and_can_talk_to_it()
    {
        bench.Word(First, Data, write: true) = 0x1234;
        bench.Kernel.Random = new ServerId(5, 6, 7, 8);
        uint[] answer = bench.CallAs(First, CreateProcess, 0x7FFE_0000, 0x2_0000, Data, 4096, KernelBench.Text, KernelBench.Text + 16, 0);
        Assert.Equal([19u, 4u, 2u], answer[..3]);
        Assert.Equal(0u, bench.Kernel.EntryAt(First, Data));
        Assert.Equal([5u, 6u, 7u, 8u], bench.Registers(4)[..4]);
        Assert.Equal(0x1234u, bench.Word(4, KernelBench.Text));
        bench.CallAs(4, ReceiveMessage, 5, 6, 7, 8);
        bench.CallAs(First, SendMessage, 2, 5, 77);
        Assert.Equal(77u, bench.Registers(4)[3]);
    }

    [Fact]
    public void Nobody_runs_when_everybody_waits()
    {
        bench.CallAs(First, WaitEvent);
        bench.CallAs(Second, WaitEvent);
        Assert.Equal(0u, bench.Kernel.CurrentProcess);
    }

    /// <summary>The running thread jumps to an address that is never mapped, with a value in a0.</summary>
    private void Jump(uint address, uint value)
    {
        bench.Kernel.CurrentContext.Pc = address;
        bench.Kernel.CurrentContext.A0 = value;
        bench.Kernel.Fault(12, address);
    }
}
