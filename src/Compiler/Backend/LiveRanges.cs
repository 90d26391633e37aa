// Where each register is live, over the instructions numbered in layout order. Instruction i reads at position 2i and
// writes at 2i + 1, so that a result may take the register of an operand that ends there.

using System.Numerics;

namespace XousCloud.Compiler.Backend;

/// <summary>Positions from Start up to, but without, End.</summary>
internal readonly record struct Segment(int Start, int End);

internal sealed class LiveRanges
{
    private readonly MachineBody body;
    private readonly Dictionary<int, int> globals = [];
    private readonly List<int> globalRegisters = [];
    private readonly int[] openEnds;
    private readonly int[] openPhysical = new int[Registers.FirstVirtual];
    private readonly int[] starts;
    private ulong[][] liveOut = [];

    private LiveRanges(MachineBody body)
    {
        this.body = body;
        starts = new int[body.Blocks.Count];
        openEnds = new int[body.RegisterCount];
        Ranges = new List<Segment>?[body.RegisterCount];
        Weights = new double[body.RegisterCount];
    }

    /// <summary>By register number; ascending, disjoint and not touching. Null for registers that do not occur.</summary>
    public List<Segment>?[] Ranges { get; }

    /// <summary>How often each register is read or written in a run of the function.</summary>
    public double[] Weights { get; }

    /// <summary>For each physical register where instructions use it by its number.</summary>
    public Occupancy[] Fixed { get; } = new Occupancy[Registers.FirstVirtual];

    public int PositionCount { get; private set; }

    public static LiveRanges Find(MachineBody body)
    {
        LiveRanges ranges = new(body);
        ranges.FindGlobals();
        ranges.Flow();
        ranges.Build();
        return ranges;
    }

    /// <summary>Whether the register's content at the block's start may be read; for the body as it was analyzed.</summary>
    public bool IsLiveInto(MachineBlock block, int register) =>
        Ranges[register] is { } range && range.Exists(segment => segment.Start <= starts[block.Id] && starts[block.Id] < segment.End);

    /// <summary>Whether two ranges have a position in common.</summary>
    public static bool Intersect(List<Segment> a, List<Segment> b)
    {
        int i = 0;
        int j = 0;
        while (i < a.Count && j < b.Count)
        {
            if (a[i].End <= b[j].Start)
            {
                i++;
            }
            else if (b[j].End <= a[i].Start)
            {
                j++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public static List<Segment> Union(List<Segment> a, List<Segment> b)
    {
        List<Segment> union = new(a.Count + b.Count);
        int i = 0;
        int j = 0;
        while (i < a.Count || j < b.Count)
        {
            Segment next = j == b.Count || (i < a.Count && a[i].Start < b[j].Start) ? a[i++] : b[j++];
            if (union.Count > 0 && union[^1].End >= next.Start)
            {
                union[^1] = new Segment(union[^1].Start, Math.Max(union[^1].End, next.End));
            }
            else
            {
                union.Add(next);
            }
        }

        return union;
    }

    /// <summary>Registers that some block reads before it writes them: only these can be live between blocks.</summary>
    private void FindGlobals()
    {
        int[] writtenIn = new int[body.RegisterCount];
        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (int register in instruction.ReadRegisters())
                {
                    if (Registers.IsVirtual(register) && writtenIn[register] != block.Id + 1 && globals.TryAdd(register, globals.Count))
                    {
                        globalRegisters.Add(register);
                    }
                }

                foreach (int register in instruction.WrittenRegisters())
                {
                    writtenIn[register] = block.Id + 1;
                }
            }
        }
    }

    private void Flow()
    {
        int words = (globals.Count + 63) / 64;
        int count = body.Blocks.Count;
        ulong[][] reads = new ulong[count][];
        ulong[][] writes = new ulong[count][];
        ulong[][] liveIn = new ulong[count][];
        liveOut = new ulong[count][];
        foreach (MachineBlock block in body.Blocks)
        {
            ulong[] read = reads[block.Id] = new ulong[words];
            ulong[] written = writes[block.Id] = new ulong[words];
            liveOut[block.Id] = new ulong[words];
            foreach (Instruction instruction in block.Code)
            {
                foreach (int register in instruction.ReadRegisters())
                {
                    if (globals.TryGetValue(register, out int index) && (written[index / 64] >> index & 1) == 0)
                    {
                        read[index / 64] |= 1UL << index;
                    }
                }

                foreach (int register in instruction.WrittenRegisters())
                {
                    if (globals.TryGetValue(register, out int index))
                    {
                        written[index / 64] |= 1UL << index;
                    }
                }
            }

            liveIn[block.Id] = (ulong[])read.Clone();
        }

        List<MachineBlock> order = MachineLoops.ReversePostorder(body);
        order.Reverse();
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (MachineBlock block in order)
            {
                ulong[] after = liveOut[block.Id];
                ulong[] before = liveIn[block.Id];
                ulong[] written = writes[block.Id];
                foreach (MachineBlock successor in block.Successors())
                {
                    ulong[] from = liveIn[successor.Id];
                    for (int i = 0; i < words; i++)
                    {
                        after[i] |= from[i];
                    }
                }

                for (int i = 0; i < words; i++)
                {
                    ulong now = before[i] | (after[i] & ~written[i]);
                    changed |= now != before[i];
                    before[i] = now;
                }
            }
        }
    }

    private void Build()
    {
        int total = body.Blocks.Sum(block => block.Code.Count);
        PositionCount = 2 * total;
        for (int i = 0; i < Fixed.Length; i++)
        {
            Fixed[i] = new Occupancy(PositionCount);
        }

        int index = total;
        List<int> open = [];
        for (int b = body.Blocks.Count - 1; b >= 0; b--)
        {
            MachineBlock block = body.Blocks[b];
            int blockEnd = 2 * index;
            ulong[] after = liveOut[block.Id];
            for (int word = 0; word < after.Length; word++)
            {
                for (ulong bits = after[word]; bits != 0; bits &= bits - 1)
                {
                    int register = globalRegisters[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                    openEnds[register] = blockEnd;
                    open.Add(register);
                }
            }

            for (int i = block.Code.Count - 1; i >= 0; i--)
            {
                Visit(block.Code[i], 2 * --index, block.Frequency, open);
            }

            int blockStart = 2 * index;
            starts[block.Id] = blockStart;
            foreach (int register in open)
            {
                if (openEnds[register] != 0)
                {
                    AddSegment(register, blockStart);
                }
            }

            open.Clear();
            for (int register = 0; register < openPhysical.Length; register++)
            {
                if (openPhysical[register] != 0)
                {
                    Fixed[register].Add(new Segment(blockStart, openPhysical[register]));
                    openPhysical[register] = 0;
                }
            }
        }

        foreach (List<Segment>? range in Ranges)
        {
            range?.Reverse();
        }
    }

    private void Visit(Instruction instruction, int position, double frequency, List<int> open)
    {
        int write = instruction.WritesEarly ? position : position + 1;
        int readEnd = instruction.WritesEarly ? position + 2 : position + 1;
        foreach (int register in instruction.WrittenRegisters())
        {
            Weights[register] += frequency;
            if (Registers.IsVirtual(register))
            {
                openEnds[register] = Math.Max(openEnds[register], position + 2);
                AddSegment(register, write);
            }
            else
            {
                WritePhysical(register, position + 1);
            }
        }

        for (uint bits = instruction.Writes; bits != 0; bits &= bits - 1)
        {
            WritePhysical(BitOperations.TrailingZeroCount(bits), position + 1);
        }

        foreach (int register in instruction.ReadRegisters())
        {
            Weights[register] += frequency;
            if (!Registers.IsVirtual(register))
            {
                openPhysical[register] = Math.Max(openPhysical[register], readEnd);
            }
            else if (openEnds[register] == 0)
            {
                openEnds[register] = readEnd;
                open.Add(register);
            }
        }

        for (uint bits = instruction.Reads; bits != 0; bits &= bits - 1)
        {
            int register = BitOperations.TrailingZeroCount(bits);
            openPhysical[register] = Math.Max(openPhysical[register], readEnd);
        }
    }

    private void WritePhysical(int register, int position)
    {
        Fixed[register].Add(new Segment(position, Math.Max(openPhysical[register], position + 1)));
        openPhysical[register] = 0;
    }

    private void AddSegment(int register, int start)
    {
        List<Segment> range = Ranges[register] ??= [];
        int end = openEnds[register];
        openEnds[register] = 0;

        // Segments come in descending order; one that touches the last is joined to it.
        if (range.Count > 0 && range[^1].Start <= end)
        {
            range[^1] = new Segment(start, Math.Max(end, range[^1].End));
        }
        else
        {
            range.Add(new Segment(start, end));
        }
    }
}

/// <summary>A set of positions.</summary>
internal sealed class Occupancy(int positions)
{
    private ulong[] words = new ulong[(positions + 64) / 64];

    public Occupancy Clone()
    {
        Occupancy clone = new(0) { words = (ulong[])words.Clone() };
        return clone;
    }

    public void Add(Segment segment) => Change(segment, true);

    public void Add(List<Segment> range)
    {
        foreach (Segment segment in range)
        {
            Change(segment, true);
        }
    }

    public void Remove(List<Segment> range)
    {
        foreach (Segment segment in range)
        {
            Change(segment, false);
        }
    }

    public bool Contains(int position) => (words[position / 64] >> position & 1) != 0;

    public bool Intersects(List<Segment> range)
    {
        foreach (Segment segment in range)
        {
            int first = segment.Start / 64;
            int last = (segment.End - 1) / 64;
            for (int i = first; i <= last; i++)
            {
                if ((words[i] & Mask(segment, i)) != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void Change(Segment segment, bool isMember)
    {
        int last = (segment.End - 1) / 64;
        for (int i = segment.Start / 64; i <= last; i++)
        {
            words[i] = isMember ? words[i] | Mask(segment, i) : words[i] & ~Mask(segment, i);
        }
    }

    private static ulong Mask(Segment segment, int word)
    {
        ulong mask = ulong.MaxValue;
        if (word == segment.Start / 64)
        {
            mask &= ulong.MaxValue << segment.Start;
        }

        if (word == (segment.End - 1) / 64)
        {
            mask &= ulong.MaxValue >> (63 - ((segment.End - 1) & 63));
        }

        return mask;
    }
}
