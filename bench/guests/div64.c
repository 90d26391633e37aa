// Divides 64-bit numbers on a 32-bit machine: the compiler's soft division, in a gcd and in decimal conversion.

#include "kernel.h"

DEFAULT_ROUNDS(58000);

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 88172645, checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        uint64_t a = (uint64_t)next_random(&random) << 32 | next_random(&random);
        uint64_t b = (uint64_t)next_random(&random) << 32 | next_random(&random);
        uint64_t divisor = gcd(a, b);
        checksum = mix(checksum, (uint32_t)divisor);

        uint32_t digits = 0;
        for (uint64_t rest = a; rest != 0; rest /= 10)
            digits = digits * 3 + (uint32_t)(rest % 10);
        checksum = mix(checksum, digits);
        checksum = mix(checksum, (uint32_t)((int64_t)a / (int64_t)(int32_t)b));
    }
    return checksum;
}
