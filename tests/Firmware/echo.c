// Echoes what is typed on UART2, in upper case; carriage return ends a line with "[N bytes]".
//
// Shows:   the receive path that firmware uses: a one-byte continuous RX transfer, whose completion raises
//          IRQARRAY5 bit 8 for each byte, while VALID and DATA present the byte itself (polling mode);
//          WFI between bytes, with no timer.
// Proof:   "ready", then "abc\r" gives "ABC" and "[3 bytes]". No byte is lost or doubled at full line rate.

#include "bao1x.h"
#include "console.h"
#include "csr.h"

#define RECEIVED 4096                   // a power of two; more than a test may send in one go

static volatile char received[RECEIVED];
static volatile uint32_t received_head; // written by the handler
static uint32_t received_tail;          // written by main

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_IRQARRAY5)
        die_of_trap();

    uint32_t pending = EV_PENDING(IRQARRAY5);
    for (int c = uart2_read(); c >= 0; c = uart2_read()) {
        received[received_head % RECEIVED] = (char)c;
        received_head++;
    }
    EV_PENDING(IRQARRAY5) = pending;
}

static char next_byte(void)
{
    // Interrupts stay off between the check and WFI, which wakes on a pending line all the same.
    csr_clear(mstatus, STATUS_MIE);
    while (received_tail == received_head) {
        wait_for_interrupt();
        csr_set(mstatus, STATUS_MIE);
        csr_clear(mstatus, STATUS_MIE);
    }
    csr_set(mstatus, STATUS_MIE);
    return received[received_tail++ % RECEIVED];
}

int main(void)
{
    uart2_start();
    csr_write(mtvec, on_trap);

    UART2_RX_SADDR = 0x1F800;           // where the channel stores bytes too; nobody reads them there
    UART2_RX_SIZE = 1;
    UART2_RX_CFG = UDMA_CFG_EN | UDMA_CFG_CONT | UDMA_CFG_BACKPRESSURE;
    EV_PENDING(IRQARRAY5) = 0xFFFF;
    EV_ENABLE(IRQARRAY5) = IRQARRAY5_UART2_RX;
    csr_write(MIM, LINE_IRQARRAY5);
    csr_set(mie, INTERRUPT_MEI);
    print("ready\n");

    for (unsigned count = 0;;) {
        char c = next_byte();
        if (c == '\r') {
            print("\n[%u bytes]\n", count);
            count = 0;
            continue;
        }
        count++;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        uart2_write(&c, 1);
    }
}
