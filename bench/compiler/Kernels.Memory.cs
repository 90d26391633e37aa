// Memory management as a small kernel does it: Sv32 page tables, a bitmap of pages, copies and fills.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    private const uint Valid = 1;
    private const uint Read = 2;
    private const uint Write = 4;
    private const uint Execute = 8;
    private const uint User = 16;
    private const uint Fault = 0xffffffff;

    // The physical address behind va, or Fault. Physical addresses count from the pointer physical.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint PageWalk(byte* physical, uint root, uint va, uint access)
    {
        uint table = root;
        int shift = 22;
        while (true)
        {
            uint entry = ((uint*)(physical + table))[(va >> shift) & 0x3ff];
            if ((entry & Valid) == 0 || (entry & (Read | Write)) == Write)
            {
                return Fault;
            }

            if ((entry & (Read | Execute)) != 0)
            {
                uint mask = (1u << shift) - 1;
                uint page = (entry >> 10) << 12;
                if ((entry & access) != access || (page & mask) != 0)
                {
                    return Fault;
                }

                return page | (va & mask);
            }

            if (shift == 12)
            {
                return Fault;
            }

            table = (entry >> 10) << 12;
            shift = 12;
        }
    }

    public static uint RunPageWalk()
    {
        uint* root = (uint*)Memory;
        for (uint i = 0; i < 6; i++)
        {
            root[512 + i] = (((4096 + ((i & 1) << 12)) >> 12) << 10) | Valid;
        }

        root[518] = (0x10000000 >> 12 << 10) | User | Execute | Read | Valid;
        root[519] = (0x10001000 >> 12 << 10) | User | Execute | Read | Valid;
        for (uint i = 0; i < 256; i++)
        {
            uint flags = (i & 15) == 7 ? 0 : User | ((i & 3) << 2) | ((i & 4) >> 1) | Read | Valid;
            root[1024 + i] = ((0x40000 + (i * 3)) << 10) | flags;
            root[2048 + i] = ((0x50000 + (i * 5)) << 10) | flags;
        }

        uint sum = 0;
        for (uint region = 0; region < 8; region++)
        {
            uint va = 0x80000000 + (region << 22);
            for (int i = 0; i < 200; i++)
            {
                sum += PageWalk(Memory, 0, va, User | Read);
                va += 0x1357;
            }
        }

        return sum;
    }

    // Maps a page of 4 KiB and makes its table, from nextFree, where there is none yet. 0 if done; else what is wrong:
    // 1 mapped already, 2 within a superpage, 3 no memory below limit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint PageMap(byte* physical, uint root, uint va, uint pa, uint flags, uint* nextFree, uint limit)
    {
        uint* entry = (uint*)(physical + root) + (va >> 22);
        if ((*entry & Valid) == 0)
        {
            uint page = *nextFree;
            if (page >= limit)
            {
                return 3;
            }

            *nextFree = page + 4096;
            uint* fresh = (uint*)(physical + page);
            for (int i = 0; i < 1024; i++)
            {
                fresh[i] = 0;
            }

            *entry = ((page >> 12) << 10) | Valid;
        }
        else if ((*entry & (Read | Write | Execute)) != 0)
        {
            return 2;
        }

        uint* leaf = (uint*)(physical + ((*entry >> 10) << 12)) + ((va >> 12) & 0x3ff);
        if ((*leaf & Valid) != 0)
        {
            return 1;
        }

        *leaf = ((pa >> 12) << 10) | flags | Valid;
        return 0;
    }

    public static uint RunPageMap()
    {
        uint* root = (uint*)Memory;
        uint sum = 0;
        for (uint round = 0; round < 2; round++)
        {
            for (uint i = 0; i < 4; i++)
            {
                root[512 + i] = 0;
            }

            root[514] = (0x10000000 >> 12 << 10) | Execute | Read | Valid;
            uint nextFree = 4096;
            uint va = 0x80000000 + (round << 12);
            for (uint i = 0; i < 900; i++)
            {
                sum += PageMap(Memory, 0, va, va, User | Write | Read, &nextFree, 12288);
                va = (va + 0x3000) & 0x807fffff;
            }

            va = 0x80400000;
            for (uint i = 0; i < 100; i++)
            {
                sum = (sum * 31) + PageMap(Memory, 0, va, 0x48000000, User | Read, &nextFree, 12288);
                va += 0x1d000;
            }

            for (uint i = 0; i < 32; i++)
            {
                sum = (sum * 31) + root[1024 + (i * 63)];
            }
        }

        return sum;
    }

    // How many of the bytes from va on the user may access: what a kernel asks before it lends a buffer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint PageRange(byte* physical, uint root, uint va, uint length, uint access)
    {
        uint done = 0;
        while (done < length)
        {
            uint at = va + done;
            uint size = 1u << 22;
            uint entry = ((uint*)(physical + root))[at >> 22];
            if ((entry & (Valid | Read | Execute)) == Valid)
            {
                size = 4096;
                entry = ((uint*)(physical + ((entry >> 10) << 12)))[(at >> 12) & 0x3ff];
            }

            if ((entry & access) != access)
            {
                return done;
            }

            done += size - (at & (size - 1));
        }

        return length;
    }

    public static uint RunPageRange()
    {
        uint* root = (uint*)Memory;
        root[512] = (4096 >> 12 << 10) | Valid;
        root[513] = (0x10000000 >> 12 << 10) | User | Read | Valid;
        root[514] = 0;
        for (uint i = 0; i < 128; i++)
        {
            uint flags = (i & 31) == 19 ? Read | Valid : User | Read | Valid;
            root[1024 + i] = ((0x40000 + i) << 10) | flags;
            root[1920 + i] = ((0x50000 + i) << 10) | User | Read | Valid;
        }

        uint sum = 0;
        for (uint i = 0; i < 36; i++)
        {
            sum = (sum * 31) + PageRange(Memory, 0, 0x80000000 + (i * 0x13f1), 0x20000 + (i << 4), User | Read | Valid);
            sum = (sum * 31) + PageRange(Memory, 0, 0x80380000 + (i * 0x579), 0x90000 + (i << 14), User | Read | Valid);
        }

        return sum;
    }

    // The first bit of the first run of that many clear bits, or -1.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int BitmapFindRun(ReadOnlySpan<uint> words, int length)
    {
        int total = words.Length << 5;
        int run = 0;
        for (int bit = 0; bit < total; bit++)
        {
            uint word = words[bit >> 5];
            if (word == 0xffffffff && (bit & 31) == 0)
            {
                run = 0;
                bit += 31;
                continue;
            }

            if (((word >> (bit & 31)) & 1) != 0)
            {
                run = 0;
                continue;
            }

            run++;
            if (run == length)
            {
                return bit - length + 1;
            }
        }

        return -1;
    }

    public static uint RunBitmapFindRun()
    {
        Span<uint> words = new Span<uint>(Memory, 32);
        Fill(words, 5);
        for (int i = 0; i < 8; i++)
        {
            words[i * 3] = 0xffffffff;
        }

        words[25] = 0x0000ffff;
        words[26] = 0xffff0000;
        uint sum = 0;
        for (int length = 1; length < 30; length++)
        {
            sum = (sum * 31) + (uint)BitmapFindRun(words, length & 7);
        }

        for (int length = 8; length < 34; length += 4)
        {
            sum = (sum * 31) + (uint)BitmapFindRun(words, length);
        }

        return sum;
    }

    // Sets a run of bits; gives those of them that were set already, words folded into one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint BitmapSet(Span<uint> words, int first, int length)
    {
        uint already = 0;
        int end = first + length;
        while (first < end)
        {
            int bit = first & 31;
            int count = 32 - bit;
            if (count > end - first)
            {
                count = end - first;
            }

            uint mask = (0xffffffff >> (32 - count)) << bit;
            uint word = words[first >> 5];
            already |= word & mask;
            words[first >> 5] = word | mask;
            first += count;
        }

        return already;
    }

    public static uint RunBitmapSet()
    {
        Span<uint> words = new Span<uint>(Memory, 64);
        uint sum = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 64; i++)
            {
                words[i] = 0;
            }

            for (int i = 0; i < 80; i++)
            {
                sum = (sum * 31) + BitmapSet(words, ((i * 613) + round) & 1023, (i * 29) & 511);
            }
        }

        return sum + Checksum(words);
    }

    // Clears a run of bits; gives those of them that were clear already, words folded into one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint BitmapClear(Span<uint> words, int first, int length)
    {
        uint already = 0;
        int end = first + length;
        while (first < end)
        {
            int bit = first & 31;
            int count = 32 - bit;
            if (count > end - first)
            {
                count = end - first;
            }

            uint mask = (0xffffffff >> (32 - count)) << bit;
            uint word = words[first >> 5];
            already |= ~word & mask;
            words[first >> 5] = word & ~mask;
            first += count;
        }

        return already;
    }

    public static uint RunBitmapClear()
    {
        Span<uint> words = new Span<uint>(Memory, 64);
        uint sum = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 64; i++)
            {
                words[i] = 0xffffffff;
            }

            for (int i = 0; i < 80; i++)
            {
                sum = (sum * 31) + BitmapClear(words, ((i * 613) + round) & 1023, (i * 29) & 511);
            }
        }

        return sum + Checksum(words);
    }

    // How many bits are set, one step of the inner loop for each.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int BitCount(ReadOnlySpan<uint> words)
    {
        int count = 0;
        for (int i = 0; i < words.Length; i++)
        {
            uint word = words[i];
            while (word != 0)
            {
                word &= word - 1;
                count++;
            }
        }

        return count;
    }

    public static uint RunBitCount()
    {
        Span<uint> words = new Span<uint>(Memory, 64);
        Fill(words, 77);
        uint sum = 0;
        for (int i = 0; i < 16; i++)
        {
            sum = (sum * 31) + (uint)BitCount(words.Slice(i, 48));
        }

        return sum;
    }

    // memcpy: whole words where both pointers can be aligned together.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MemCopy(byte* target, byte* source, uint length)
    {
        if (length >= 8 && (((uint)target ^ (uint)source) & 3) == 0)
        {
            while (((uint)target & 3) != 0)
            {
                *target = *source;
                target++;
                source++;
                length--;
            }

            while (length >= 4)
            {
                *(uint*)target = *(uint*)source;
                target += 4;
                source += 4;
                length -= 4;
            }
        }

        while (length != 0)
        {
            *target = *source;
            target++;
            source++;
            length--;
        }
    }

    public static uint RunMemCopy()
    {
        Fill(new Span<uint>(Memory, 292), 11);
        Fill(new Span<uint>(Memory + 4096, 292), 12);
        uint sum = 0;
        for (uint i = 0; i < 56; i++)
        {
            uint length = (i * 37) & 1023;
            byte* target = Memory + 4096 + (i & 3);
            MemCopy(target, Memory + (i & 3) + (i & 28), length);
            MemCopy(target + length, Memory + 1027 + (i & 1), i & 127);
            sum = (sum * 31) + target[0];
            sum = (sum * 31) + target[length];
            sum = (sum * 31) + target[length + (i & 127)];
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory + 4096, 292));
    }

    // memset: bytes up to a word, whole words, the bytes that are left.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MemSet(byte* target, byte value, uint length)
    {
        if (length >= 8)
        {
            while (((uint)target & 3) != 0)
            {
                *target = value;
                target++;
                length--;
            }

            uint word = value * 0x01010101u;
            while (length >= 4)
            {
                *(uint*)target = word;
                target += 4;
                length -= 4;
            }
        }

        while (length != 0)
        {
            *target = value;
            target++;
            length--;
        }
    }

    public static uint RunMemSet()
    {
        Fill(new Span<uint>(Memory, 320), 13);
        uint sum = 0;
        for (uint i = 0; i < 80; i++)
        {
            uint length = (i * 37) & 1023;
            byte* target = Memory + 8 + (i & 7);
            MemSet(target, (byte)(i + 1), length);
            sum = (sum * 31) + target[-1];
            sum = (sum * 31) + target[0];
            sum = (sum * 31) + target[length];
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory, 320));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CopyWords(ReadOnlySpan<uint> source, Span<uint> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = source[i];
        }
    }

    public static uint RunCopyWords()
    {
        Span<uint> source = new Span<uint>(Memory, 256);
        Span<uint> target = new Span<uint>(Memory + 4096, 256);
        Fill(source, 21);
        Fill(target, 22);
        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            CopyWords(source.Slice(i, 192), target.Slice(64 - i, 192 + i));
            sum = (sum * 31) + target[64];
        }

        return sum + Checksum(target);
    }

    // As much as both hold; gives how much that was.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int CopyBytes(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int count = source.Length < target.Length ? source.Length : target.Length;
        for (int i = 0; i < count; i++)
        {
            target[i] = source[i];
        }

        return count;
    }

    public static uint RunCopyBytes()
    {
        Fill(new Span<uint>(Memory, 128), 31);
        Fill(new Span<uint>(Memory + 4096, 128), 32);
        Span<byte> source = new Span<byte>(Memory, 512);
        Span<byte> target = new Span<byte>(Memory + 4096, 512);
        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            sum = (sum * 31) + (uint)CopyBytes(source.Slice(i, 300 + (i * 5)), target.Slice(40 - i, 450 - (i * 7)));
            sum = (sum * 31) + target[40];
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory + 4096, 128));
    }

    // A rectangle of bytes from one picture to another, a slice for each row.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CopyRows(
        ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride, int width, int height)
    {
        for (int row = 0; row < height; row++)
        {
            ReadOnlySpan<byte> from = source.Slice(row * sourceStride, width);
            Span<byte> to = target.Slice(row * targetStride, width);
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = from[i];
            }
        }
    }

    public static uint RunCopyRows()
    {
        Fill(new Span<uint>(Memory, 256), 41);
        Fill(new Span<uint>(Memory + 4096, 256), 42);
        Span<byte> source = new Span<byte>(Memory, 1024);
        Span<byte> target = new Span<byte>(Memory + 4096, 1024);
        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            CopyRows(source.Slice(i, 900), 29 + (i & 3), target.Slice(100 - i, 900), 33 - (i & 3), 8 + (i & 15), 25);
            sum = (sum * 31) + target[100];
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory + 4096, 256));
    }
}
