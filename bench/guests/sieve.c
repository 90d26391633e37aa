// Counts primes with the sieve of Eratosthenes: strided byte stores, then a sweep of byte loads.

#include "kernel.h"

#define LIMIT 262144

DEFAULT_ROUNDS(43);

static uint8_t composite[LIMIT];

uint32_t kernel(uint32_t rounds)
{
    uint32_t checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < LIMIT; i++)
            composite[i] = 0;
        uint32_t limit = LIMIT - (round & 255);
        uint32_t primes = 0;
        for (uint32_t i = 2; i < limit; i++) {
            if (composite[i])
                continue;
            primes++;
            for (uint32_t multiple = 2 * i; multiple < limit; multiple += i)
                composite[multiple] = 1;
        }
        checksum = mix(checksum, primes);
    }
    return checksum;
}
