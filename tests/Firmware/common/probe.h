// Runs a piece of code in a chosen privilege mode and says how it ended: for programs that provoke traps.
#pragma once

#include <stdint.h>

#define MODE_U 0u
#define MODE_S 1u
#define MODE_M 3u

struct outcome {
    uint32_t cause;     // mcause, or 0 when the code returned (no trap has cause 0 on this core)
    uint32_t epc;
    uint32_t tval;
    uint32_t status;    // mstatus as the trap left it
    uint32_t value;     // a0 at the end
};

// Calls code(first, second) in that mode with machine interrupts off, and takes mtvec over. Whatever is not
// delegated comes back as the outcome. probe_vector_mode is OR-ed into mtvec's low bits.
struct outcome probe(uint32_t mode, const volatile void *code, uint32_t first, uint32_t second);
extern uint32_t probe_vector_mode;

// The same for one 32-bit instruction, or two half-words, placed in SRAM. The outcome's epc is relative to it.
struct outcome probe_instruction(uint32_t mode, uint32_t instruction, uint32_t a0, uint32_t a1);
