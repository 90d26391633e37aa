// Answers to messages (xous-abi 4.5 and 4.6). An answer is checked against the slot that the sender word names: server,
// state, client and kind must fit, so that a forged or repeated sender word is an error and touches nobody.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private void ReturnMemory(ref ThreadContext context)
    {
        uint sender = context.A1;
        XousError error = FindAnswered(sender, isMemory: true, out uint index, out uint slotIndex);
        if (error == XousError.None)
        {
            ref MessageSlot slot = ref Slot(index, slotIndex);
            error = slot.Word1 == context.A2 && slot.Word2 == context.A3
                ? Answer(index, slotIndex, ResultTag.MemoryReturned, context.A4, context.A5, 0, 0, 0)
                : XousError.BadAddress;
        }

        FinishAnswer(ref context, sender, error);
    }

    private void ReturnScalar(ref ThreadContext context, ResultTag tag)
    {
        uint sender = context.A1;
        XousError error = FindAnswered(sender, isMemory: false, out uint index, out uint slotIndex);
        if (error == XousError.None)
        {
            error = tag switch
            {
                ResultTag.Scalar1 => Answer(index, slotIndex, tag, context.A2, 0, 0, 0, 0),
                ResultTag.Scalar2 => Answer(index, slotIndex, tag, context.A2, context.A3, 0, 0, 0),
                _ => Answer(index, slotIndex, tag, context.A2, context.A3, context.A4, context.A5, context.A6),
            };
        }

        FinishAnswer(ref context, sender, error);
    }

    private void ReplyAndReceiveNext(ref ThreadContext context)
    {
        uint sender = context.A1;
        uint index = (sender >> 16) & 0xFF;
        uint slotIndex = sender & 0xFFFF;
        bool isMemory = index < Server.Limit && servers[(int)index].Owner == CurrentProcess && slotIndex < Server.SlotCount
            && Slot(index, slotIndex).IsMemory;
        XousError error = FindAnswered(sender, isMemory, out index, out slotIndex);
        if (error != XousError.None)
        {
            context.Answer(error);
            return;
        }

        if (isMemory)
        {
            error = Answer(index, slotIndex, ResultTag.MemoryReturned, context.A5, context.A6, 0, 0, 0);
        }
        else
        {
            error = context.A7 switch
            {
                1 => Answer(index, slotIndex, ResultTag.Scalar1, context.A3, 0, 0, 0, 0),
                2 => Answer(index, slotIndex, ResultTag.Scalar2, context.A3, context.A4, 0, 0, 0),
                _ => Answer(index, slotIndex, ResultTag.Scalar5, context.A2, context.A3, context.A4, context.A5, context.A6),
            };
        }

        // A client that has ended is no reason to stop serving the others.
        if (error is not (XousError.None or XousError.ProcessNotFound))
        {
            context.Answer(error);
            return;
        }

        if (!TakeMessage(index, ref context))
        {
            Park(index);
        }

        if (error == XousError.None)
        {
            RunOrSchedule(sender >> 24, Slot(index, slotIndex).ClientThread);
        }
        else
        {
            RunOrSchedule(CurrentProcess, CurrentThread);
        }
    }

    /// <summary>The slot that a sender word names, if its message is with a server of the running process and of this sort.</summary>
    private XousError FindAnswered(uint sender, bool isMemory, out uint index, out uint slotIndex)
    {
        index = (sender >> 16) & 0xFF;
        slotIndex = sender & 0xFFFF;
        if (index >= Server.Limit || servers[(int)index].Owner != CurrentProcess)
        {
            return XousError.ServerNotFound;
        }

        if (slotIndex >= Server.SlotCount)
        {
            return XousError.BadAddress;
        }

        ref MessageSlot slot = ref Slot(index, slotIndex);
        return slot.State is SlotState.Delivered or SlotState.Orphaned && slot.ClientProcess == sender >> 24 && slot.IsMemory == isMemory
            ? XousError.None
            : XousError.DoubleFree;
    }

    /// <summary>Frees the slot, and wakes the client with the answer; ProcessNotFound if it has ended.</summary>
    private XousError Answer(uint index, uint slotIndex, ResultTag tag, uint a1, uint a2, uint a3, uint a4, uint a5)
    {
        ref Server server = ref servers[(int)index];
        ref MessageSlot slot = ref Slot(index, slotIndex);
        bool isOrphan = slot.State == SlotState.Orphaned;
        if (slot.IsLent && isOrphan)
        {
            if (!HoldsAll(server.Owner, 0, ref slot))
            {
                return XousError.ShareViolation;
            }

            Discard(server.Owner, ref slot);
        }
        else if (slot.IsLent)
        {
            if (!HoldsAll(server.Owner, slot.ClientProcess, ref slot))
            {
                return XousError.ShareViolation;
            }

            GiveBack(server.Owner, slot.ClientProcess, ref slot);
        }

        server.Unanswered--;
        FreeSlot(index, slotIndex);
        if (isOrphan)
        {
            return XousError.ProcessNotFound;
        }

        Context(slot.ClientProcess, slot.ClientThread).Answer(tag, a1, a2, a3, a4, a5);
        MakeReady(slot.ClientProcess, slot.ClientThread);
        return XousError.None;
    }

    /// <summary>The client goes on at once, except when an interrupt handler has answered.</summary>
    private void FinishAnswer(ref ThreadContext context, uint sender, XousError error)
    {
        context.Answer(error);
        if (error == XousError.None && !IsInInterrupt)
        {
            // A free slot keeps its client until it is used again.
            RunOrSchedule(sender >> 24, Slot((sender >> 16) & 0xFF, sender & 0xFFFF).ClientThread);
        }
    }
}
