// A stand-in for a Xous kernel: as much of the ABI as a few small programs need to send each other messages, claim an
// interrupt, start threads and die. It is entered as a loader enters a kernel. It is no kernel to build on: whatever
// a program must not do goes unchecked.
#pragma once

#include <stdint.h>

// Addresses in every process
#define USER_IMAGE      0x00010000u     // this program's image, readable and executable
#define USER_DATA       0x00020000u     // two pages of the process's own
#define USER_DEVICE     0x00022000u     // IRQARRAY11, in the first process only
#define USER_STACKS     0x00030000u     // four stacks of two pages each; the lower page is there once it is touched
#define USER_MESSAGES   0x00040000u     // memory that was sent or lent to it

#define STACK_SIZE      0x2000u
#define STACK(n)        (USER_STACKS + (n) * STACK_SIZE)

// A process: what it is called in the loader's tags (0: not there), and where it starts.
struct xous_program { const char *name; void (*main)(void); };

// Makes a process of each program, with PIDs from 2 on, and runs them until nothing can go on; the last one starts
// first. Prints how often each process called, and halts.
void xous_boot(const struct xous_program *programs, unsigned count) __attribute__((noreturn));
