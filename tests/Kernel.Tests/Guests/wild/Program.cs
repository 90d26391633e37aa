// Calls the kernel with random numbers and random arguments, a hundred thousand times, from the seed in the second word
// of its first server's random identity. Calls that would wait for ever or end the process are left out.

using XousCloud.Guest;
using XousCloud.Kernel;
using XousCloud.Xous;

namespace Wild;

internal static class Program
{
    private const uint Calls = 100_000;
    private const uint NumberLimit = 50;
    private static uint state;

    [Naked]
    [EntryPoint]
    public static unsafe void Enter()
    {
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Call(&Run);
    }

    private static void Run()
    {
        state = SystemCall.Invoke(SystemCallNumber.CreateServerId).Word2 | 1;
        for (uint i = 0; i < Calls; i++)
        {
            var number = (SystemCallNumber)(Next() % NumberLimit);
            if (number is not (SystemCallNumber.TerminateProcess or SystemCallNumber.WaitEvent or SystemCallNumber.ReceiveMessage
                or SystemCallNumber.SendMessage or SystemCallNumber.Connect or SystemCallNumber.ConnectForProcess
                or SystemCallNumber.JoinThread or SystemCallNumber.CreateThread or SystemCallNumber.ReplyAndReceiveNext
                or SystemCallNumber.SetExceptionHandler))
            {
                // At most one page, or it would soon have unmapped its own code; messages that nobody waits for.
                uint second = number switch
                {
                    SystemCallNumber.UnmapMemory or SystemCallNumber.UpdateMemoryFlags => (Next() & 1) << 12,
                    SystemCallNumber.TrySendMessage => 3 + (Next() & 1),
                    _ => Argument(),
                };
                SystemCall.Invoke(number, Argument(), second, Argument(), Argument(), Argument(), Argument(), Argument());
            }
        }

        // The report of this process's death is the proof that it came here: a store to a page that is never mapped.
        unsafe
        {
            Volatile.Write(ref *(uint*)0xDEAD_0000, 0);
        }
    }

    /// <summary>Small numbers, pages of its own and of the kernel, and anything.</summary>
    private static uint Argument() => (Next() & 7) switch
    {
        0 or 1 or 2 => Next() & 31,
        3 => (Next() & 0xF) << 12,
        4 => 0x6000_0000 + ((Next() & 0xF) << 12),
        5 => 0x6100_0000 + ((Next() & 0x1FF) << 12),
        6 => 0xFF00_0000 + (Next() & 0xFF_F000),
        _ => Next(),
    };

    private static uint Next()
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
}
