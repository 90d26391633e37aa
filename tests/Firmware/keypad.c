// Scans a matrix of keys on port F with the keypad controller and says which keys are pressed and let go.
//
// Shows:   AO_IOX's switch of the pads, DKPC's scan and filter, its queue of events, both of its sources in AOFR, and
//          the way of its interrupt: AO_SYSCTRL, IRQARRAY2 bit 14, CPU line 2.
// Proof:   "keypad ready", then "key 1,2 down" and "key 1,2 up" as PF7 and PF4 (row 1, column 2) are joined and
//          parted; "both sources" once with the first key. Rows are PF6 and up, columns PF2 and up.

#include "board.h"
#include "check.h"
#include "console.h"
#include "csr.h"

static volatile uint32_t interrupts;

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_IRQARRAY2)
        die_of_trap();
    EV_PENDING(IRQARRAY2) = IRQARRAY2_AOINT;
    interrupts++;
}

static void keypad_start(void)
{
    AO_IOX = 1;
    AO_WKUPMASK = AO_SOURCE_KEYPAD_EVENT | AO_SOURCE_KEYPAD_COLUMN;
    DKPC_CFG0 = DKPC_CFG0_KPOPO0 | DKPC_CFG0_KPOOE1 | DKPC_CFG0_DKPCEN;     // driven low, else let go
    DKPC_CFG1 = 4 << 16 | 2 << 8 | 2;       // unit of time, filter, step
    DKPC_CFG2 = 0x40050301;                 // a row each 6 ms
    DKPC_CFG3 = 0xFFFFFFFF;                 // falls and rises
    while (DKPC_SR1)
        DKPC_FIFO;
    AO_AOFR = 0x3FF;
}

static void report(uint32_t event)
{
    uint32_t node = event & 0xF;
    print("key %u,%u %s\n", (unsigned)node / 4, (unsigned)node % 4, event & 0x10 ? "down" : "up");
}

int main(void)
{
    console_start();
    keypad_start();
    EV_EDGE_TRIGGERED(IRQARRAY2) = IRQARRAY2_AOINT;
    EV_POLARITY(IRQARRAY2) = IRQARRAY2_AOINT;
    EV_PENDING(IRQARRAY2) = 0xFFFF;
    EV_ENABLE(IRQARRAY2) = IRQARRAY2_AOINT;
    csr_write(mtvec, on_trap);
    csr_write(MIM, LINE_IRQARRAY2);
    csr_set(mie, INTERRUPT_MEI);
    print("keypad ready\n");

    uint32_t sources = 0;
    for (uint32_t served = 0;;) {
        // Interrupts are only let in here, so that none is missed between the checks and WFI.
        csr_set(mstatus, STATUS_MIE);
        csr_clear(mstatus, STATUS_MIE);
        if (served == interrupts) {
            wait_for_interrupt();
            continue;
        }
        served = interrupts;
        uint32_t now = AO_AOFR & (AO_SOURCE_KEYPAD_EVENT | AO_SOURCE_KEYPAD_COLUMN);
        AO_AOFR = now;
        if (now & ~sources && (sources | now) == (AO_SOURCE_KEYPAD_EVENT | AO_SOURCE_KEYPAD_COLUMN))
            print("both sources\n");
        sources |= now;
        while (DKPC_SR1)
            report(DKPC_FIFO);
    }
}
