// Writes sixteen instructions, makes them visible with fence.i, and runs them eight times. One round is all of that.

#include "kernel.h"

DEFAULT_ROUNDS(200000);

#define COUNT 16
#define ADDI_A0_A0 0x00050513u
#define RET        0x00008067u

static uint32_t code[1024] __attribute__((aligned(4096)));

uint32_t kernel(uint32_t rounds)
{
    uint32_t value = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < COUNT - 1; i++)
            code[i] = ADDI_A0_A0 | ((round + i) & 1023) << 20;
        code[COUNT - 1] = RET;
        __asm__ volatile("fence.i" ::: "memory");
        for (int i = 0; i < 8; i++)
            value = ((uint32_t (*)(uint32_t))code)(value);
        value = mix(value, round);
    }
    return value;
}
