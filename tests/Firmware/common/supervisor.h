// Programs in S-mode with U-mode code under them: the way down, and the way back at each trap.
#pragma once

#include <stdint.h>

// A U-mode thread. pc and registers are what it goes on with; cause and tval say why it stopped.
struct user {
    uint32_t pc;
    uint32_t x[31];             // x1..x31: x[REG(n)] is xn
    uint32_t cause;
    uint32_t tval;
    uint32_t kernel[16];        // the caller's registers while the thread runs
};

#define REG(n) ((n) - 1)
#define REG_SP REG(2)
#define REG_A0 REG(10)
#define REG_A1 REG(11)

// Leaves M for S: delegates all that can be delegated, sets satp, runs supervisor_main on the same stack, and
// halts when that returns. Takes mtvec, stvec, mscratch and sscratch over.
void enter_supervisor(uint32_t satp, void (*supervisor_main)(void)) __attribute__((noreturn));

// The same with a0 to a3 as arguments, and a7 = 0.
void enter_supervisor_with(uint32_t satp, void (*supervisor_main)(void), const uint32_t arguments[4])
    __attribute__((noreturn));

// Runs the thread in U until its next trap into S.
void run_user(struct user *user);

// A trap in S itself: expected ones are recorded, skip the faulting 32-bit instruction (after a failed jump: return
// to its caller; after an interrupt: mask all lines in SIM) and go on. With expected = 0 they end the program.
struct supervisor_trap { volatile uint32_t expected, count, cause, epc, tval, status; };
extern struct supervisor_trap supervisor_trap;

// Traps that went to M although all was delegated: recorded, and the faulting 32-bit instruction is skipped.
struct machine_trap { volatile uint32_t count, cause, epc, tval; };
extern struct machine_trap machine_trap;

void supervisor_died(void) __attribute__((noreturn));
void supervisor_halt(void) __attribute__((noreturn));
