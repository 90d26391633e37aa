// Algorithms: whole small programs as firmware has them. Sorts, allocators, lists, queues, hashes, codecs, parsers,
// matrices, state machines and page tables, each over spans on the stack.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Compiler.Cases;

file static class Bytes
{
    public static void Scramble(Span<byte> s, uint seed)
    {
        foreach (ref byte b in s)
        {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            seed += 0x9E3779B9;
            b = (byte)(seed >> 11);
        }
    }

    public static void Scramble(Span<int> s, uint seed)
    {
        foreach (ref int v in s)
        {
            seed = (seed * 1664525) + 1013904223;
            v = (int)seed >> 12;
        }
    }

    public static uint HashOf(ReadOnlySpan<byte> s)
    {
        uint h = 2166136261;
        foreach (byte b in s)
        {
            h = (h ^ b) * 16777619;
        }

        return h;
    }

    public static uint HashOf(ReadOnlySpan<int> s)
    {
        uint h = (uint)s.Length;
        foreach (int v in s)
        {
            h = (h * 31) + (uint)v;
        }

        return h;
    }
}

public static class AlgorithmsSorting
{
    private struct Record
    {
        public short Key;
        public byte Tag;
        public int Payload;
    }

    private static void Insertion(Span<int> s)
    {
        for (int i = 1; i < s.Length; i++)
        {
            int v = s[i];
            int j = i - 1;
            while (j >= 0 && s[j] > v)
            {
                s[j + 1] = s[j];
                j--;
            }

            s[j + 1] = v;
        }
    }

    private static void Quick(Span<int> s)
    {
        while (s.Length > 1)
        {
            int pivot = s[s.Length / 2];
            int i = 0;
            int j = s.Length - 1;
            while (i <= j)
            {
                while (s[i] < pivot)
                {
                    i++;
                }

                while (s[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (s[i], s[j]) = (s[j], s[i]);
                    i++;
                    j--;
                }
            }

            Quick(s[..(j + 1)]);
            s = s[i..];
        }
    }

    private static void SiftDown(Span<int> heap, int root)
    {
        int v = heap[root];
        while (true)
        {
            int child = (root * 2) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && heap[child + 1] > heap[child])
            {
                child++;
            }

            if (heap[child] <= v)
            {
                break;
            }

            heap[root] = heap[child];
            root = child;
        }

        heap[root] = v;
    }

    private static void Heap(Span<int> s)
    {
        for (int i = (s.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(s, i);
        }

        for (int end = s.Length - 1; end > 0; end--)
        {
            (s[0], s[end]) = (s[end], s[0]);
            SiftDown(s[..end], 0);
        }
    }

    private static void Merge(Span<int> s, Span<int> scratch)
    {
        if (s.Length < 2)
        {
            return;
        }

        int half = s.Length >> 1;
        Merge(s[..half], scratch);
        Merge(s[half..], scratch);
        s.CopyTo(scratch);
        int i = 0;
        int j = half;
        for (int k = 0; k < s.Length; k++)
        {
            s[k] = j >= s.Length || (i < half && scratch[i] <= scratch[j]) ? scratch[i++] : scratch[j++];
        }
    }

    private static void Shell(Span<int> s)
    {
        for (int gap = s.Length / 2; gap > 0; gap /= 2)
        {
            for (int i = gap; i < s.Length; i++)
            {
                int v = s[i];
                int j;
                for (j = i; j >= gap && s[j - gap] > v; j -= gap)
                {
                    s[j] = s[j - gap];
                }

                s[j] = v;
            }
        }
    }

    public static uint InsertionSort(uint seed, int length)
    {
        Span<int> s = stackalloc int[24];
        s = s[..((length & 15) + 3)];
        Bytes.Scramble(s, seed);
        Insertion(s);
        return Bytes.HashOf(s);
    }

    public static uint QuickSort(uint seed, int length)
    {
        Span<int> s = stackalloc int[48];
        s = s[..(length & 31)];
        Bytes.Scramble(s, seed);
        Quick(s);
        return Bytes.HashOf(s);
    }

    public static uint HeapSort(uint seed, int length)
    {
        Span<int> s = stackalloc int[32];
        s = s[..(length & 31)];
        Bytes.Scramble(s, seed);
        Heap(s);
        return Bytes.HashOf(s);
    }

    public static uint MergeSort(uint seed, int length)
    {
        Span<int> s = stackalloc int[32];
        Span<int> scratch = stackalloc int[32];
        s = s[..(length & 31)];
        Bytes.Scramble(s, seed);
        Merge(s, scratch);
        return Bytes.HashOf(s);
    }

    public static uint ShellSort(uint seed, int length)
    {
        Span<int> s = stackalloc int[32];
        s = s[..(length & 31)];
        Bytes.Scramble(s, seed);
        Shell(s);
        return Bytes.HashOf(s);
    }

    public static bool EverySortAgrees(uint seed, int length)
    {
        Span<int> storage = stackalloc int[100];
        int n = length & 15;
        Span<int> a = storage[..n];
        Span<int> b = storage.Slice(20, n);
        Span<int> c = storage.Slice(40, n);
        Span<int> d = storage.Slice(60, n);
        Bytes.Scramble(a, seed);
        a.CopyTo(b);
        a.CopyTo(c);
        a.CopyTo(d);
        Quick(a);
        Heap(b);
        Merge(c, storage[80..]);
        Shell(d);
        return a.SequenceEqual(b) && b.SequenceEqual(c) && c.SequenceEqual(d) && n > 2 && a[0] != a[^1];
    }

    public static uint CountingSortOfBytes(uint seed)
    {
        Span<byte> s = stackalloc byte[64];
        Span<byte> counts = stackalloc byte[16];
        Bytes.Scramble(s, seed);
        foreach (byte b in s)
        {
            counts[b >> 4]++;
        }

        int at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            for (; counts[i] > 0; counts[i]--)
            {
                s[at++] = (byte)i;
            }
        }

        return Bytes.HashOf(s);
    }

    public static uint SelectionSortOfRecords(uint seed, bool descending)
    {
        Span<Record> s = stackalloc Record[10];
        for (int i = 0; i < s.Length; i++)
        {
            seed = (seed * 1103515245) + 12345;
            s[i] = new Record { Key = (short)(seed >> 16), Tag = (byte)i, Payload = (int)seed };
        }

        for (int i = 0; i < s.Length; i++)
        {
            ref Record best = ref s[i];
            for (int j = i + 1; j < s.Length; j++)
            {
                if (descending ? s[j].Key > best.Key : s[j].Key < best.Key)
                {
                    best = ref s[j];
                }
            }

            (best, s[i]) = (s[i], best);
        }

        uint h = 1;
        foreach (ref readonly Record r in s)
        {
            h = (h * 31) + (uint)(r.Key + (r.Tag << 16)) + (uint)r.Payload;
        }

        return h;
    }

    public static int BinarySearchLowerBound(uint seed, int target)
    {
        Span<int> s = stackalloc int[20];
        Bytes.Scramble(s, seed);
        Insertion(s);
        int low = 0;
        int high = s.Length;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (s[middle] < target)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public static int QuickSelectMedian(uint seed, int k)
    {
        Span<int> s = stackalloc int[17];
        Bytes.Scramble(s, seed);
        k &= 15;
        int low = 0;
        int high = s.Length - 1;
        while (low < high)
        {
            int pivot = s[high];
            int store = low;
            for (int i = low; i < high; i++)
            {
                if (s[i] < pivot)
                {
                    (s[i], s[store]) = (s[store], s[i]);
                    store++;
                }
            }

            (s[store], s[high]) = (s[high], s[store]);
            if (store == k)
            {
                break;
            }

            if (store < k)
            {
                low = store + 1;
            }
            else
            {
                high = store - 1;
            }
        }

        return s[k];
    }
}

public static class AlgorithmsContainers
{
    private struct Node
    {
        public short Next;
        public short Previous;
        public int Value;
    }

    private ref struct List(Span<Node> nodes)
    {
        private readonly Span<Node> nodes = nodes;
        private short free = -1;

        public short Head = -1;
        public short Tail = -1;

        public void Initialise()
        {
            for (int i = nodes.Length - 1; i >= 0; i--)
            {
                nodes[i].Next = free;
                free = (short)i;
            }
        }

        public bool Append(int value)
        {
            if (free < 0)
            {
                return false;
            }

            short at = free;
            ref Node n = ref nodes[at];
            free = n.Next;
            n = new Node { Next = -1, Previous = Tail, Value = value };
            if (Tail >= 0)
            {
                nodes[Tail].Next = at;
            }
            else
            {
                Head = at;
            }

            Tail = at;
            return true;
        }

        public void Remove(short at)
        {
            ref Node n = ref nodes[at];
            if (n.Previous >= 0)
            {
                nodes[n.Previous].Next = n.Next;
            }
            else
            {
                Head = n.Next;
            }

            if (n.Next >= 0)
            {
                nodes[n.Next].Previous = n.Previous;
            }
            else
            {
                Tail = n.Previous;
            }

            n.Next = free;
            free = at;
        }

        public readonly short Find(int value)
        {
            for (short at = Head; at >= 0; at = nodes[at].Next)
            {
                if (nodes[at].Value == value)
                {
                    return at;
                }
            }

            return -1;
        }

        public readonly uint Walk()
        {
            uint h = 1;
            for (short at = Head; at >= 0; at = nodes[at].Next)
            {
                h = (h * 31) + (uint)nodes[at].Value + ((uint)at << 8);
            }

            for (short at = Tail; at >= 0; at = nodes[at].Previous)
            {
                h = (h * 33) ^ (uint)nodes[at].Value;
            }

            return h;
        }
    }

    private ref struct Ring(Span<byte> storage)
    {
        private readonly Span<byte> storage = storage;
        private uint head;
        private uint tail;

        public readonly int Count => (int)(head - tail);

        public void StartAt(uint position) => head = tail = position;

        public bool Write(byte b)
        {
            if (Count == storage.Length)
            {
                return false;
            }

            storage[(int)(head++ & (uint)(storage.Length - 1))] = b;
            return true;
        }

        public int Read() => head == tail ? -1 : storage[(int)(tail++ & (uint)(storage.Length - 1))];
    }

    private struct Slot
    {
        public uint Key;
        public int Value;
        public bool Used;
    }

    private static int AllocateBit(Span<uint> map)
    {
        for (int w = 0; w < map.Length; w++)
        {
            if (map[w] != uint.MaxValue)
            {
                int bit = BitOperations.TrailingZeroCount(~map[w]);
                map[w] |= 1u << bit;
                return (w * 32) + bit;
            }
        }

        return -1;
    }

    private static int AllocateRun(Span<byte> map, int length)
    {
        int run = 0;
        for (int i = 0; i < map.Length * 8; i++)
        {
            run = (map[i >> 3] & (1 << (i & 7))) == 0 ? run + 1 : 0;
            if (run == length)
            {
                int start = i - length + 1;
                for (int j = start; j <= i; j++)
                {
                    map[j >> 3] |= (byte)(1 << (j & 7));
                }

                return start;
            }
        }

        return -1;
    }

    private static ref Slot Probe(Span<Slot> table, uint key)
    {
        uint at = key * 2654435769u >> 29;
        for (int i = 0; i < table.Length; i++)
        {
            ref Slot s = ref table[(int)((at + (uint)i) & 7)];
            if (!s.Used || s.Key == key)
            {
                return ref s;
            }
        }

        return ref Unsafe.NullRef<Slot>();
    }

    private static void SiftUp(Span<long> heap, int at)
    {
        while (at > 0)
        {
            int parent = (at - 1) >> 1;
            if (heap[parent] <= heap[at])
            {
                return;
            }

            (heap[parent], heap[at]) = (heap[at], heap[parent]);
            at = parent;
        }
    }

    private static int Root(Span<byte> parents, int at)
    {
        while (parents[at] != at)
        {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }

        return at;
    }

    public static int BitmapAllocatorTakesTheLowestFreeBit(uint a, uint b, int count)
    {
        Span<uint> map = stackalloc uint[3];
        map[0] = a | 0xFF00FF00;
        map[1] = b | 0x0000FFFF;
        int sum = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            int bit = AllocateBit(map);
            sum = (sum * 3) + bit;
            if ((i & 3) == 3)
            {
                map[bit >> 5] &= ~(1u << bit);
            }
        }

        return sum + (int)map[2];
    }

    public static int BitmapAllocatorFindsARun(uint seed, int length)
    {
        Span<byte> map = stackalloc byte[8];
        Bytes.Scramble(map[2..6], seed);
        int first = AllocateRun(map, (length & 7) + 1);
        int second = AllocateRun(map, (length & 3) + 2);
        int none = AllocateRun(map, 64);
        return first + (second * 100) + (none * 10000) + (int)Bytes.HashOf(map);
    }

    public static uint LinkedListOfIndexes(uint seed, int removals)
    {
        Span<Node> nodes = stackalloc Node[8];
        List list = new(nodes);
        list.Initialise();
        uint refused = 0;
        for (int i = 0; i < 10; i++)
        {
            seed = (seed * 1664525) + 1013904223;
            refused += list.Append((int)(seed >> 28)) ? 0u : 1u;
        }

        for (int i = 0; i < (removals & 15); i++)
        {
            short at = list.Find(i);
            if (at >= 0)
            {
                list.Remove(at);
                list.Append(i + 100);
            }
        }

        return list.Walk() + refused;
    }

    public static uint LinkedListReversedInPlace(int a, int count)
    {
        Span<Node> nodes = stackalloc Node[12];
        short head = -1;
        for (short i = 0; i < (count & 7) + 4; i++)
        {
            nodes[i] = new Node { Next = head, Value = a ^ i };
            head = i;
        }

        short reversed = -1;
        while (head >= 0)
        {
            short next = nodes[head].Next;
            nodes[head].Next = reversed;
            reversed = head;
            head = next;
        }

        uint h = 1;
        for (; reversed >= 0; reversed = nodes[reversed].Next)
        {
            h = (h * 31) + (uint)nodes[reversed].Value;
        }

        return h;
    }

    public static int RingBufferAcrossTheWrapOfItsCounters(uint start, uint pattern)
    {
        Span<byte> storage = stackalloc byte[8];
        Ring ring = new(storage);
        ring.StartAt(start | 0xFFFF_FFF0);
        int h = 1;
        for (int i = 0; i < 48; i++)
        {
            if (((pattern >> (i & 31)) & 1) != 0)
            {
                h = (h * 3) + (ring.Write((byte)i) ? 1 : 2);
            }
            else
            {
                h = (h * 31) + ring.Read();
            }
        }

        return h + ring.Count;
    }

    public static int HashTableWithLinearProbing(uint seed, int inserts)
    {
        Span<Slot> table = stackalloc Slot[8];
        int full = 0;
        for (int i = 0; i < (inserts & 31); i++)
        {
            seed = (seed * 1664525) + 1013904223;
            ref Slot s = ref Probe(table, seed >> 28);
            if (Unsafe.IsNullRef(ref s))
            {
                full++;
                continue;
            }

            s.Used = true;
            s.Key = seed >> 28;
            s.Value += i;
        }

        int h = full;
        for (uint k = 0; k < 16; k++)
        {
            ref Slot s = ref Probe(table, k);
            h = (h * 3) + (!Unsafe.IsNullRef(ref s) && s.Used ? s.Value : -1);
        }

        return h;
    }

    public static long PriorityQueueOfLongs(long a, uint seed)
    {
        Span<long> heap = stackalloc long[12];
        int count = 0;
        for (; count < 12; count++)
        {
            seed = (seed * 1664525) + 1013904223;
            heap[count] = (a >> count) ^ ((long)seed << 9);
            SiftUp(heap, count);
        }

        long h = 0;
        while (count > 0)
        {
            h = (h * 31) + heap[0];
            heap[0] = heap[--count];
            int at = 0;
            while ((at * 2) + 1 < count)
            {
                int child = (at * 2) + 1;
                child += child + 1 < count && heap[child + 1] < heap[child] ? 1 : 0;
                if (heap[at] <= heap[child])
                {
                    break;
                }

                (heap[at], heap[child]) = (heap[child], heap[at]);
                at = child;
            }
        }

        return h;
    }

    public static uint UnionFindWithPathHalving(uint seed, int joins)
    {
        Span<byte> parents = stackalloc byte[16];
        for (int i = 0; i < 16; i++)
        {
            parents[i] = (byte)i;
        }

        for (int i = 0; i < (joins & 15); i++)
        {
            seed = (seed * 1664525) + 1013904223;
            parents[Root(parents, (int)(seed >> 28))] = (byte)Root(parents, (int)(seed >> 20) & 15);
        }

        uint roots = 0;
        for (int i = 0; i < 16; i++)
        {
            roots |= 1u << Root(parents, i);
        }

        return roots;
    }
}

public static class AlgorithmsHashing
{
    private static ReadOnlySpan<uint> Sha256Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static void Sha256Block(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        }

        for (int i = 16; i < 64; i++)
        {
            uint s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18)
                ^ (w[i - 15] >> 3);
            uint s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19)
                ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6],
            h = state[7];
        ReadOnlySpan<uint> k = Sha256Constants;
        for (int i = 0; i < 64; i++)
        {
            uint s1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11)
                ^ BitOperations.RotateRight(e, 25);
            uint t1 = h + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i];
            uint s0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13)
                ^ BitOperations.RotateRight(a, 22);
            uint t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 16);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 12);
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 8);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 7);
    }

    public static uint Sha256OfOneBlock(uint seed, int length, int word)
    {
        Span<byte> block = stackalloc byte[64];
        length &= 31;
        Bytes.Scramble(block[..length], seed);
        block[length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(block[56..], (ulong)length * 8);
        Span<uint> state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
            0x5be0cd19];
        Sha256Block(state, block);
        return state[word & 7];
    }

    public static bool Sha256OfAbcIsTheStandardsValue(byte last)
    {
        Span<byte> block = stackalloc byte[64];
        "abc"u8.CopyTo(block);
        block[2] = last < 250 ? (byte)'c' : last;
        block[3] = 0x80;
        block[63] = 24;
        Span<uint> state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
            0x5be0cd19];
        Sha256Block(state, block);
        return state[0] == 0xba7816bf && state[1] == 0x8f01cfea && state[7] == 0xf20015ad;
    }

    public static uint Crc32BitByBit(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[32];
        Bytes.Scramble(s, seed);
        uint crc = uint.MaxValue;
        foreach (byte b in s[..(length & 31)])
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    public static uint Crc32ByANibbleTable(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Span<uint> table = stackalloc uint[16];
        Bytes.Scramble(s, seed);
        for (uint i = 0; i < 16; i++)
        {
            uint c = i;
            for (int j = 0; j < 4; j++)
            {
                c = (c >> 1) ^ (0xEDB88320 & (uint)-(int)(c & 1));
            }

            table[(int)i] = c;
        }

        uint crc = uint.MaxValue;
        foreach (byte b in s[..(length & 63)])
        {
            crc = table[(int)((crc ^ b) & 15)] ^ (crc >> 4);
            crc = table[(int)((crc ^ (uint)(b >> 4)) & 15)] ^ (crc >> 4);
        }

        return ~crc;
    }

    public static ushort Crc16Ccitt(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[32];
        Bytes.Scramble(s, seed);
        ushort crc = 0xFFFF;
        foreach (byte b in s[..(length & 31)])
        {
            crc ^= (ushort)(b << 8);
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 0x8000) != 0 ? (ushort)((crc << 1) ^ 0x1021) : (ushort)(crc << 1);
            }
        }

        return crc;
    }

    public static byte Crc8(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[32];
        Bytes.Scramble(s, seed);
        byte crc = 0;
        foreach (byte b in s[..(length & 31)])
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (byte)((sbyte)crc < 0 ? (crc << 1) ^ 7 : crc << 1);
            }
        }

        return crc;
    }

    public static uint Adler32(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[128];
        Bytes.Scramble(s, seed);
        uint a = 1;
        uint b = 0;
        foreach (byte v in s[..(length & 127)])
        {
            a = (a + v) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }

    public static uint Fnv1a(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Bytes.Scramble(s, seed);
        return Bytes.HashOf(s[..(length & 63)]);
    }

    public static ulong Fnv1aOf64Bits(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Bytes.Scramble(s, seed);
        ulong h = 14695981039346656037;
        foreach (byte b in s[..(length & 63)])
        {
            h = (h ^ b) * 1099511628211;
        }

        return h;
    }

    public static uint Murmur3(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Bytes.Scramble(s, seed);
        ReadOnlySpan<byte> rest = s[..(length & 63)];
        uint h = seed;
        while (rest.Length >= 4)
        {
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(rest) * 0xcc9e2d51;
            h ^= BitOperations.RotateLeft(k, 15) * 0x1b873593;
            h = (BitOperations.RotateLeft(h, 13) * 5) + 0xe6546b64;
            rest = rest[4..];
        }

        uint tail = 0;
        switch (rest.Length)
        {
            case 3:
                tail ^= (uint)rest[2] << 16;
                goto case 2;
            case 2:
                tail ^= (uint)rest[1] << 8;
                goto case 1;
            case 1:
                tail ^= rest[0];
                h ^= BitOperations.RotateLeft(tail * 0xcc9e2d51, 15) * 0x1b873593;
                break;
        }

        h ^= (uint)(length & 63);
        h = (h ^ (h >> 16)) * 0x85ebca6b;
        h = (h ^ (h >> 13)) * 0xc2b2ae35;
        return h ^ (h >> 16);
    }

    public static ulong SipHashOfOneWord(ulong k0, ulong k1, ulong m)
    {
        ulong v0 = k0 ^ 0x736f6d6570736575;
        ulong v1 = k1 ^ 0x646f72616e646f6d;
        ulong v2 = k0 ^ 0x6c7967656e657261;
        ulong v3 = k1 ^ 0x7465646279746573;
        for (int i = 0; i < 8; i++)
        {
            if (i == 0)
            {
                v3 ^= m;
            }

            if (i == 2)
            {
                v0 ^= m;
                v2 ^= 0xFF;
            }

            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    public static uint ChaChaDoubleRounds(uint seed, int rounds, int word)
    {
        Span<uint> x = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            x[i] = seed * (uint)(i + 1);
        }

        for (int i = 0; i < (rounds & 7); i++)
        {
            QuarterRound(ref x[0], ref x[4], ref x[8], ref x[12]);
            QuarterRound(ref x[1], ref x[5], ref x[9], ref x[13]);
            QuarterRound(ref x[2], ref x[6], ref x[10], ref x[14]);
            QuarterRound(ref x[3], ref x[7], ref x[11], ref x[15]);
            QuarterRound(ref x[0], ref x[5], ref x[10], ref x[15]);
            QuarterRound(ref x[1], ref x[6], ref x[11], ref x[12]);
            QuarterRound(ref x[2], ref x[7], ref x[8], ref x[13]);
            QuarterRound(ref x[3], ref x[4], ref x[9], ref x[14]);
        }

        return x[word & 15];
    }

    public static uint XteaRounds(uint a, uint b, uint key)
    {
        uint sum = 0;
        Span<uint> k = [key, ~key, key * 3, key >> 7];
        for (int i = 0; i < 32; i++)
        {
            a += (((b << 4) ^ (b >> 5)) + b) ^ (sum + k[(int)(sum & 3)]);
            sum += 0x9E3779B9;
            b += (((a << 4) ^ (a >> 5)) + a) ^ (sum + k[(int)((sum >> 11) & 3)]);
        }

        return a ^ BitOperations.RotateLeft(b, 1);
    }

    public static ulong XorShiftAndSplitMix(ulong seed, int count)
    {
        for (int i = 0; i < (count & 31); i++)
        {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
        }

        ulong z = seed + 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}

public static class AlgorithmsCodecs
{
    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    private static int ToBase64(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int at = 0;
        while (from.Length >= 3)
        {
            int v = (from[0] << 16) | (from[1] << 8) | from[2];
            to[at++] = Alphabet[v >> 18];
            to[at++] = Alphabet[(v >> 12) & 63];
            to[at++] = Alphabet[(v >> 6) & 63];
            to[at++] = Alphabet[v & 63];
            from = from[3..];
        }

        if (from.Length > 0)
        {
            int v = (from[0] << 16) | (from.Length > 1 ? from[1] << 8 : 0);
            to[at++] = Alphabet[v >> 18];
            to[at++] = Alphabet[(v >> 12) & 63];
            to[at++] = from.Length > 1 ? Alphabet[(v >> 6) & 63] : (byte)'=';
            to[at++] = (byte)'=';
        }

        return at;
    }

    private static int FromBase64(ReadOnlySpan<byte> from, Span<byte> to)
    {
        uint bits = 0;
        int have = 0;
        int at = 0;
        foreach (byte b in from)
        {
            int v = b switch
            {
                >= (byte)'A' and <= (byte)'Z' => b - 'A',
                >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
                >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
                (byte)'+' => 62,
                (byte)'/' => 63,
                _ => -1,
            };
            if (v < 0)
            {
                break;
            }

            bits = (bits << 6) | (uint)v;
            have += 6;
            if (have >= 8)
            {
                have -= 8;
                to[at++] = (byte)(bits >> have);
            }
        }

        return at;
    }

    private static int DecodeUtf8(ReadOnlySpan<byte> s, out int used)
    {
        byte first = s[0];
        used = 1;
        if (first < 0x80)
        {
            return first;
        }

        int length = first switch
        {
            >= 0xC2 and < 0xE0 => 2,
            >= 0xE0 and < 0xF0 => 3,
            >= 0xF0 and < 0xF5 => 4,
            _ => 0,
        };
        if (length == 0 || length > s.Length)
        {
            return -1;
        }

        int rune = first & (0xFF >> (length + 1));
        for (int i = 1; i < length; i++)
        {
            if ((s[i] & 0xC0) != 0x80)
            {
                used = i;
                return -1;
            }

            rune = (rune << 6) | (s[i] & 0x3F);
        }

        used = length;
        bool overlong = rune < (length == 3 ? 0x800 : length == 4 ? 0x10000 : 0x80);
        return overlong || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF) ? -1 : rune;
    }

    private static int EncodeUtf8(int rune, Span<byte> to)
    {
        if (rune < 0x80)
        {
            to[0] = (byte)rune;
            return 1;
        }

        int length = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
        for (int i = length - 1; i > 0; i--)
        {
            to[i] = (byte)(0x80 | (rune & 0x3F));
            rune >>= 6;
        }

        to[0] = (byte)((0xF00 >> length) | rune);
        return length;
    }

    private static int Format(long value, Span<byte> to)
    {
        ulong v = value < 0 ? 0 - (ulong)value : (ulong)value;
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (v % 10));
            v /= 10;
        }
        while (v != 0);
        int length = 0;
        if (value < 0)
        {
            to[length++] = (byte)'-';
        }

        digits[at..].CopyTo(to[length..]);
        return length + digits.Length - at;
    }

    private static bool TryParse(ReadOnlySpan<byte> s, out int value)
    {
        value = 0;
        bool negative = !s.IsEmpty && s[0] == '-';
        s = negative ? s[1..] : s;
        if (s.IsEmpty)
        {
            return false;
        }

        foreach (byte b in s)
        {
            uint digit = (uint)b - '0';
            if (digit > 9)
            {
                return false;
            }

            int limit = negative ? int.MinValue + (int)digit : -int.MaxValue + (int)digit;
            if (value < int.MinValue / 10 || value * 10 < limit)
            {
                return false;
            }

            value = (value * 10) - (int)digit;
        }

        value = negative ? value : -value;
        return true;
    }

    public static uint Base64Encode(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[32];
        Span<byte> text = stackalloc byte[48];
        Bytes.Scramble(s, seed);
        int n = ToBase64(s[..(length & 31)], text);
        return Bytes.HashOf(text[..n]);
    }

    public static bool Base64RoundTrip(uint seed, int length, int spoil)
    {
        Span<byte> s = stackalloc byte[32];
        Span<byte> text = stackalloc byte[48];
        Span<byte> back = stackalloc byte[36];
        Bytes.Scramble(s, seed);
        int n = ToBase64(s[..(length & 31)], text);
        text[spoil & 31] ^= (byte)((spoil >> 5) & 1);
        n = FromBase64(text[..n], back);
        return back[..n].SequenceEqual(s[..(length & 31)]);
    }

    public static int Base64DecodeOfShortOutputFails(uint seed, int room)
    {
        Span<byte> s = stackalloc byte[9];
        Span<byte> text = stackalloc byte[12];
        Bytes.Scramble(s, seed);
        ToBase64(s, text);
        Span<byte> back = stackalloc byte[16];
        return FromBase64(text, back[..(room & 15)]);
    }

    public static int Utf8DecodeOfAnyFourBytes(uint bytes)
    {
        Span<byte> s = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(s, bytes);
        int h = 0;
        ReadOnlySpan<byte> rest = s;
        while (!rest.IsEmpty)
        {
            h = (h * 31) + DecodeUtf8(rest, out int used);
            rest = rest[used..];
        }

        return h;
    }

    public static int Utf8RoundTrip(int rune)
    {
        Span<byte> s = stackalloc byte[4];
        int length = EncodeUtf8(rune & 0x1FFFFF, s);
        int back = DecodeUtf8(s[..length], out int used);
        return back + (used << 24) + (length << 27);
    }

    public static int Utf8CountOfALiteral(int start)
    {
        ReadOnlySpan<byte> rest = "Zürich 東京 😀 é"u8[(start & 15)..];
        int valid = 0;
        int invalid = 0;
        while (!rest.IsEmpty)
        {
            if (DecodeUtf8(rest, out int used) >= 0)
            {
                valid++;
            }
            else
            {
                invalid++;
            }

            rest = rest[used..];
        }

        return (valid * 100) + invalid;
    }

    public static uint FormatLong(long value)
    {
        Span<byte> text = stackalloc byte[20];
        int n = Format(value, text);
        return Bytes.HashOf(text[..n]) + (uint)n;
    }

    public static uint FormatHex(ulong value, int digits, bool upper)
    {
        Span<byte> text = stackalloc byte[16];
        ReadOnlySpan<byte> alphabet = upper ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        int n = digits & 15;
        for (int i = n - 1; i >= 0; i--)
        {
            text[i] = alphabet[(int)(value & 15)];
            value >>= 4;
        }

        return Bytes.HashOf(text[..n]);
    }

    public static int FormatThenParse(int value, int spoil)
    {
        Span<byte> text = stackalloc byte[21];
        int n = Format((long)value + (spoil & 3) - 1, text);
        return TryParse(text[..n], out int back) ? back : n;
    }

    public static int ParseStopsAtOverflow(uint seed, int length)
    {
        Span<byte> text = stackalloc byte[12];
        Bytes.Scramble(text, seed);
        foreach (ref byte b in text)
        {
            b = (byte)('0' + (b % 10));
        }

        text[0] = (seed & 1) != 0 ? (byte)'-' : (byte)'2';
        return TryParse(text[..(length & 15 & 11)], out int v) ? v : ~v;
    }

    public static uint Leb128RoundTrip(long value)
    {
        Span<byte> s = stackalloc byte[10];
        int n = 0;
        long v = value;
        while (true)
        {
            byte b = (byte)(v & 0x7F);
            v >>= 7;
            if ((v == 0 && (b & 0x40) == 0) || (v == -1 && (b & 0x40) != 0))
            {
                s[n++] = b;
                break;
            }

            s[n++] = (byte)(b | 0x80);
        }

        long back = 0;
        int shift = 0;
        for (int i = 0; i < n; i++)
        {
            back |= (long)(s[i] & 0x7F) << shift;
            shift += 7;
        }

        if (shift < 64 && (s[n - 1] & 0x40) != 0)
        {
            back |= -1L << shift;
        }

        return Bytes.HashOf(s[..n]) + (back == value ? 1u : 0);
    }

    public static uint RunLengthEncode(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[48];
        Span<byte> packed = stackalloc byte[96];
        Bytes.Scramble(s, seed);
        foreach (ref byte b in s)
        {
            b = (byte)(b > 128 ? 1 : 0);
        }

        int at = 0;
        ReadOnlySpan<byte> rest = s[..(length & 31)];
        while (!rest.IsEmpty)
        {
            int run = 1;
            while (run < rest.Length && run < 5 && rest[run] == rest[0])
            {
                run++;
            }

            packed[at++] = (byte)run;
            packed[at++] = rest[0];
            rest = rest[run..];
        }

        return Bytes.HashOf(packed[..at]);
    }

    public static uint LzDecodeWithOverlappingMatches(uint seed, int tokens)
    {
        Span<byte> window = stackalloc byte[96];
        Span<byte> input = stackalloc byte[64];
        Bytes.Scramble(input, seed);
        int from = 0;
        int to = 0;
        for (int t = 0; t < (tokens & 15) && from < input.Length - 3; t++)
        {
            byte token = input[from++];
            if ((token & 1) == 0 || to == 0)
            {
                window[to++] = input[from++];
                continue;
            }

            int distance = (((token >> 1) & 7) % to) + 1;
            int length = (token >> 4 & 7) + 2;
            for (int i = 0; i < length; i++)
            {
                window[to] = window[to - distance];
                to++;
            }
        }

        return Bytes.HashOf(window[..to]) + (uint)to;
    }

    public static uint LzDecodeOfHostileInputStopsAtABound(uint seed, int size)
    {
        Span<byte> window = stackalloc byte[32];
        Span<byte> input = stackalloc byte[9];
        Bytes.Scramble(input, seed);
        window = window[..((size & 15) + 17)];
        int to = 2;
        for (int from = 0; from < input.Length; from++)
        {
            int distance = (input[from] & 7) == 7 ? 3 : 1;
            int length = input[from] >> 6;
            while (length-- >= 0)
            {
                window[to] = (byte)(window[to - distance] + from);
                to++;
            }
        }

        return Bytes.HashOf(window);
    }

    public static uint CobsEncode(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[32];
        Span<byte> to = stackalloc byte[34];
        Bytes.Scramble(s, seed);
        int at = 1;
        int code = 0;
        byte run = 1;
        foreach (byte b in s[..(length & 31)])
        {
            byte v = (byte)(b & 7);
            if (v == 0)
            {
                to[code] = run;
                code = at++;
                run = 1;
                continue;
            }

            to[at++] = v;
            run++;
        }

        to[code] = run;
        return Bytes.HashOf(to[..at]);
    }

    public static uint BitReaderOfVaryingWidths(ulong bits, int width)
    {
        Span<byte> s = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(s, bits);
        width = (width & 7) + 1;
        uint hold = 0;
        int have = 0;
        int at = 0;
        uint h = 0;
        while (true)
        {
            while (have < width)
            {
                if (at == s.Length)
                {
                    return h + hold;
                }

                hold |= (uint)s[at++] << have;
                have += 8;
            }

            h = (h * 31) + (hold & ((1u << width) - 1));
            hold >>= width;
            have -= width;
            width = (width % 9) + 1;
        }
    }
}

public static class AlgorithmsMachines
{
    private enum State : byte
    {
        Idle,
        Length,
        Body,
        Check,
        Escaped,
    }

    private enum Op : byte
    {
        Push,
        Add,
        Multiply,
        Duplicate,
        Swap,
        JumpIfZero,
        Not,
        Drop,
    }

    private struct Parser
    {
        public State State;
        public byte Left;
        public byte Sum;
        public ushort Frames;
        public ushort Errors;

        public void Feed(byte b)
        {
            switch (State)
            {
                case State.Idle when b >= 0x70:
                    State = State.Length;
                    Sum = 0;
                    break;
                case State.Length:
                    Left = (byte)(b & 7);
                    State = Left == 0 ? State.Check : State.Body;
                    break;
                case State.Body when b == 0x55:
                    State = State.Escaped;
                    break;
                case State.Escaped:
                case State.Body:
                    Sum += State == State.Escaped ? (byte)~b : b;
                    State = --Left == 0 ? State.Check : State.Body;
                    break;
                case State.Check:
                    if ((b ^ Sum) < 0x40)
                    {
                        Frames++;
                    }
                    else
                    {
                        Errors++;
                    }

                    State = State.Idle;
                    break;
                default:
                    break;
            }
        }
    }

    private struct Matrix3
    {
        public int A, B, C, D, E, F, G, H, I;

        public static Matrix3 operator *(in Matrix3 x, in Matrix3 y) => new()
        {
            A = (x.A * y.A) + (x.B * y.D) + (x.C * y.G),
            B = (x.A * y.B) + (x.B * y.E) + (x.C * y.H),
            C = (x.A * y.C) + (x.B * y.F) + (x.C * y.I),
            D = (x.D * y.A) + (x.E * y.D) + (x.F * y.G),
            E = (x.D * y.B) + (x.E * y.E) + (x.F * y.H),
            F = (x.D * y.C) + (x.E * y.F) + (x.F * y.I),
            G = (x.G * y.A) + (x.H * y.D) + (x.I * y.G),
            H = (x.G * y.B) + (x.H * y.E) + (x.I * y.H),
            I = (x.G * y.C) + (x.H * y.F) + (x.I * y.I),
        };
    }

    private static int Run(ReadOnlySpan<byte> program, int input)
    {
        Span<int> stack = stackalloc int[8];
        int top = 0;
        int pc = 0;
        stack[top++] = input;
        for (int steps = 0; steps < 60 && pc < program.Length; steps++)
        {
            byte code = program[pc++];
            Op op = (Op)(code & 7);
            op = top < 2 && op != Op.Not ? Op.Push : top > 6 ? Op.Drop : op;
            switch (op)
            {
                case Op.Push:
                    stack[top++] = (sbyte)code >> 3;
                    break;
                case Op.Add:
                    stack[top - 2] += stack[top - 1];
                    top--;
                    break;
                case Op.Multiply:
                    stack[top - 2] *= stack[top - 1];
                    top--;
                    break;
                case Op.Duplicate:
                    stack[top] = stack[top - 1];
                    top++;
                    break;
                case Op.Swap:
                    (stack[top - 1], stack[top - 2]) = (stack[top - 2], stack[top - 1]);
                    break;
                case Op.JumpIfZero:
                    pc = stack[--top] == 0 ? (code >> 3) & 15 : pc;
                    break;
                case Op.Not:
                    stack[top - 1] = ~stack[top - 1];
                    break;
                default:
                    top--;
                    break;
            }
        }

        return stack[top - 1] + (top << 20);
    }

    private static uint Translate(Span<uint> memory, uint root, uint address, bool write, out int fault)
    {
        uint table = root;
        for (int level = 1; level >= 0; level--)
        {
            uint index = (address >> (2 + (level * 3))) & 7;
            ref uint entry = ref memory[(int)((table * 8) + index)];
            if ((entry & 1) == 0 || (entry & 6) == 4)
            {
                fault = 10 + level;
                return 0;
            }

            if ((entry & 14) == 0)
            {
                table = (entry >> 10) & 3;
                continue;
            }

            if (write && (entry & 4) == 0)
            {
                fault = 20 + level;
                return 0;
            }

            if (level == 1 && ((entry >> 10) & 7) != 0)
            {
                fault = 30;
                return 0;
            }

            entry |= write ? 0xC0u : 0x40u;
            fault = 0;
            uint mask = (1u << (2 + (level * 3))) - 1;
            return ((entry >> 10 << 2) & ~mask) | (address & mask);
        }

        fault = 40;
        return 0;
    }

    private static bool EvaluateDigits(ReadOnlySpan<byte> s, ref int at, int depth, out int value)
    {
        if (!EvaluateFactor(s, ref at, depth, out value))
        {
            return false;
        }

        while (at < s.Length && s[at] is (byte)'+' or (byte)'-' or (byte)'*')
        {
            byte op = s[at++];
            if (!EvaluateFactor(s, ref at, depth, out int right))
            {
                return false;
            }

            value = op == '+' ? value + right : op == '-' ? value - right : value * right;
        }

        return true;
    }

    private static bool EvaluateFactor(ReadOnlySpan<byte> s, ref int at, int depth, out int value)
    {
        value = 0;
        if (at >= s.Length || depth > 4)
        {
            return false;
        }

        if (s[at] == '(')
        {
            at++;
            bool good = EvaluateDigits(s, ref at, depth + 1, out value) && at < s.Length && s[at] == ')';
            at++;
            return good;
        }

        int start = at;
        while (at < s.Length && s[at] >= '0' && s[at] <= '9')
        {
            value = (value * 10) + s[at++] - '0';
        }

        return at > start;
    }

    public static uint FrameParser(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[128];
        Bytes.Scramble(s, seed);
        Parser p = default;
        foreach (byte b in s[..(length & 127)])
        {
            p.Feed(b);
        }

        return p.Frames + ((uint)p.Errors << 8) + ((uint)p.State << 16) + ((uint)p.Left << 20) + ((uint)p.Sum << 24);
    }

    public static int StackMachine(uint seed, int input)
    {
        Span<byte> program = stackalloc byte[16];
        Bytes.Scramble(program, seed);
        return Run(program, input);
    }

    public static int ExpressionByRecursiveDescent(int which, byte a, byte b)
    {
        Span<byte> s = stackalloc byte[16];
        ReadOnlySpan<byte> shape = (which & 3) switch
        {
            0 => "1+2*(3-4)"u8,
            1 => "((7))*9-(1+(2))"u8,
            2 => "12345*67890"u8,
            _ => "1-(2-(3-(4-5)))"u8,
        };
        shape.CopyTo(s);
        s[a & 7] = (byte)("0123456789+-*()x"u8[b & 15]);
        int at = 0;
        bool good = EvaluateDigits(s[..shape.Length], ref at, 0, out int value);
        return good ? value : -at;
    }

    public static uint PageTableWalk(uint seed, uint address, bool write)
    {
        Span<uint> memory = stackalloc uint[32];
        Bytes.Scramble(MemoryMarshal.AsBytes(memory), seed);
        for (int i = 0; i < 8; i++)
        {
            memory[i] = (memory[i] & ~0xFu & ~0x1C00u) | ((i & 3) == 3 ? 7u : 1u);
        }

        uint r = Translate(memory, 0, address, write, out int fault);
        r += Translate(memory, 0, address ^ 0x24, false, out int second) * 3;
        return r + (uint)(fault * 1000) + ((uint)second * 100000) + Bytes.HashOf(MemoryMarshal.AsBytes(memory));
    }

    public static uint PageTableMapThenWalk(uint page, uint frame, uint address, bool writable)
    {
        Span<uint> memory = stackalloc uint[24];
        uint high = (page >> 3) & 7;
        memory[(int)high] = (1 << 10) | 1;
        memory[8 + (int)(page & 7)] = ((frame & 0xFFFF) << 10) | (writable ? 7u : 3u);
        uint hit = Translate(memory, 0, ((page & 63) << 2) | (address & 3), true, out int fault);
        uint other = Translate(memory, 0, address, false, out int miss);
        return hit + (other * 3) + ((uint)fault * 1000) + ((uint)miss * 100000) + memory[8 + (int)(page & 7)];
    }

    public static int MatrixPower(int a, int b, int exponent)
    {
        Matrix3 m = new() { A = a, B = 1, C = b, D = 1, F = 2, H = 1, I = a };
        Matrix3 r = new() { A = 1, E = 1, I = 1 };
        for (int e = exponent & 15; e > 0; e >>= 1)
        {
            if ((e & 1) != 0)
            {
                r *= m;
            }

            m *= m;
        }

        return r.A + (r.B * 3) + (r.C * 5) + (r.D * 7) + (r.F * 11) + (r.G * 13) + (r.I * 17);
    }

    public static int MatrixProductOfSpans(uint seed, int n)
    {
        Span<int> a = stackalloc int[25];
        Span<int> b = stackalloc int[25];
        Span<int> c = stackalloc int[25];
        n = (n & 3) + 2;
        Bytes.Scramble(a, seed);
        Bytes.Scramble(b, ~seed);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                long sum = 0;
                for (int k = 0; k < n; k++)
                {
                    sum += (long)a[(i * n) + k] * b[(k * n) + j];
                }

                c[(i * n) + j] = (int)(sum >> 16);
            }
        }

        return (int)Bytes.HashOf(c);
    }

    public static uint MatrixTransposedInPlace(uint seed, int n)
    {
        Span<int> a = stackalloc int[36];
        n = (n & 3) + 2;
        Bytes.Scramble(a, seed);
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                ref int x = ref a[(i * n) + j];
                ref int y = ref a[(j * n) + i];
                (x, y) = (y, x);
            }
        }

        return Bytes.HashOf(a);
    }

    public static int LongestCommonSubsequence(uint seed, int length)
    {
        Span<byte> a = stackalloc byte[12];
        Span<byte> b = stackalloc byte[12];
        Span<byte> row = stackalloc byte[13];
        Bytes.Scramble(a, seed);
        Bytes.Scramble(b, seed ^ 0xFFFF);
        int n = length % 12;
        n = n < 0 ? -n : n;
        for (int i = 0; i < n; i++)
        {
            byte diagonal = 0;
            for (int j = 0; j < b.Length; j++)
            {
                byte above = row[j + 1];
                row[j + 1] = (a[i] & 3) == (b[j] & 3) ? (byte)(diagonal + 1) : Math.Max(above, row[j]);
                diagonal = above;
            }
        }

        return row[^1];
    }

    public static uint SieveAsABitmap(int limit, int probe)
    {
        Span<uint> composite = stackalloc uint[8];
        int n = limit & 255;
        for (int i = 2; i * i <= n; i++)
        {
            if ((composite[i >> 5] & (1u << i)) == 0)
            {
                for (int j = i * i; j <= n; j += i)
                {
                    composite[j >> 5] |= 1u << j;
                }
            }
        }

        return composite[probe & 7];
    }

    public static int LifeOnATorusOfBits(uint board, bool flip)
    {
        uint next = 0;
        for (int i = 0; i < 32; i++)
        {
            int around = 0;
            for (int d = 0; d < 9; d++)
            {
                int x = ((i & 7) + (d % 3) + 7) & 7;
                int y = ((i >> 3) + (d / 3) + 3) & 3;
                around += (int)(board >> ((y * 8) + x)) & 1;
            }

            bool alive = ((board >> i) & 1) != 0;
            next |= around == 3 || (alive && around == 4) ? 1u << i : 0;
        }

        return BitOperations.PopCount(next) + (int)(flip ? next ^ board : next);
    }
}

public static class AlgorithmsNumbers
{
    public static uint IntegerSquareRoot(uint v)
    {
        uint root = 0;
        for (uint bit = 1u << 30; bit != 0; bit >>= 2)
        {
            if (v >= root + bit)
            {
                v -= root + bit;
                root = (root >> 1) + bit;
            }
            else
            {
                root >>= 1;
            }
        }

        return root;
    }

    public static long GreatestCommonDivisor(int a, int b)
    {
        long x = a < 0 ? -(long)a : a;
        long y = b < 0 ? -(long)b : b;
        while (y != 0)
        {
            (x, y) = (y, x % y);
        }

        return x;
    }

    public static uint BinaryGcd(uint a, uint b)
    {
        if (a == 0 || b == 0)
        {
            return a | b;
        }

        int shift = BitOperations.TrailingZeroCount(a | b);
        a >>= BitOperations.TrailingZeroCount(a);
        while (b != 0)
        {
            b >>= BitOperations.TrailingZeroCount(b);
            if (a > b)
            {
                (a, b) = (b, a);
            }

            b -= a;
        }

        return a << shift;
    }

    public static int ModularInverse(int a, int modulus)
    {
        int m = (modulus & 0x7FFF) + 2;
        int x0 = 1, x1 = 0;
        int r0 = ((a % m) + m) % m, r1 = m;
        while (r1 != 0)
        {
            int q = r0 / r1;
            (r0, r1) = (r1, r0 - (q * r1));
            (x0, x1) = (x1, x0 - (q * x1));
        }

        return r0 == 1 ? ((x0 % m) + m) % m : -r0;
    }

    public static uint ModularPower(uint b, uint exponent, uint modulus)
    {
        ulong m = modulus;
        ulong result = 1 % m;
        ulong square = b % m;
        for (uint e = exponent & 0xFFFF; e != 0; e >>= 1)
        {
            if ((e & 1) != 0)
            {
                result = result * square % m;
            }

            square = square * square % m;
        }

        return (uint)result;
    }

    public static uint PopCountInParallel(uint v)
    {
        uint x = v - ((v >> 1) & 0x55555555);
        x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
        x = (((x + (x >> 4)) & 0x0F0F0F0F) * 0x01010101) >> 24;
        return x + (x == (uint)BitOperations.PopCount(v) ? 100u : 0);
    }

    public static uint BitReversal(uint v)
    {
        v = ((v >> 1) & 0x55555555) | ((v & 0x55555555) << 1);
        v = ((v >> 2) & 0x33333333) | ((v & 0x33333333) << 2);
        v = ((v >> 4) & 0x0F0F0F0F) | ((v & 0x0F0F0F0F) << 4);
        v = ((v >> 8) & 0x00FF00FF) | ((v & 0x00FF00FF) << 8);
        return (v >> 16) | (v << 16);
    }

    public static int LeadingAndTrailingZeros(ulong v) =>
        BitOperations.LeadingZeroCount(v) + (BitOperations.TrailingZeroCount(v) * 100)
        + (BitOperations.LeadingZeroCount((uint)v) * 10000)
        + (BitOperations.TrailingZeroCount((int)v) * 1000000) + (BitOperations.Log2((uint)(v >> 9)) << 26);

    public static ulong MortonInterleave(uint x, uint y)
    {
        return Spread(x) | (Spread(y) << 1);

        static ulong Spread(uint v)
        {
            ulong w = v;
            w = (w | (w << 16)) & 0x0000FFFF0000FFFF;
            w = (w | (w << 8)) & 0x00FF00FF00FF00FF;
            w = (w | (w << 4)) & 0x0F0F0F0F0F0F0F0F;
            w = (w | (w << 2)) & 0x3333333333333333;
            return (w | (w << 1)) & 0x5555555555555555;
        }
    }

    public static bool AnyByteIsZero(ulong v) => ((v - 0x0101010101010101) & ~v & 0x8080808080808080) != 0;

    public static uint NextPowerOfTwoAndGrayCode(uint v)
    {
        uint p = v - 1;
        p |= p >> 1;
        p |= p >> 2;
        p |= p >> 4;
        p |= p >> 8;
        p |= p >> 16;
        uint gray = v ^ (v >> 1);
        uint back = gray;
        for (int shift = 1; shift < 32; shift <<= 1)
        {
            back ^= back >> shift;
        }

        return (p + 1) ^ (gray * 3) ^ (back - v);
    }

    public static int SignAbsMinMaxWithoutBranches(int a, int b)
    {
        int sign = (a >> 31) | (int)((uint)-a >> 31);
        int abs = (a ^ (a >> 31)) - (a >> 31);
        int min = b ^ ((a ^ b) & -(a < b ? 1 : 0));
        return (sign * 3) + (abs * 5) + (min * 7);
    }

    public static uint NextPermutationOfBits(uint v)
    {
        uint x = v | 1;
        uint lowest = x & (uint)-(int)x;
        uint ripple = x + lowest;
        return ripple == 0 ? 0 : ((ripple ^ x) >> 2) / lowest | ripple;
    }

    public static uint BigNumberFactorialDigits(byte n, int digit)
    {
        Span<uint> limbs = stackalloc uint[8];
        limbs[0] = 1;
        for (uint i = 2; i <= (n & 15) + 1u; i++)
        {
            ulong carry = 0;
            foreach (ref uint limb in limbs)
            {
                carry += (ulong)limb * i;
                limb = (uint)(carry % 1_000_000);
                carry /= 1_000_000;
            }
        }

        return limbs[digit & 7];
    }

    public static uint BigNumberMultiplyAndSubtract(uint a, ulong b, uint c)
    {
        Span<uint> x = [a, (uint)b, (uint)(b >> 32), c];
        Span<uint> product = stackalloc uint[8];
        for (int i = 0; i < 4; i++)
        {
            uint carry = 0;
            for (int j = 0; j < 4; j++)
            {
                ulong t = ((ulong)x[i] * x[j]) + product[i + j] + carry;
                product[i + j] = (uint)t;
                carry = (uint)(t >> 32);
            }

            product[i + 4] = carry;
        }

        uint borrow = 0;
        for (int i = 0; i < 4; i++)
        {
            ulong t = (ulong)product[i + 4] - product[i] - borrow;
            product[i] = (uint)t;
            borrow = (uint)(t >> 63);
        }

        return Bytes.HashOf(MemoryMarshal.AsBytes(product)) + borrow;
    }

    public static int DayOfWeekAndDaysSinceEpoch(int year, byte month, byte day)
    {
        int y = year % 10000;
        int m = (month % 12) + 1;
        int d = (day % 28) + 1;
        y -= m <= 2 ? 1 : 0;
        int era = (y >= 0 ? y : y - 399) / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * (m + (m > 2 ? -3 : 9))) + 2) / 5) + d - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        int days = (era * 146097) + dayOfEra - 719468;
        int weekday = days >= -4 ? (days + 4) % 7 : ((days + 5) % 7) + 6;
        return (days * 8) + weekday;
    }

    public static int FixedPointSine(int angle)
    {
        int x = (short)angle;
        int q = x >> 14 & 3;
        int t = x & 0x3FFF;
        t = (q & 1) != 0 ? 0x4000 - t : t;
        int square = t * t >> 14;
        int r = 25736 - (int)((long)square * (10516 - (square * 1143 >> 14)) >> 14);
        r = r * t >> 14;
        return (q & 2) != 0 ? -r : r;
    }

    public static int BresenhamLine(int dx, int dy)
    {
        int x = 0, y = 0;
        int tx = dx & 31, ty = (dy & 31) - 15;
        int sx = tx > 0 ? 1 : -1, sy = ty > 0 ? 1 : -1;
        int ax = tx * sx, ay = ty * sy;
        int error = ax - ay;
        int h = 1;
        while (x != tx || y != ty)
        {
            int twice = error * 2;
            if (twice > -ay)
            {
                error -= ay;
                x += sx;
            }

            if (twice < ax)
            {
                error += ax;
                y += sy;
            }

            h = (h * 31) + (x << 8) + y;
        }

        return h;
    }

    public static uint LinearFeedbackShiftRegister(ushort start, int count)
    {
        uint v = start | 1u;
        uint h = 0;
        for (int i = 0; i < (count & 127); i++)
        {
            v = (v >> 1) ^ (0xB400u & (uint)-(int)(v & 1));
            h += v;
        }

        return (h << 16) ^ v;
    }

    public static int CollatzStepsWithALimit(uint v)
    {
        int steps = 0;
        while (v > 1 && steps < 300)
        {
            v = (v & 1) == 0 ? v >> 1 : unchecked((v * 3) + 1);
            steps++;
        }

        return steps;
    }

    public static int AckermannOfSmallArguments(byte m, byte n) => Ackermann(m % 3, n & 7);

    private static int Ackermann(int m, int n) =>
        m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));

    public static int QueensCountedByBits(byte columns, byte blocked)
    {
        int n = columns % 6;
        return Place((1 << n) - 1, blocked & 1, 0, 0, n);
    }

    private static int Place(int all, int taken, int left, int right, int rows)
    {
        if (rows == 0)
        {
            return 1;
        }

        int free = all & ~(taken | left | right);
        int count = 0;
        while (free != 0)
        {
            int bit = free & -free;
            free -= bit;
            count += Place(all, taken | bit, (left | bit) << 1, (right | bit) >> 1, rows - 1);
        }

        return count;
    }

    public static int HanoiMoves(byte discs, int probe)
    {
        Span<byte> pegs = stackalloc byte[8];
        int moves = 0;
        Move(discs & 7, 0, 2, 1, pegs, ref moves);
        return (moves * 100) + pegs[probe & 7];
    }

    private static void Move(int n, byte from, byte to, byte via, Span<byte> pegs, ref int moves)
    {
        if (n == 0)
        {
            return;
        }

        Move(n - 1, from, via, to, pegs, ref moves);
        pegs[n - 1] = to;
        moves += (n * (to + 1)) + from;
        Move(n - 1, via, to, from, pegs, ref moves);
    }
}
