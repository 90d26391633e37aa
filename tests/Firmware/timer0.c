// Beeps, and boops two seconds later from TIMER0's interrupt; once at the start, then once for each PROG click.
//
// Shows:   TIMER0 one-shot (LOAD, RELOAD 0, EN, EV_PENDING write-1-to-clear); CPU interrupt line 30 through MIM
//          and mip.MEIP; the PROG button PC13.
// Proof:   "beep N..." and 700 000 000 cycles later "boop N"; N+1 only after PROG was pressed and released.

#include "board.h"
#include "console.h"
#include "csr.h"

static volatile uint32_t boops;

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_TIMER0)
        die_of_trap();
    TIMER0_EV_PENDING = 1;
    boops++;
}

int main(void)
{
    console_start();
    ticktimer_start();
    prog_button_start();

    csr_write(mtvec, on_trap);
    csr_write(MIM, LINE_TIMER0);
    csr_set(mie, INTERRUPT_MEI);
    TIMER0_EV_ENABLE = 0;
    csr_set(mstatus, STATUS_MIE);

    for (uint32_t n = 1;; n++) {
        print("beep %u...\n", (unsigned)n);

        // With EN=0 the counter follows LOAD, so it is not 0 when pending is cleared.
        TIMER0_EN = 0;
        TIMER0_LOAD = 2 * ACLK_HZ;
        TIMER0_RELOAD = 0;
        TIMER0_EV_PENDING = 1;
        TIMER0_EV_ENABLE = 1;
        TIMER0_EN = 1;

        while (boops != n)
            ;
        print("boop %u\n", (unsigned)n);
        wait_for_prog_click();
    }
}
