// Sorting, searching and folding of spans. The twin of Kernels.Arrays.cs.

#include "kernels.h"

static inline uint32_t RotateOperator(uint32_t accumulator, uint32_t value)
{
    return RotateLeft(accumulator, 5) ^ value;
}

static inline uint32_t MaximumOperator(uint32_t accumulator, uint32_t value)
{
    return value > accumulator ? value : accumulator;
}

KERNEL void InsertionSort(int32_t *values, int32_t valuesLength)
{
    for (int32_t i = 1; i < valuesLength; i++) {
        int32_t value = values[i];
        int32_t at = i - 1;
        while (at >= 0 && values[at] > value) {
            values[at + 1] = values[at];
            at--;
        }

        values[at + 1] = value;
    }
}

uint32_t RunInsertionSort(void)
{
    int32_t *values = (int32_t *)memory;
    uint32_t sum = 0;
    uint32_t state = 81;
    for (int32_t round = 0; round < 3; round++) {
        for (int32_t i = 0; i < 96; i++) {
            state = (state * 1664525) + 1013904223;
            values[i] = (int32_t)(state ^ (state >> 16));
        }

        InsertionSort(values, 96);
        for (int32_t i = 0; i < 96; i += 5)
            sum = (sum * 31) + (uint32_t)values[i];
    }

    return sum;
}

// Makes the heap first (start > 0), then takes the greatest value from it again and again.
KERNEL void HeapSort(int32_t *values, int32_t valuesLength)
{
    int32_t start = valuesLength >> 1;
    int32_t end = valuesLength;
    while (end > 1) {
        if (start > 0) {
            start--;
        } else {
            end--;
            int32_t last = values[end];
            values[end] = values[0];
            values[0] = last;
        }

        int32_t root = start;
        int32_t value = values[root];
        while (1) {
            int32_t child = (root << 1) + 1;
            if (child >= end)
                break;

            if (child + 1 < end && values[child] < values[child + 1])
                child++;

            if (value >= values[child])
                break;

            values[root] = values[child];
            root = child;
        }

        values[root] = value;
    }
}

uint32_t RunHeapSort(void)
{
    int32_t *values = (int32_t *)memory;
    uint32_t sum = 0;
    uint32_t state = 91;
    for (int32_t round = 0; round < 3; round++) {
        for (int32_t i = 0; i < 200; i++) {
            state = (state * 1664525) + 1013904223;
            values[i] = (int32_t)(state ^ (state >> 16));
        }

        HeapSort(values, 200);
        for (int32_t i = 0; i < 200; i += 9)
            sum = (sum * 31) + (uint32_t)values[i];
    }

    return sum;
}

// Where the key is, or the complement of where it would be.
KERNEL int32_t BinarySearch(const uint32_t *values, int32_t valuesLength, uint32_t key)
{
    int32_t low = 0;
    int32_t high = valuesLength - 1;
    while (low <= high) {
        int32_t middle = (int32_t)((uint32_t)(low + high) >> 1);
        uint32_t value = values[middle];
        if (value == key)
            return middle;

        if (value < key)
            low = middle + 1;
        else
            high = middle - 1;
    }

    return ~low;
}

uint32_t RunBinarySearch(void)
{
    uint32_t *values = (uint32_t *)memory;
    for (int32_t i = 0; i < 512; i++)
        values[i] = (uint32_t)((i * 7) + (i & 3));

    uint32_t sum = 0;
    for (uint32_t i = 0; i < 600; i++)
        sum = (sum * 31) + (uint32_t)BinarySearch(values, 512, (i * 1663) & 4095);

    return sum;
}

KERNEL uint32_t FoldRotate(const uint32_t *values, int32_t valuesLength, uint32_t seed)
{
    uint32_t accumulator = seed;
    for (int32_t i = 0; i < valuesLength; i++) {
        uint32_t value = values[i];
        accumulator = RotateOperator(accumulator, value);
    }

    return accumulator;
}

uint32_t RunFoldRotate(void)
{
    uint32_t *values = (uint32_t *)memory;
    Fill(values, 256, 101);
    uint32_t sum = 0;
    for (int32_t i = 0; i < 24; i++)
        sum = (sum * 31) + FoldRotate(values + i, 220, (uint32_t)i);

    return sum;
}

KERNEL uint32_t FoldMaximum(const uint32_t *values, int32_t valuesLength, uint32_t seed)
{
    uint32_t accumulator = seed;
    for (int32_t i = 0; i < valuesLength; i++) {
        uint32_t value = values[i];
        accumulator = MaximumOperator(accumulator, value);
    }

    return accumulator;
}

uint32_t RunFoldMaximum(void)
{
    uint32_t *values = (uint32_t *)memory;
    Fill(values, 256, 103);
    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++)
        sum = (sum * 31) + FoldMaximum(values + (i * 4), 120 - i, (uint32_t)i);

    return sum;
}
