// What a kernel gives and gets. It is ordinary freestanding C that touches no machine.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Does the kernel's work that many times; the result depends on rounds alone.
uint32_t kernel(uint32_t rounds);

// How much work to do: -DROUNDS, or what the kernel's file gives here.
extern const uint32_t kernel_rounds;
#ifdef ROUNDS
#define DEFAULT_ROUNDS(count) const uint32_t kernel_rounds = (ROUNDS)
#else
#define DEFAULT_ROUNDS(count) const uint32_t kernel_rounds = (count) * SCALE
#endif

// Marsaglia's xorshift: reproducible test data.
static inline uint32_t next_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

// Folds a value into a checksum, order included.
static inline uint32_t mix(uint32_t checksum, uint32_t value)
{
    return (checksum << 5 | checksum >> 27) * 0x9E3779B1u ^ value;
}
