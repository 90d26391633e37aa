// Memory management as a small kernel does it: Sv32 page tables, a bitmap of pages, copies and fills.
// The twin of Kernels.Memory.cs.

#include "kernels.h"

#define Valid 1u
#define Read 2u
#define Write 4u
#define Execute 8u
#define User 16u
#define Fault 0xffffffffu

// The physical address behind va, or Fault. Physical addresses count from the pointer physical.
KERNEL uint32_t PageWalk(uint8_t *physical, uint32_t root, uint32_t va, uint32_t access)
{
    uint32_t table = root;
    int32_t shift = 22;
    while (1) {
        uint32_t entry = ((uint32_t *)(physical + table))[(va >> shift) & 0x3ff];
        if ((entry & Valid) == 0 || (entry & (Read | Write)) == Write)
            return Fault;

        if ((entry & (Read | Execute)) != 0) {
            uint32_t mask = (1u << shift) - 1;
            uint32_t page = (entry >> 10) << 12;
            if ((entry & access) != access || (page & mask) != 0)
                return Fault;

            return page | (va & mask);
        }

        if (shift == 12)
            return Fault;

        table = (entry >> 10) << 12;
        shift = 12;
    }
}

uint32_t RunPageWalk(void)
{
    uint32_t *root = (uint32_t *)memory;
    for (uint32_t i = 0; i < 6; i++)
        root[512 + i] = (((4096 + ((i & 1) << 12)) >> 12) << 10) | Valid;

    root[518] = (0x10000000u >> 12 << 10) | User | Execute | Read | Valid;
    root[519] = (0x10001000u >> 12 << 10) | User | Execute | Read | Valid;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t flags = (i & 15) == 7 ? 0 : User | ((i & 3) << 2) | ((i & 4) >> 1) | Read | Valid;
        root[1024 + i] = ((0x40000 + (i * 3)) << 10) | flags;
        root[2048 + i] = ((0x50000 + (i * 5)) << 10) | flags;
    }

    uint32_t sum = 0;
    for (uint32_t region = 0; region < 8; region++) {
        uint32_t va = 0x80000000 + (region << 22);
        for (int32_t i = 0; i < 200; i++) {
            sum += PageWalk(memory, 0, va, User | Read);
            va += 0x1357;
        }
    }

    return sum;
}

// Maps a page of 4 KiB and makes its table, from nextFree, where there is none yet. 0 if done; else what is wrong:
// 1 mapped already, 2 within a superpage, 3 no memory below limit.
KERNEL uint32_t PageMap(uint8_t *physical, uint32_t root, uint32_t va, uint32_t pa, uint32_t flags,
    uint32_t *nextFree, uint32_t limit)
{
    uint32_t *entry = (uint32_t *)(physical + root) + (va >> 22);
    if ((*entry & Valid) == 0) {
        uint32_t page = *nextFree;
        if (page >= limit)
            return 3;

        *nextFree = page + 4096;
        uint32_t *fresh = (uint32_t *)(physical + page);
        for (int32_t i = 0; i < 1024; i++)
            fresh[i] = 0;

        *entry = ((page >> 12) << 10) | Valid;
    } else if ((*entry & (Read | Write | Execute)) != 0) {
        return 2;
    }

    uint32_t *leaf = (uint32_t *)(physical + ((*entry >> 10) << 12)) + ((va >> 12) & 0x3ff);
    if ((*leaf & Valid) != 0)
        return 1;

    *leaf = ((pa >> 12) << 10) | flags | Valid;
    return 0;
}

uint32_t RunPageMap(void)
{
    uint32_t *root = (uint32_t *)memory;
    uint32_t sum = 0;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 4; i++)
            root[512 + i] = 0;

        root[514] = (0x10000000u >> 12 << 10) | Execute | Read | Valid;
        uint32_t nextFree = 4096;
        uint32_t va = 0x80000000 + (round << 12);
        for (uint32_t i = 0; i < 900; i++) {
            sum += PageMap(memory, 0, va, va, User | Write | Read, &nextFree, 12288);
            va = (va + 0x3000) & 0x807fffff;
        }

        va = 0x80400000;
        for (uint32_t i = 0; i < 100; i++) {
            sum = (sum * 31) + PageMap(memory, 0, va, 0x48000000, User | Read, &nextFree, 12288);
            va += 0x1d000;
        }

        for (uint32_t i = 0; i < 32; i++)
            sum = (sum * 31) + root[1024 + (i * 63)];
    }

    return sum;
}

// How many of the bytes from va on the user may access: what a kernel asks before it lends a buffer.
KERNEL uint32_t PageRange(uint8_t *physical, uint32_t root, uint32_t va, uint32_t length, uint32_t access)
{
    uint32_t done = 0;
    while (done < length) {
        uint32_t at = va + done;
        uint32_t size = 1u << 22;
        uint32_t entry = ((uint32_t *)(physical + root))[at >> 22];
        if ((entry & (Valid | Read | Execute)) == Valid) {
            size = 4096;
            entry = ((uint32_t *)(physical + ((entry >> 10) << 12)))[(at >> 12) & 0x3ff];
        }

        if ((entry & access) != access)
            return done;

        done += size - (at & (size - 1));
    }

    return length;
}

uint32_t RunPageRange(void)
{
    uint32_t *root = (uint32_t *)memory;
    root[512] = (4096u >> 12 << 10) | Valid;
    root[513] = (0x10000000u >> 12 << 10) | User | Read | Valid;
    root[514] = 0;
    for (uint32_t i = 0; i < 128; i++) {
        uint32_t flags = (i & 31) == 19 ? Read | Valid : User | Read | Valid;
        root[1024 + i] = ((0x40000 + i) << 10) | flags;
        root[1920 + i] = ((0x50000 + i) << 10) | User | Read | Valid;
    }

    uint32_t sum = 0;
    for (uint32_t i = 0; i < 36; i++) {
        sum = (sum * 31) + PageRange(memory, 0, 0x80000000 + (i * 0x13f1), 0x20000 + (i << 4), User | Read | Valid);
        sum = (sum * 31) + PageRange(memory, 0, 0x80380000 + (i * 0x579), 0x90000 + (i << 14), User | Read | Valid);
    }

    return sum;
}

// The first bit of the first run of that many clear bits, or -1.
KERNEL int32_t BitmapFindRun(const uint32_t *words, int32_t wordsLength, int32_t length)
{
    int32_t total = wordsLength << 5;
    int32_t run = 0;
    for (int32_t bit = 0; bit < total; bit++) {
        uint32_t word = words[bit >> 5];
        if (word == 0xffffffff && (bit & 31) == 0) {
            run = 0;
            bit += 31;
            continue;
        }

        if (((word >> (bit & 31)) & 1) != 0) {
            run = 0;
            continue;
        }

        run++;
        if (run == length)
            return bit - length + 1;
    }

    return -1;
}

uint32_t RunBitmapFindRun(void)
{
    uint32_t *words = (uint32_t *)memory;
    Fill(words, 32, 5);
    for (int32_t i = 0; i < 8; i++)
        words[i * 3] = 0xffffffff;

    words[25] = 0x0000ffff;
    words[26] = 0xffff0000;
    uint32_t sum = 0;
    for (int32_t length = 1; length < 30; length++)
        sum = (sum * 31) + (uint32_t)BitmapFindRun(words, 32, length & 7);

    for (int32_t length = 8; length < 34; length += 4)
        sum = (sum * 31) + (uint32_t)BitmapFindRun(words, 32, length);

    return sum;
}

// Sets a run of bits; gives those of them that were set already, words folded into one.
KERNEL uint32_t BitmapSet(uint32_t *words, int32_t wordsLength, int32_t first, int32_t length)
{
    (void)wordsLength;
    uint32_t already = 0;
    int32_t end = first + length;
    while (first < end) {
        int32_t bit = first & 31;
        int32_t count = 32 - bit;
        if (count > end - first)
            count = end - first;

        uint32_t mask = (0xffffffff >> (32 - count)) << bit;
        uint32_t word = words[first >> 5];
        already |= word & mask;
        words[first >> 5] = word | mask;
        first += count;
    }

    return already;
}

uint32_t RunBitmapSet(void)
{
    uint32_t *words = (uint32_t *)memory;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 4; round++) {
        for (int32_t i = 0; i < 64; i++)
            words[i] = 0;

        for (int32_t i = 0; i < 80; i++)
            sum = (sum * 31) + BitmapSet(words, 64, ((i * 613) + round) & 1023, (i * 29) & 511);
    }

    return sum + Checksum(words, 64);
}

// Clears a run of bits; gives those of them that were clear already, words folded into one.
KERNEL uint32_t BitmapClear(uint32_t *words, int32_t wordsLength, int32_t first, int32_t length)
{
    (void)wordsLength;
    uint32_t already = 0;
    int32_t end = first + length;
    while (first < end) {
        int32_t bit = first & 31;
        int32_t count = 32 - bit;
        if (count > end - first)
            count = end - first;

        uint32_t mask = (0xffffffff >> (32 - count)) << bit;
        uint32_t word = words[first >> 5];
        already |= ~word & mask;
        words[first >> 5] = word & ~mask;
        first += count;
    }

    return already;
}

uint32_t RunBitmapClear(void)
{
    uint32_t *words = (uint32_t *)memory;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 4; round++) {
        for (int32_t i = 0; i < 64; i++)
            words[i] = 0xffffffff;

        for (int32_t i = 0; i < 80; i++)
            sum = (sum * 31) + BitmapClear(words, 64, ((i * 613) + round) & 1023, (i * 29) & 511);
    }

    return sum + Checksum(words, 64);
}

// How many bits are set, one step of the inner loop for each.
KERNEL int32_t BitCount(const uint32_t *words, int32_t wordsLength)
{
    int32_t count = 0;
    for (int32_t i = 0; i < wordsLength; i++) {
        uint32_t word = words[i];
        while (word != 0) {
            word &= word - 1;
            count++;
        }
    }

    return count;
}

uint32_t RunBitCount(void)
{
    uint32_t *words = (uint32_t *)memory;
    Fill(words, 64, 77);
    uint32_t sum = 0;
    for (int32_t i = 0; i < 16; i++)
        sum = (sum * 31) + (uint32_t)BitCount(words + i, 48);

    return sum;
}

// memcpy: whole words where both pointers can be aligned together.
KERNEL void MemCopy(uint8_t *target, uint8_t *source, uint32_t length)
{
    if (length >= 8 && (((uint32_t)(uintptr_t)target ^ (uint32_t)(uintptr_t)source) & 3) == 0) {
        while (((uint32_t)(uintptr_t)target & 3) != 0) {
            *target = *source;
            target++;
            source++;
            length--;
        }

        while (length >= 4) {
            *(uint32_t *)target = *(uint32_t *)source;
            target += 4;
            source += 4;
            length -= 4;
        }
    }

    while (length != 0) {
        *target = *source;
        target++;
        source++;
        length--;
    }
}

uint32_t RunMemCopy(void)
{
    Fill((uint32_t *)memory, 292, 11);
    Fill((uint32_t *)(memory + 4096), 292, 12);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 56; i++) {
        uint32_t length = (i * 37) & 1023;
        uint8_t *target = memory + 4096 + (i & 3);
        MemCopy(target, memory + (i & 3) + (i & 28), length);
        MemCopy(target + length, memory + 1027 + (i & 1), i & 127);
        sum = (sum * 31) + target[0];
        sum = (sum * 31) + target[length];
        sum = (sum * 31) + target[length + (i & 127)];
    }

    return sum + Checksum((uint32_t *)(memory + 4096), 292);
}

// memset: bytes up to a word, whole words, the bytes that are left.
KERNEL void MemSet(uint8_t *target, uint8_t value, uint32_t length)
{
    if (length >= 8) {
        while (((uint32_t)(uintptr_t)target & 3) != 0) {
            *target = value;
            target++;
            length--;
        }

        uint32_t word = value * 0x01010101u;
        while (length >= 4) {
            *(uint32_t *)target = word;
            target += 4;
            length -= 4;
        }
    }

    while (length != 0) {
        *target = value;
        target++;
        length--;
    }
}

uint32_t RunMemSet(void)
{
    Fill((uint32_t *)memory, 320, 13);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 80; i++) {
        uint32_t length = (i * 37) & 1023;
        uint8_t *target = memory + 8 + (i & 7);
        MemSet(target, (uint8_t)(i + 1), length);
        sum = (sum * 31) + target[-1];
        sum = (sum * 31) + target[0];
        sum = (sum * 31) + target[length];
    }

    return sum + Checksum((uint32_t *)memory, 320);
}

KERNEL void CopyWords(const uint32_t *source, int32_t sourceLength, uint32_t *target, int32_t targetLength)
{
    (void)targetLength;
    for (int32_t i = 0; i < sourceLength; i++)
        target[i] = source[i];
}

uint32_t RunCopyWords(void)
{
    uint32_t *source = (uint32_t *)memory;
    uint32_t *target = (uint32_t *)(memory + 4096);
    Fill(source, 256, 21);
    Fill(target, 256, 22);
    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++) {
        CopyWords(source + i, 192, target + (64 - i), 192 + i);
        sum = (sum * 31) + target[64];
    }

    return sum + Checksum(target, 256);
}

// As much as both hold; gives how much that was.
KERNEL int32_t CopyBytes(const uint8_t *source, int32_t sourceLength, uint8_t *target, int32_t targetLength)
{
    int32_t count = sourceLength < targetLength ? sourceLength : targetLength;
    for (int32_t i = 0; i < count; i++)
        target[i] = source[i];

    return count;
}

uint32_t RunCopyBytes(void)
{
    Fill((uint32_t *)memory, 128, 31);
    Fill((uint32_t *)(memory + 4096), 128, 32);
    uint8_t *source = memory;
    uint8_t *target = memory + 4096;
    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++) {
        sum = (sum * 31) + (uint32_t)CopyBytes(source + i, 300 + (i * 5), target + (40 - i), 450 - (i * 7));
        sum = (sum * 31) + target[40];
    }

    return sum + Checksum((uint32_t *)(memory + 4096), 128);
}

// A rectangle of bytes from one picture to another, a slice for each row.
KERNEL void CopyRows(const uint8_t *source, int32_t sourceLength, int32_t sourceStride, uint8_t *target,
    int32_t targetLength, int32_t targetStride, int32_t width, int32_t height)
{
    (void)sourceLength;
    (void)targetLength;
    for (int32_t row = 0; row < height; row++) {
        const uint8_t *from = source + (row * sourceStride);
        uint8_t *to = target + (row * targetStride);
        for (int32_t i = 0; i < width; i++)
            to[i] = from[i];
    }
}

uint32_t RunCopyRows(void)
{
    Fill((uint32_t *)memory, 256, 41);
    Fill((uint32_t *)(memory + 4096), 256, 42);
    uint8_t *source = memory;
    uint8_t *target = memory + 4096;
    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++) {
        CopyRows(source + i, 900, 29 + (i & 3), target + (100 - i), 900, 33 - (i & 3), 8 + (i & 15), 25);
        sum = (sum * 31) + target[100];
    }

    return sum + Checksum((uint32_t *)(memory + 4096), 256);
}
