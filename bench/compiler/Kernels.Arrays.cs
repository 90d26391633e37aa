// Sorting, searching and folding of spans.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    private interface IFoldOperator
    {
        static abstract uint Apply(uint accumulator, uint value);
    }

    private struct RotateOperator : IFoldOperator
    {
        public static uint Apply(uint accumulator, uint value) => RotateLeft(accumulator, 5) ^ value;
    }

    private struct MaximumOperator : IFoldOperator
    {
        public static uint Apply(uint accumulator, uint value) => value > accumulator ? value : accumulator;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void InsertionSort(Span<int> values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            int value = values[i];
            int at = i - 1;
            while (at >= 0 && values[at] > value)
            {
                values[at + 1] = values[at];
                at--;
            }

            values[at + 1] = value;
        }
    }

    public static uint RunInsertionSort()
    {
        Span<int> values = new Span<int>(Memory, 96);
        uint sum = 0;
        uint state = 81;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                state = (state * 1664525) + 1013904223;
                values[i] = (int)(state ^ (state >> 16));
            }

            InsertionSort(values);
            for (int i = 0; i < values.Length; i += 5)
            {
                sum = (sum * 31) + (uint)values[i];
            }
        }

        return sum;
    }

    // Makes the heap first (start > 0), then takes the greatest value from it again and again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void HeapSort(Span<int> values)
    {
        int start = values.Length >> 1;
        int end = values.Length;
        while (end > 1)
        {
            if (start > 0)
            {
                start--;
            }
            else
            {
                end--;
                int last = values[end];
                values[end] = values[0];
                values[0] = last;
            }

            int root = start;
            int value = values[root];
            while (true)
            {
                int child = (root << 1) + 1;
                if (child >= end)
                {
                    break;
                }

                if (child + 1 < end && values[child] < values[child + 1])
                {
                    child++;
                }

                if (value >= values[child])
                {
                    break;
                }

                values[root] = values[child];
                root = child;
            }

            values[root] = value;
        }
    }

    public static uint RunHeapSort()
    {
        Span<int> values = new Span<int>(Memory, 200);
        uint sum = 0;
        uint state = 91;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                state = (state * 1664525) + 1013904223;
                values[i] = (int)(state ^ (state >> 16));
            }

            HeapSort(values);
            for (int i = 0; i < values.Length; i += 9)
            {
                sum = (sum * 31) + (uint)values[i];
            }
        }

        return sum;
    }

    // Where the key is, or the complement of where it would be.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int BinarySearch(ReadOnlySpan<uint> values, uint key)
    {
        int low = 0;
        int high = values.Length - 1;
        while (low <= high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            uint value = values[middle];
            if (value == key)
            {
                return middle;
            }

            if (value < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    public static uint RunBinarySearch()
    {
        Span<uint> values = new Span<uint>(Memory, 512);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (uint)((i * 7) + (i & 3));
        }

        uint sum = 0;
        for (uint i = 0; i < 600; i++)
        {
            sum = (sum * 31) + (uint)BinarySearch(values, (i * 1663) & 4095);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fold<TOperator>(ReadOnlySpan<uint> values, uint seed)
        where TOperator : struct, IFoldOperator
    {
        uint accumulator = seed;
        foreach (uint value in values)
        {
            accumulator = TOperator.Apply(accumulator, value);
        }

        return accumulator;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint FoldRotate(ReadOnlySpan<uint> values, uint seed) => Fold<RotateOperator>(values, seed);

    public static uint RunFoldRotate()
    {
        Span<uint> values = new Span<uint>(Memory, 256);
        Fill(values, 101);
        uint sum = 0;
        for (int i = 0; i < 24; i++)
        {
            sum = (sum * 31) + FoldRotate(values.Slice(i, 220), (uint)i);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint FoldMaximum(ReadOnlySpan<uint> values, uint seed) => Fold<MaximumOperator>(values, seed);

    public static uint RunFoldMaximum()
    {
        Span<uint> values = new Span<uint>(Memory, 256);
        Fill(values, 103);
        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            sum = (sum * 31) + FoldMaximum(values.Slice(i * 4, 120 - i), (uint)i);
        }

        return sum;
    }
}
