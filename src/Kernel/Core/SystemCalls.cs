// The one way into the kernel on purpose (xous-abi 3): a0 says which call, a1 to a7 are its arguments, and a0 to a7 are
// its answer.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>
    /// Executes the ecall of the running thread, whose program counter is behind it already. The supervisor has set
    /// <see cref="Random"/> if <see cref="NeedsRandom"/> says so.
    /// </summary>
    /// <param name="context"><see cref="CurrentContext"/>, which the caller has at hand.</param>
    public void SystemCall(ref ThreadContext context)
    {
        var number = (SystemCallNumber)context.A0;
        if (IsInInterrupt && !MayBeCalledInInterrupt(number))
        {
            context.Answer(XousError.InvalidSyscall);
            return;
        }

        switch (number)
        {
            case SystemCallNumber.SendMessage: SendMessage(ref context, canWait: true); break;
            case SystemCallNumber.TrySendMessage: SendMessage(ref context, canWait: false); break;
            case SystemCallNumber.ReceiveMessage: ReceiveMessage(ref context, canWait: true); break;
            case SystemCallNumber.TryReceiveMessage: ReceiveMessage(ref context, canWait: false); break;
            case SystemCallNumber.ReplyAndReceiveNext: ReplyAndReceiveNext(ref context); break;
            case SystemCallNumber.ReturnScalar1: ReturnScalar(ref context, ResultTag.Scalar1); break;
            case SystemCallNumber.ReturnScalar2: ReturnScalar(ref context, ResultTag.Scalar2); break;
            case SystemCallNumber.ReturnScalar5: ReturnScalar(ref context, ResultTag.Scalar5); break;
            case SystemCallNumber.ReturnMemory: ReturnMemory(ref context); break;

            case SystemCallNumber.MapMemory: MapMemory(ref context); break;
            case SystemCallNumber.UnmapMemory: UnmapMemory(ref context); break;
            case SystemCallNumber.UpdateMemoryFlags: UpdateMemoryFlags(ref context); break;
            case SystemCallNumber.IncreaseHeap: IncreaseHeap(ref context); break;
            case SystemCallNumber.DecreaseHeap: DecreaseHeap(ref context); break;
            case SystemCallNumber.AdjustProcessLimit: AdjustProcessLimit(ref context); break;
            case SystemCallNumber.VirtToPhys: VirtToPhys(ref context); break;

            case SystemCallNumber.CreateServerWithAddress:
                CreateServer(ref context, new ServerId(context.A1, context.A2, context.A3, context.A4));
                break;
            case SystemCallNumber.CreateServer: CreateServer(ref context, Random); break;
            case SystemCallNumber.CreateServerId:
                context.Answer(ResultTag.ServerId, Random.Word0, Random.Word1, Random.Word2, Random.Word3);
                break;
            case SystemCallNumber.DestroyServer: DestroyServer(ref context); break;
            case SystemCallNumber.Connect:
                Connect(ref context, CurrentProcess, new ServerId(context.A1, context.A2, context.A3, context.A4), canWait: true);
                break;
            case SystemCallNumber.TryConnect:
                Connect(ref context, CurrentProcess, new ServerId(context.A1, context.A2, context.A3, context.A4), canWait: false);
                break;
            case SystemCallNumber.ConnectForProcess:
                Connect(ref context, context.A1, new ServerId(context.A2, context.A3, context.A4, context.A5), canWait: true);
                break;
            case SystemCallNumber.Disconnect: Disconnect(ref context); break;

            case SystemCallNumber.CreateThread: CreateThread(ref context); break;
            case SystemCallNumber.JoinThread: JoinThread(ref context); break;
            case SystemCallNumber.GetThreadId: context.Answer(ResultTag.ThreadId, CurrentThread); break;
            case SystemCallNumber.GetProcessId: context.Answer(ResultTag.ProcessId, CurrentProcess); break;
            case SystemCallNumber.CreateProcess: CreateProcess(ref context); break;
            case SystemCallNumber.TerminateProcess: EndProcess(CurrentProcess); break;
            case SystemCallNumber.SetExceptionHandler: SetExceptionHandler(ref context); break;

            case SystemCallNumber.ClaimInterrupt: ClaimInterrupt(ref context); break;
            case SystemCallNumber.FreeInterrupt: FreeInterrupt(ref context); break;
            case SystemCallNumber.ReturnToParent: ReturnToParent(ref context); break;
            case SystemCallNumber.Yield: Yield(ref context); break;
            case SystemCallNumber.WaitEvent:
                Block(CurrentProcess, CurrentThread, new Wait(WaitKind.Ever));
                ScheduleNext();
                break;
            case SystemCallNumber.RawTrng:
                context.Answer(ResultTag.Scalar5, Random.Word0, Random.Word1, Random.Word2, Random.Word3);
                break;

            default: context.Answer(XousError.UnhandledSyscall); break;
        }
    }

    private static bool MayBeCalledInInterrupt(SystemCallNumber number) => number
        is SystemCallNumber.ReturnToParent or SystemCallNumber.ClaimInterrupt or SystemCallNumber.FreeInterrupt
        or SystemCallNumber.TrySendMessage or SystemCallNumber.TryConnect or SystemCallNumber.TryReceiveMessage
        or SystemCallNumber.ReturnMemory or SystemCallNumber.ReturnScalar1 or SystemCallNumber.ReturnScalar2
        or SystemCallNumber.ReturnScalar5;

    private void Yield(ref ThreadContext context)
    {
        context.Answer(XousError.None);
        ScheduleNext();
    }

    /// <summary>In an interrupt handler: when it returns, the turn of the interrupted thread is over.</summary>
    private void ReturnToParent(ref ThreadContext context)
    {
        context.Answer(XousError.None);
        if (IsInInterrupt)
        {
            endsTurn = true;
        }
        else
        {
            ScheduleNext();
        }
    }

    private void SetExceptionHandler(ref ThreadContext context)
    {
        ref Process process = ref processes[(int)CurrentProcess];
        process.ExceptionHandler = context.A1;
        process.ExceptionStack = context.A2;
        context.Answer(XousError.None);
    }
}
