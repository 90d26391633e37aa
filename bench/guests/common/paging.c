// Sv32 tables that map RAM and the devices at their own addresses, each with 4 KiB pages.
// A and D are set beforehand: one machine would write them, the other ignores them.

#include "kernel.h"

#ifdef SUPERVISOR

#ifdef VIRT
#define RAM         0x80000000u
static const uint32_t devices[] = { 0x10000000u, 0x00100000u };
#else
#define RAM         0x61000000u
static const uint32_t devices[] = { 0x40042000u };
#endif
#define RAM_SIZE    0x00200000u

#define V_A_D       0xC1u
#define R           0x02u
#define W           0x04u
#define X           0x08u

static uint32_t root[1024] __attribute__((aligned(4096)));
static uint32_t tables[1 + sizeof devices / sizeof devices[0]][1024] __attribute__((aligned(4096)));
static unsigned used;

static void map(uint32_t page, uint32_t flags)
{
    uint32_t *upper = &root[page >> 22];
    if (*upper == 0)
        *upper = (uint32_t)tables[used++] >> 12 << 10 | 1;
    uint32_t *table = (uint32_t *)(*upper >> 10 << 12);
    table[page >> 12 & 1023] = page >> 12 << 10 | flags;
}

uint32_t build_page_tables(void)
{
    for (uint32_t offset = 0; offset < RAM_SIZE; offset += 4096)
        map(RAM + offset, V_A_D | R | W | X);
    for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++)
        map(devices[i], V_A_D | R | W);
    return 1u << 31 | (uint32_t)root >> 12;
}

#endif
