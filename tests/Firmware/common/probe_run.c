// The C side of probe.h.

#include "csr.h"
#include "probe.h"

void probe_enter(struct outcome *outcome, const volatile void *code, uint32_t mode, uint32_t first, uint32_t second);
extern const char probe_done[];

uint32_t probe_vector_mode;

struct outcome probe(uint32_t mode, const volatile void *code, uint32_t first, uint32_t second)
{
    struct outcome outcome;
    probe_enter(&outcome, code, mode, first, second);
    if (outcome.epc == (uint32_t)probe_done && (outcome.cause & CAUSE_INTERRUPT) == 0)
        outcome.cause = 0;
    return outcome;
}

struct outcome probe_instruction(uint32_t mode, uint32_t instruction, uint32_t a0, uint32_t a1)
{
    static volatile uint32_t code[2];
    code[0] = instruction;
    code[1] = 0x00008067;       // ret
    fence_i();
    struct outcome outcome = probe(mode, code, a0, a1);
    outcome.epc -= (uint32_t)code;
    return outcome;
}
