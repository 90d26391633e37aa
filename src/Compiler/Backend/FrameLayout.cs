// Gives the frame's objects their offsets from sp: arguments for callees at the bottom as the convention wants it, then
// saved registers and spilled values, which the short instructions reach, then locals, small ones first.

using System.Numerics;

namespace XousCloud.Compiler.Backend;

internal sealed class FrameLayout
{
    private const int StackAlignment = 16;

    private FrameLayout(int size, List<(int Register, int Offset)> saved)
    {
        Size = size;
        Saved = saved;
    }

    /// <summary>Bytes, a multiple of 16.</summary>
    public int Size { get; }

    /// <summary>Registers that are saved, with their offsets from sp.</summary>
    public List<(int Register, int Offset)> Saved { get; }

    public static FrameLayout Compute(MachineBody body)
    {
        uint written = 0;
        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                if (instruction.Frame is { } used)
                {
                    used.IsUsed = true;
                }

                foreach (int register in instruction.WrittenRegisters())
                {
                    written |= 1u << register;
                }

                written |= instruction.NeedsReturnAddressSaved ? 1u << Registers.Ra : 0;
            }
        }

        int offset = 0;
        foreach (FrameObject outgoing in body.Frame.Where(item => item is { Area: FrameArea.Outgoing, IsUsed: true }))
        {
            offset = Math.Max(offset, outgoing.Size);
        }

        List<(int Register, int Offset)> saved = [];
        for (uint bits = written & (Registers.CalleeSaved | (1u << Registers.Ra)); bits != 0; bits &= bits - 1)
        {
            saved.Add((BitOperations.TrailingZeroCount(bits), offset));
            offset += 4;
        }

        IEnumerable<FrameObject> inner = body.Frame
            .Where(item => item.Area is FrameArea.Spill or FrameArea.Slot)
            .OrderBy(item => item.Area).ThenBy(item => item.Size);
        foreach (FrameObject item in inner)
        {
            if (item.IsUsed)
            {
                offset = (offset + item.Alignment - 1) & -item.Alignment;
                item.Offset = offset;
                offset += item.Size;
            }
        }

        int size = (offset + StackAlignment - 1) & -StackAlignment;
        foreach (FrameObject incoming in body.Frame.Where(item => item.Area == FrameArea.Incoming))
        {
            incoming.Offset = size + incoming.Size;
        }

        return new FrameLayout(size, saved);
    }
}
