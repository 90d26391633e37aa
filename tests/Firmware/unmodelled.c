// Touches what an emulator may not have, then finishes as if nothing were wrong.
//
// Shows:   an access to something that is not modelled is reported by name, address and PC.
// Proof:   one report each for the block at BLOCK (its default is QFC; build with another address when that
//          is modelled) and for the two accesses to an unused offset of DUART; then "done" on the console.

#include "bao1x.h"
#include "console.h"

#ifndef BLOCK
#define BLOCK 0x40010010
#endif
#define UNUSED_OFFSET 0x40042040

// One instruction each, so that a reported PC is one of these labels.
static void __attribute__((noinline, naked, used)) touch(void)
{
    __asm__ volatile(
        ".globl read_of_block, read_of_unused_offset, write_of_unused_offset\n"
        "    li a0, %0\n"
        "    li a1, %1\n"
        "    li a2, 0x5A\n"
        "read_of_block:\n"
        "    lw a3, 0(a0)\n"
        "read_of_unused_offset:\n"
        "    lw a3, 0(a1)\n"
        "write_of_unused_offset:\n"
        "    sw a2, 0(a1)\n"
        "    ret\n" :: "i"(BLOCK), "i"(UNUSED_OFFSET));
}

int main(void)
{
    console_start();
    touch();
    print("done\n");
    return 0;
}
