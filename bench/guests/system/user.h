// A small kernel's way into U-mode and back, and page tables for it. The user's page of code is USER_CODE, its data
// are wherever the program maps them; the kernel keeps its own mapping in every address space.
#pragma once

#include "kernel.h"

// 4 MiB where neither machine has anything.
#define USER_BASE   0x20000000u
#define USER_CODE   (USER_BASE + 0x10000)

#define PTE_USER_CODE 0xDBu // V R X U A D
#define PTE_USER_DATA 0xD7u // V R W U A D

enum { CAUSE_ECALL = 8, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15 };

// As user.S has it.
struct user {
    uint32_t registers[32]; // that of x0 is the pc
    uint32_t kernel_stack;
};

typedef uint32_t page_table[1024] __attribute__((aligned(4096)));

// Runs the user until it traps; all registers are saved and restored. Returns scause.
uint32_t run_user(struct user *user);
extern void user_trap(void);

static inline uint32_t page_entry(const void *page, uint32_t flags) { return (uint32_t)page >> 12 << 10 | flags; }

static inline void sfence_vma(void) { __asm__ volatile("sfence.vma" ::: "memory"); }

static inline uint32_t satp_of(page_table root) { return 1u << 31 | (uint32_t)root >> 12; }

static inline void set_satp(uint32_t satp) { __asm__ volatile("csrw satp, %0" :: "r"(satp) : "memory"); }

static inline uint32_t read_stval(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, stval" : "=r"(value));
    return value;
}

// An address space with the kernel's mapping and one page of user code.
static inline void make_space(page_table root, page_table user, const void *code)
{
    uint32_t satp;
    __asm__ volatile("csrr %0, satp" : "=r"(satp));
    const uint32_t *kernel = (const uint32_t *)(satp << 12);
    for (int i = 0; i < 1024; i++)
        root[i] = kernel[i];
    user[(USER_CODE - USER_BASE) >> 12] = page_entry(code, PTE_USER_CODE);
    root[USER_BASE >> 22] = page_entry(user, 1);
}

static inline void prepare_traps(void)
{
    __asm__ volatile("csrw stvec, %0\n csrc sstatus, %1" :: "r"(user_trap), "r"(0x100) : "memory");
}
