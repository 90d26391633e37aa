// What the kernels of the compiler's code-quality benchmark share in C: see Kernels.cs, whose twin this is.
// Build with gcc -ffreestanding at -O2 or -Os; at -Os it calls memcpy to pass a message by value: link one.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Loops stay loops: without this gcc turns MemCopy, MemSet and the like into calls of the C library.
#pragma GCC optimize("no-tree-loop-distribute-patterns")

// A function of its own, under its own name, about which no caller knows anything.
#define KERNEL __attribute__((noinline, noipa))

// 64 KiB that the harness defines.
extern unsigned char memory[65536] __attribute__((aligned(8)));

// Every kernel, in the order of the files.
#define KERNELS(X) \
    X(PageWalk) X(PageMap) X(PageRange) X(BitmapFindRun) X(BitmapSet) X(BitmapClear) X(BitCount) \
    X(MemCopy) X(MemSet) X(CopyWords) X(CopyBytes) X(CopyRows) \
    X(ListInsert) X(ListWalk) X(ListRemove) X(DoubleInsert) X(DoubleWalk) X(DoubleRemove) \
    X(Fnv1a) X(Crc32) X(Hash64) X(XorShift64) X(Sha256Block) \
    X(InsertionSort) X(HeapSort) X(BinarySearch) X(FoldRotate) X(FoldMaximum) \
    X(FormatDecimal) X(FormatHex) X(ParseDecimal) X(CompareBytes) X(DecodeUtf8) \
    X(RingPut) X(RingGet) X(MessageHandle) X(MessageDispatch)

#define DECLARE_RUN(name) uint32_t Run##name(void);
KERNELS(DECLARE_RUN)
#undef DECLARE_RUN

static inline uint32_t RotateLeft(uint32_t value, int32_t count)
{
    return (value << count) | (value >> (32 - count));
}

static inline uint32_t RotateRight(uint32_t value, int32_t count)
{
    return (value >> count) | (value << (32 - count));
}

// Words that look random, from a linear congruential generator.
static inline void Fill(uint32_t *words, int32_t wordsLength, uint32_t seed)
{
    uint32_t state = seed;
    for (int32_t i = 0; i < wordsLength; i++) {
        state = (state * 1664525) + 1013904223;
        words[i] = state ^ (state >> 16);
    }
}

static inline uint32_t Checksum(const uint32_t *words, int32_t wordsLength)
{
    uint32_t sum = 0;
    for (int32_t i = 0; i < wordsLength; i++)
        sum = (sum * 31) + words[i];

    return sum;
}
