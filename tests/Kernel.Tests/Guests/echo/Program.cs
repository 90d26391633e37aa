// A server. Message 1 answers the sum of two words; message 2 adds one to every word of the lent pages; message 3 ends
// the server with the message unanswered.

using XousCloud.Guest;
using XousCloud.Kernel;
using XousCloud.Xous;

namespace Echo;

internal static unsafe class Program
{
    private static readonly ServerId Name = new(0x6F68_6365, 1, 2, 3);

    [Naked]
    [EntryPoint]
    public static void Enter()
    {
        Assembler.LoadAddress(Register.Gp, LinkerSymbols.GlobalPointer());
        Assembler.Call(&Run);
    }

    private static void Run()
    {
        SystemCall.CreateServer(Name);
        Answer message = SystemCall.Receive(Name);
        while (true)
        {
            switch (message.Message)
            {
                case 1:
                    message = SystemCall.ReplyScalar1AndReceive(message.Sender, message.Address + message.Length);
                    continue;
                case 2:
                    foreach (ref uint word in new Span<uint>((uint*)message.Address, (int)message.Length / 4))
                    {
                        word++;
                    }

                    SystemCall.ReturnMemory(message.Sender, message.Address, message.Length);
                    break;
                default:
                    SystemCall.Terminate(0);
                    break;
            }

            message = SystemCall.Receive(Name);
        }
    }
}
