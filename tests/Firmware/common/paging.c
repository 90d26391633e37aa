// See paging.h.

#include "bao1x.h"
#include "console.h"
#include "paging.h"

#define TABLES 24

static pte pool[TABLES][1024] __attribute__((aligned(4096)));
static unsigned used;

pte *new_table(void)
{
    if (used == TABLES) {
        print("out of page tables\n");
        halt();
    }
    return pool[used++];
}

pte *map_page(pte *root, uint32_t va, uint32_t physical, uint32_t flags)
{
    pte *upper = &root[va >> 22];
    if ((*upper & PTE_V) == 0)
        *upper = PTE(new_table(), PTE_V);
    volatile pte *leaf = (pte *)(*upper >> 10 << 12) + (va >> 12 & 1023);
    *leaf = PTE(physical, flags);
    return (pte *)leaf;
}

void map_megapage(pte *root, uint32_t va, uint32_t physical, uint32_t flags)
{
    ((volatile pte *)root)[va >> 22] = PTE(physical, flags);
}

void map_supervisor(pte *root)
{
    map_megapage(root, RRAM, RRAM, PTE_V | PTE_R | PTE_X);
    map_megapage(root, SRAM, SRAM, PTE_V | PTE_R | PTE_W | PTE_X);
    map_megapage(root, IFRAM, IFRAM, PTE_V | PTE_R | PTE_W);
    map_megapage(root, 0x40000000, 0x40000000, PTE_V | PTE_R | PTE_W);
    map_megapage(root, 0xE0000000, 0xE0000000, PTE_V | PTE_R | PTE_W);
}
