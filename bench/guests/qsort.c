// Quicksort of 16384 random words, median of three, insertion sort at the bottom: unpredictable branches.

#include "kernel.h"

#define COUNT 16384

DEFAULT_ROUNDS(136);

static uint32_t values[COUNT];

static void sort(uint32_t *low, uint32_t *high)
{
    while (high - low > 16) {
        uint32_t *middle = low + (high - low) / 2;
        uint32_t a = *low, b = *middle, c = *high;
        uint32_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        uint32_t *left = low, *right = high;
        while (left <= right) {
            while (*left < pivot)
                left++;
            while (*right > pivot)
                right--;
            if (left <= right) {
                uint32_t swapped = *left;
                *left++ = *right;
                *right-- = swapped;
            }
        }
        // The smaller part by recursion, the larger in this loop: the stack stays small.
        if (right - low < high - left) {
            sort(low, right);
            low = left;
        } else {
            sort(left, high);
            high = right;
        }
    }
    for (uint32_t *i = low + 1; i <= high; i++) {
        uint32_t value = *i;
        uint32_t *j = i;
        for (; j > low && j[-1] > value; j--)
            *j = j[-1];
        *j = value;
    }
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 2463534242u, checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        for (int i = 0; i < COUNT; i++)
            values[i] = next_random(&random);
        sort(values, values + COUNT - 1);
        for (int i = 1; i < COUNT; i++)
            if (values[i - 1] > values[i])
                return 0xBAD;
        checksum = mix(checksum, values[round % COUNT]);
    }
    return checksum;
}
