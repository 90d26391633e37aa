// Code that runs once, as at a boot: 2048 different functions in 300 KB, each called a few times.
// The default is one round, far below 2e8 instructions: what it measures is the cost of code never seen before.

#include "kernel.h"

DEFAULT_ROUNDS(1);

// n enters each function as constants, so that no two are the same code.
#define FUNCTION(n) \
    static uint32_t __attribute__((noinline, noclone)) f##n(uint32_t x, uint32_t *memory) \
    { \
        uint32_t a = x * (0x9E3779B1u + 2 * (n)) + memory[(n) & 255]; \
        if (a & (1u << ((n) & 31))) \
            a ^= a >> (1 + (n) % 15); \
        else \
            a += memory[(x ^ (n)) & 255] << ((n) % 7); \
        for (uint32_t i = 0; i < 1 + (n) % 3; i++) \
            a = (a << (3 + (n) % 5)) + (a >> (7 + (n) % 11)) + i; \
        memory[((n) * 7) & 255] ^= a; \
        if ((a >> 8 & 255) < 1 + (n) % 255) \
            a -= memory[(a >> 16) & 255] * ((n) | 1); \
        memory[(a + (n)) & 255] += x; \
        return a ^ (n); \
    }

// Numbers are octal digits put together: 0##a##b##c##d.
#define EACH8(M, p) M(p##0) M(p##1) M(p##2) M(p##3) M(p##4) M(p##5) M(p##6) M(p##7)
#define EACH64(M, p) EACH8(M, p##0) EACH8(M, p##1) EACH8(M, p##2) EACH8(M, p##3) \
                     EACH8(M, p##4) EACH8(M, p##5) EACH8(M, p##6) EACH8(M, p##7)
#define EACH512(M, p) EACH64(M, p##0) EACH64(M, p##1) EACH64(M, p##2) EACH64(M, p##3) \
                      EACH64(M, p##4) EACH64(M, p##5) EACH64(M, p##6) EACH64(M, p##7)
#define EACH2048(M) EACH512(M, 00) EACH512(M, 01) EACH512(M, 02) EACH512(M, 03)

EACH2048(FUNCTION)

#define ADDRESS(n) f##n,
static uint32_t (*const functions[])(uint32_t, uint32_t *) = { EACH2048(ADDRESS) };
#define COUNT (sizeof functions / sizeof functions[0])

static uint32_t memory[256];

uint32_t kernel(uint32_t rounds)
{
    uint32_t value = 1;
    for (uint32_t round = 0; round < rounds; round++)
        for (uint32_t i = 0; i < COUNT; i++) {
            // Most run once; each sixteenth a few times more.
            value = functions[(i * 1031 + round) % COUNT](value, memory);
            for (uint32_t again = 0; (i & 15) == 0 && again < 5; again++)
                value = functions[i](value, memory);
        }
    for (int i = 0; i < 256; i++)
        value = mix(value, memory[i]);
    return value;
}
