// Sleeps in WFI between TICKTIMER alarms 10 ms apart and reports each hundredth of them.
//
// Shows:   the TICKTIMER alarm is a level (moving the target into the future ends it, clearing pending alone
//          does not), CPU interrupt line 20; WFI as the way that firmware spends its time.
// Proof:   "tick N at M ms" with N in hundreds and M = 10·N plus the start, exactly: no alarm is lost or late
//          by a whole millisecond.

#include "board.h"
#include "console.h"
#include "csr.h"

#ifndef TICK_MS
#define TICK_MS 10
#endif

static volatile uint32_t ticks;
static volatile uint32_t sticky;        // pending was cleared while the target still lay in the past, and stayed
static uint64_t target;

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_TICKTIMER)
        die_of_trap();

    TICKTIMER_EV_PENDING = 1;
    if (TICKTIMER_EV_PENDING != 0)
        sticky++;

    target += TICK_MS;
    ticktimer_alarm_at(target);
    ticks++;
}

int main(void)
{
    console_start();
    ticktimer_start();
    csr_write(mtvec, on_trap);

    uint32_t start = millis();
    target = start + TICK_MS;
    ticktimer_alarm_at(target);
    TICKTIMER_EV_ENABLE = 1;
    csr_write(MIM, LINE_TICKTIMER);
    csr_set(mie, INTERRUPT_MEI);
    csr_set(mstatus, STATUS_MIE);

    print("start at %u ms\n", (unsigned)start);
    for (uint32_t reported = 0;;) {
        wait_for_interrupt();
        if (ticks < reported + 100)
            continue;
        reported += 100;
        print("tick %u at %u ms%s\n", (unsigned)reported, (unsigned)millis(),
              sticky == ticks ? "" : ", but the alarm could be cleared by hand");
    }
}
