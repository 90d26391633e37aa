// Raises a software event, clears it, and reads which USB device controller this is.
//
// Shows:   IRQARRAY1 EV_SOFT latches EV_PENDING although EV_ENABLE is 0; EV_PENDING is write-1-to-clear;
//          writing the same EV_SOFT value again pulses again; UDC DEVCAP.
// Proof:   pending reads 1, 0, 1, 0 as printed, and "USB DEVCAP = 0x20014401".

#include "bao1x.h"
#include "console.h"

static void show(const char *when)
{
    print("%s: EV_PENDING = 0x%08x\n", when, (unsigned)EV_PENDING(IRQARRAY1));
}

int main(void)
{
    console_start();
    EV_ENABLE(IRQARRAY1) = 0;
    EV_PENDING(IRQARRAY1) = 0xFFFF;

    for (int i = 1; i <= 2; i++) {
        EV_SOFT(IRQARRAY1) = 1;
        show("after the software event");
        EV_PENDING(IRQARRAY1) = 1;
        show("after clearing it");
    }
    print("USB DEVCAP = 0x%08x\n", (unsigned)UDC_DEVCAP);
    return 0;
}
