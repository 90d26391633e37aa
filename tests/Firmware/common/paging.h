// Sv32 page tables in SRAM.
#pragma once

#include <stdint.h>

#define PAGE_SIZE 4096u
#define MEGAPAGE_SIZE (1024u * PAGE_SIZE)

#define PTE_V 0x01u
#define PTE_R 0x02u
#define PTE_W 0x04u
#define PTE_X 0x08u
#define PTE_U 0x10u
#define PTE_A 0x40u
#define PTE_D 0x80u

typedef uint32_t pte;

#define PTE(physical, flags) (((uint32_t)(physical) >> 12 << 10) | (flags))

pte *new_table(void);                                                       // an empty one, from a fixed pool
pte *map_page(pte *root, uint32_t va, uint32_t physical, uint32_t flags);   // returns where the leaf stands
void map_megapage(pte *root, uint32_t va, uint32_t physical, uint32_t flags);

// Maps, for S alone and at their own addresses, what every program needs: RRAM, SRAM, IFRAM with the IO
// subsystem, the system peripherals and the core's registers.
void map_supervisor(pte *root);

static inline uint32_t satp_of(const pte *root) { return 1u << 31 | (uint32_t)root >> 12; }

static inline void sfence_vma(void) { __asm__ volatile("sfence.vma" ::: "memory"); }
