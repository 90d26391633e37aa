// A client of `echo`: says on the DUART, which it maps, what came back. Its last words are to an address it may not
// use.

using XousCloud.Guest;
using XousCloud.Kernel;
using XousCloud.Xous;

namespace Talk;

internal static unsafe class Program
{
    private const uint DuartPhysical = 0x4004_2000;
    private const uint Kernel = 0xFFD0_0000;
    private const uint BlockingRounds = 1000;

    private static readonly ServerId Name = new(0x6F68_6365, 1, 2, 3);
    private static uint duart;

    [Naked]
    [EntryPoint]
    public static void Enter()
    {
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Call(&Run);
    }

    private static void Run()
    {
        duart = SystemCall.MapMemory(DuartPhysical, 4096, MemoryFlags.Read | MemoryFlags.Write).Word1;
        uint connection = SystemCall.Connect(Name).Word1;
        Report("scalar"u8, SystemCall.SendBlockingScalar(connection, 1, 40, 2) is { Tag: ResultTag.Scalar1, Word1: 42 });

        uint sum = 0;
        for (uint i = 0; i < BlockingRounds; i++)
        {
            sum += SystemCall.SendBlockingScalar(connection, 1, i, 1).Word1;
        }

        Report("a thousand scalars"u8, sum == BlockingRounds * (BlockingRounds + 1) / 2);

        uint buffer = SystemCall.MapMemory(0, 8192, MemoryFlags.Read | MemoryFlags.Write).Word1;
        var words = new Span<uint>((uint*)buffer, 2048);
        words[0] = 7;
        words[2047] = 9;
        Answer answer = SystemCall.SendMemory(connection, MessageKind.MutableBorrow, 2, buffer, 8192);
        Report("lent pages"u8, answer.Tag == ResultTag.MemoryReturned && words[0] == 8 && words[1] == 1 && words[2047] == 10);

        answer = SystemCall.SendMemory(connection, MessageKind.MutableBorrow, 3, buffer, 8192);
        Report("a server's death"u8, answer.Error == XousError.ServerNotFound && words[0] == 8);

        Write("now the kernel\r\n"u8);
        words[0] = Volatile.Read(ref *(uint*)Kernel);
        Report("not reached"u8, false);
    }

    private static void Report(ReadOnlySpan<byte> name, bool isRight)
    {
        Write(name);
        Write(isRight ? ": ok\r\n"u8 : ": FAILED\r\n"u8);
    }

    private static void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            while (Mmio.Read32(duart + 8) != 0)
            {
            }

            Mmio.Write32(duart, value);
        }
    }
}
