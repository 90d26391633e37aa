// A bytecode interpreter in one switch, running Collatz sequences and a bubble sort: indirect jumps throughout.

#include "kernel.h"

DEFAULT_ROUNDS(47);

enum op { PUSH, LOAD, STORE, ADD, SUB, MUL, AND, SHR, DUP, DROP, LOADX, STOREX, JUMP, JZ, JLT, HALT };

// Sum of the lengths of the Collatz sequences from 1 to 300; variables: 0 n, 1 x, 2 steps.
static const int16_t collatz[] = {
    /*  0 */ PUSH, 0, STORE, 2,
    /*  4 */ PUSH, 1, STORE, 0,
    /*  8 */ LOAD, 0, STORE, 1,
    /* 12 */ LOAD, 1, PUSH, 2, JLT, 48,         // x < 2: next n
    /* 18 */ LOAD, 2, PUSH, 1, ADD, STORE, 2,   // steps++
    /* 25 */ LOAD, 1, PUSH, 1, AND, JZ, 41,
    /* 32 */ LOAD, 1, PUSH, 3, MUL, JUMP, 59,   // x is odd: 3x
    /* 39 */ HALT, HALT,
    /* 41 */ LOAD, 1, PUSH, 1, SHR, JUMP, 62,   // x is even: x/2
    /* 48 */ LOAD, 0, PUSH, 1, ADD, DUP, STORE, 0,
    /* 56 */ JUMP, 68, HALT,
    /* 59 */ PUSH, 1, ADD, STORE, 1,
    /* 64 */ JUMP, 12, HALT, HALT,
    /* 68 */ PUSH, 301, JLT, 8,                 // n < 301: go on
    /* 72 */ LOAD, 2, HALT,
};

// Sorts the 64 words at memory[16..]; variables: 0 last, 1 i. Leaves the middle one.
static const int16_t bubble[] = {
    /*  0 */ PUSH, 63, STORE, 0,
    /*  4 */ PUSH, 0, STORE, 1,
    /*  8 */ LOAD, 1, LOADX, 17, LOAD, 1, LOADX, 16, JLT, 24,   // a[i+1] < a[i]: swap
    /* 18 */ LOAD, 1, PUSH, 1, JUMP, 42,
    /* 24 */ LOAD, 1, LOADX, 16, LOAD, 1, LOADX, 17,
    /* 32 */ LOAD, 1, STOREX, 16, LOAD, 1, STOREX, 17,
    /* 40 */ JUMP, 18,
    /* 42 */ ADD, DUP, STORE, 1,
    /* 46 */ LOAD, 0, JLT, 8,
    /* 50 */ LOAD, 0, PUSH, 1, SUB, DUP, STORE, 0,
    /* 58 */ JZ, 62, JUMP, 4,
    /* 62 */ PUSH, 32, LOADX, 16, HALT,
};

static int32_t memory[96];

static uint32_t run(const int16_t *code)
{
    int32_t stack[16];
    int32_t *top = stack;               // the next free place
    for (const int16_t *pc = code;;) {
        switch (*pc++) {
        case PUSH: *top++ = *pc++; break;
        case LOAD: *top++ = memory[*pc++]; break;
        case STORE: memory[*pc++] = *--top; break;
        case ADD: top--; top[-1] = (int32_t)((uint32_t)top[-1] + (uint32_t)top[0]); break;
        case SUB: top--; top[-1] = (int32_t)((uint32_t)top[-1] - (uint32_t)top[0]); break;
        case MUL: top--; top[-1] = (int32_t)((uint32_t)top[-1] * (uint32_t)top[0]); break;
        case AND: top--; top[-1] &= top[0]; break;
        case SHR: top--; top[-1] >>= top[0] & 31; break;
        case DUP: *top = top[-1]; top++; break;
        case DROP: top--; break;
        case LOADX: top[-1] = memory[top[-1] + *pc++]; break;
        case STOREX: top -= 2; memory[top[1] + *pc++] = top[0]; break;
        case JUMP: pc = code + *pc; break;
        case JZ: pc = *--top == 0 ? code + *pc : pc + 1; break;
        case JLT: top -= 2; pc = top[0] < top[1] ? code + *pc : pc + 1; break;
        default: return (uint32_t)top[-1];
        }
    }
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 271828, checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        checksum = mix(checksum, run(collatz));
        for (int i = 0; i < 64; i++)
            memory[16 + i] = (int32_t)(next_random(&random) & 0xFFFFF);
        checksum = mix(checksum, run(bubble));
    }
    return checksum;
}
