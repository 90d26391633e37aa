// Fibonacci numbers by plain recursion: calls, returns, and the stack.

#include "kernel.h"

DEFAULT_ROUNDS(104);

// GCC would turn part of the recursion into loops and inline the rest, which is not what is measured here.
static uint32_t __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls", "no-inline")))
fib(uint32_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t checksum = 0;
    for (uint32_t round = 0; round < rounds; round++)
        checksum = mix(checksum, fib(22 + (round & 3)));
    return checksum;
}
