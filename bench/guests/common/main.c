// Runs the kernel and reports on the machine that it was built for.
//
// virt:  a byte store to the UART's transmit register is output; 0x5555 to the test finisher ends QEMU.
// bao1x: DUART TXD is output; the end is WFI with no interrupt enabled.

#include "kernel.h"

#ifdef VIRT
#define TRANSMIT (*(volatile uint8_t *)0x10000000)
#else
#define TRANSMIT (*(volatile uint32_t *)0x40042000)
#define BUSY     (*(volatile uint32_t *)0x40042008)
#endif

static void put(const char *text)
{
    for (; *text != '\0'; text++) {
#ifndef VIRT
        while (BUSY != 0)
            ;
#endif
        TRANSMIT = (unsigned char)*text;
    }
}

static void put_hex(uint32_t value)
{
    char digits[9];
    for (int i = 7; i >= 0; i--, value >>= 4)
        digits[i] = "0123456789abcdef"[value & 15];
    digits[8] = '\0';
    put(digits);
}

static void __attribute__((noreturn)) stop(void)
{
#ifdef VIRT
    *(volatile uint32_t *)0x00100000 = 0x5555;
#endif
    for (;;)
        __asm__ volatile("wfi");
}

#ifdef REPORT_INSTRET
static uint64_t instret(void)
{
    uint32_t high, low, again;
    do {
        __asm__ volatile("rdinstreth %0\n rdinstret %1\n rdinstreth %2" : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}
#endif

void report_trap(uint32_t cause, uint32_t epc, uint32_t tval)
{
    put("trap cause ");
    put_hex(cause);
    put(" epc ");
    put_hex(epc);
    put(" tval ");
    put_hex(tval);
    put("\n");
    stop();
}

void main(void)
{
#ifdef REPORT_INSTRET
    uint64_t before = instret();
#endif
    uint32_t checksum = kernel(kernel_rounds);
#ifdef REPORT_INSTRET
    uint64_t retired = instret() - before;
    put("instret ");
    put_hex((uint32_t)(retired >> 32));
    put_hex((uint32_t)retired);
    put("\n");
#endif
    put("done ");
    put_hex(checksum);
    put("\n");
    stop();
}
