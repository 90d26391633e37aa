// Multiplies 64 × 64 matrices of 32-bit integers: multiply-add in three nested loops.

#include "kernel.h"

#define N 64

DEFAULT_ROUNDS(107);

static int32_t a[N][N], b[N][N], c[N][N];

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 7;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (int32_t)(next_random(&random) & 0xFFFF) - 0x8000;
            b[i][j] = (int32_t)(next_random(&random) & 0xFFFF) - 0x8000;
        }

    uint32_t checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                uint32_t sum = 0;
                for (int k = 0; k < N; k++)
                    sum += (uint32_t)a[i][k] * (uint32_t)b[k][j];
                c[i][j] = (int32_t)sum;
            }
        // Feed the result back, so that no round can be left out.
        for (int i = 0; i < N; i++) {
            checksum = mix(checksum, (uint32_t)c[i][i]);
            a[i][round % N] ^= c[i][(i + round) % N] & 0xFF;
        }
    }
    return checksum;
}
