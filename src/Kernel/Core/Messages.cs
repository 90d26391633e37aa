// Sending and receiving (xous-abi 4). A message goes straight to a parked thread of the server, or into the server's
// queue; a sender that waits for an answer has a slot either way.

using System.Numerics;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>In the sender word of a message that no answer is expected to: names no slot.</summary>
    private const uint NoAnswer = 0xFFFF;

    private void SendMessage(ref ThreadContext context, bool canWait)
    {
        uint type = context.A2;
        if (type - 1 > (uint)MessageKind.BlockingScalar)
        {
            context.Answer(XousError.UnhandledSyscall);
            return;
        }

        var kind = (MessageKind)(type - 1);
        bool isMemory = kind <= MessageKind.Move;
        bool isBlocking = kind is not (MessageKind.Move or MessageKind.Scalar);
        if (IsInInterrupt && (canWait || isBlocking))
        {
            context.Answer(XousError.InvalidSyscall);
            return;
        }

        XousError error = isMemory ? CheckBuffer(kind, context.A4, context.A5) : XousError.None;
        uint index = 0;
        if (error == XousError.None)
        {
            error = FindConnection(CurrentProcess, context.A1, out index);
        }

        if (error != XousError.None)
        {
            context.Answer(error);
            return;
        }

        ref Server server = ref servers[(int)index];
        bool needsSlot = isBlocking || server.Parked == 0;
        if (needsSlot && server.FirstFree == Server.NoSlot)
        {
            if (canWait)
            {
                server.IsAwaited = true;
                BlockAndRetry(new Wait(WaitKind.Slot, (byte)index));
            }
            else
            {
                context.Answer(XousError.ServerQueueFull);
            }

            return;
        }

        uint word1 = context.A4;
        if (isMemory)
        {
            error = Transfer(CurrentProcess, server.Owner, kind, context.A4, context.A5, out word1);
            if (error != XousError.None)
            {
                context.Answer(error);
                return;
            }
        }

        uint slotIndex = NoAnswer;
        if (needsSlot)
        {
            slotIndex = server.FirstFree;
            ref MessageSlot slot = ref Slot(index, slotIndex);
            server.FirstFree = slot.Next;
            slot = new MessageSlot
            {
                State = SlotState.Queued,
                Kind = kind,
                ClientProcess = (byte)CurrentProcess,
                ClientThread = (byte)CurrentThread,
                Next = Server.NoSlot,
                Id = context.A3,
                Word1 = word1,
                Word2 = context.A5,
                Word3 = context.A6,
                Word4 = context.A7,
                ClientAddress = context.A4,
            };
        }

        uint thread = (uint)BitOperations.TrailingZeroCount(server.Parked);
        if (server.Parked != 0)
        {
            server.Parked &= server.Parked - 1;
            MakeReady(server.Owner, thread);
            Context(server.Owner, thread).Answer(
                ResultTag.MessageEnvelope,
                SenderOf(CurrentProcess, index, slotIndex),
                (uint)kind, context.A3, word1, context.A5, context.A6, context.A7);
            if (!isBlocking)
            {
                context.Answer(XousError.None);
                return;
            }

            Slot(index, slotIndex).State = SlotState.Delivered;
            server.Unanswered++;
            Block(CurrentProcess, CurrentThread, new Wait(WaitKind.Answer, (byte)index, (byte)slotIndex));
            RunOrSchedule(server.Owner, thread);
            return;
        }

        Enqueue(ref server, index, (byte)slotIndex);
        if (isBlocking)
        {
            Block(CurrentProcess, CurrentThread, new Wait(WaitKind.Answer, (byte)index, (byte)slotIndex));
            ScheduleNext();
        }
        else
        {
            context.Answer(XousError.None);
        }
    }

    private static XousError CheckBuffer(MessageKind kind, uint address, uint length)
    {
        if (address == 0 || length == 0)
        {
            return XousError.UnhandledSyscall;
        }

        if (((address | length) & (AddressMap.PageSize - 1)) != 0)
        {
            return kind == MessageKind.Move ? XousError.BadAddress : XousError.BadAlignment;
        }

        return IsUserRange(address, length) ? XousError.None : XousError.BadAddress;
    }

    private static uint SenderOf(uint process, uint server, uint slot) => (process << 24) | (server << 16) | slot;

    private void Enqueue(ref Server server, uint index, byte slot)
    {
        if (server.FirstQueued == Server.NoSlot)
        {
            server.FirstQueued = slot;
        }
        else
        {
            Slot(index, server.LastQueued).Next = slot;
        }

        server.LastQueued = slot;
    }

    private void FreeSlot(uint index, uint slotIndex)
    {
        ref Server server = ref servers[(int)index];
        ref MessageSlot slot = ref Slot(index, slotIndex);
        slot.State = SlotState.Free;
        slot.Next = server.FirstFree;
        server.FirstFree = (byte)slotIndex;
        if (server.IsAwaited)
        {
            server.IsAwaited = false;
            WakeAll(WaitKind.Slot, index);
        }
    }

    private void ReceiveMessage(ref ThreadContext context, bool canWait)
    {
        if (!FindServer(new ServerId(context.A1, context.A2, context.A3, context.A4), out uint index)
            || servers[(int)index].Owner != CurrentProcess)
        {
            context.Answer(XousError.ServerNotFound);
        }
        else if (!TakeMessage(index, ref context))
        {
            if (canWait)
            {
                Park(index);
                ScheduleNext();
            }
            else
            {
                context.Answer(ResultTag.None);
            }
        }
    }

    private void Park(uint server)
    {
        servers[(int)server].Parked |= 1u << (int)CurrentThread;
        Block(CurrentProcess, CurrentThread, new Wait(WaitKind.Message, (byte)server));
    }

    /// <summary>The first message of the queue, as the answer in <paramref name="context"/>. False: the queue is empty.</summary>
    private bool TakeMessage(uint index, ref ThreadContext context)
    {
        ref Server server = ref servers[(int)index];
        uint slotIndex = server.FirstQueued;
        if (slotIndex == Server.NoSlot)
        {
            return false;
        }

        ref MessageSlot slot = ref Slot(index, slotIndex);
        server.FirstQueued = slot.Next;
        // A call that nobody waits for any more comes as a plain scalar: its answer would find no one.
        MessageKind kind = slot.Kind == MessageKind.BlockingScalar && slot.IsOrphan ? MessageKind.Scalar : slot.Kind;
        bool isBlocking = kind is not (MessageKind.Move or MessageKind.Scalar);
        context.Answer(
            ResultTag.MessageEnvelope,
            SenderOf(slot.ClientProcess, index, isBlocking ? slotIndex : NoAnswer),
            (uint)kind, slot.Id, slot.Word1, slot.Word2, slot.Word3, slot.Word4);
        if (isBlocking)
        {
            slot.State = slot.IsOrphan ? SlotState.Orphaned : SlotState.Delivered;
            server.Unanswered++;
        }
        else
        {
            FreeSlot(index, slotIndex);
        }

        return true;
    }
}
