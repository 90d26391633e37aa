// Copies 128 KiB word by word, four words a turn, and reads it back: loads and stores with nothing between.

#include "kernel.h"

#define WORDS 32768

DEFAULT_ROUNDS(640);

static uint32_t from[WORDS], to[WORDS];

static void __attribute__((noinline)) copy(uint32_t *restrict t, const uint32_t *restrict f, size_t words)
{
    for (const uint32_t *end = f + words; f != end; f += 4, t += 4) {
        uint32_t a = f[0], b = f[1], c = f[2], d = f[3];
        t[0] = a;
        t[1] = b;
        t[2] = c;
        t[3] = d;
    }
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 161803, checksum = 0;
    for (size_t i = 0; i < WORDS; i++)
        from[i] = next_random(&random);
    for (uint32_t round = 0; round < rounds; round++) {
        copy(to, from, WORDS);
        copy(from + 4, to, WORDS - 4);
        from[round % 4] ^= to[round * 97 % WORDS];
        checksum = mix(checksum, to[round * 131 % WORDS]);
        uint32_t sum = 0;
        for (size_t i = 0; i < WORDS; i++)
            sum += to[i];
        checksum = mix(checksum, sum);
    }
    return checksum;
}
