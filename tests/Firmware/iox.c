// Checks GPIO and its interrupts on pins that it drives itself, then reports the PROG button by interrupt.
//
// Shows:   IN follows own outputs and pull-ups; INTCR modes rise, fall, high, low; INTFR's reversed bit order
//          (INT0 is bit 7) and write-1-to-clear; IRQARRAY10 bit 0, CPU line 10; an external pin through all of it.
// Proof:   one line a check and "iox: 17 ok, 0 failed", then "PROG pressed" and "PROG released" as PC13 is driven
//          low and let go. PB1 must be left alone from outside.

#include "board.h"
#include "check.h"
#include "console.h"
#include "csr.h"

#define PB1 (1u << 1)
#define PB3 (1u << 3)

// INTFR's bit of interrupt n.
#define INT(n) (1u << (7 - (n)))

#define PROG_FALL 4
#define PROG_RISE 5

static volatile uint32_t presses, releases;

// Pads are sampled by a slower clock than the CPU's.
static void settle(void)
{
    for (int i = 0; i < 50; i++)
        __asm__ volatile("nop");
}

static void drive_pb1(int high)
{
    if (high)
        IOX_OUT(PORT_B) |= PB1;
    else
        IOX_OUT(PORT_B) &= (uint16_t)~PB1;
    settle();
}

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_IRQARRAY10)
        die_of_trap();
    uint32_t flags = IOX_INTFR;
    IOX_INTFR = (uint16_t)flags;
    settle();
    EV_PENDING(IRQARRAY10) = IRQARRAY10_IOX;
    if (flags & INT(PROG_FALL))
        presses++;
    if (flags & INT(PROG_RISE))
        releases++;
}

static void pads(void)
{
    IOX_AFSEL_LOW(PORT_B) = 0;
    IOX_PU(PORT_B) |= PB1 | PB3;
    IOX_OE(PORT_B) &= (uint16_t)~PB3;
    settle();
    check("pull-up on an open pin", IOX_IN(PORT_B) & PB3, PB3);

    IOX_OE(PORT_B) |= PB1;
    drive_pb1(0);
    check("own output, low", IOX_IN(PORT_B) & PB1, 0);
    drive_pb1(1);
    check("own output, high", IOX_IN(PORT_B) & PB1, PB1);
    drive_pb1(0);
    IOX_OE(PORT_B) &= (uint16_t)~PB1;
    settle();
    check("let go, the pull-up wins", IOX_IN(PORT_B) & PB1, PB1);
    IOX_OE(PORT_B) |= PB1;
    settle();

    uint16_t other = IOX_OUT(PORT_C);
    IOX_OUT(PORT_B) = 0;
    check("ports are separate", IOX_OUT(PORT_C), other);
}

static void modes(void)
{
    static const uint16_t mode[4] = { INTCR_RISE, INTCR_FALL, INTCR_HIGH, INTCR_LOW };

    EV_ENABLE(IRQARRAY10) = 0;
    for (int n = 0; n < 8; n++)
        IOX_INTCR(n) = 0;
    drive_pb1(0);
    IOX_INTFR = 0xFF;
    settle();
    EV_PENDING(IRQARRAY10) = 0xFFFF;
    check("no flag at the start", IOX_INTFR, 0);

    for (int n = 0; n < 4; n++)
        IOX_INTCR(n) = (uint16_t)(INTCR_PIN(PORT_B, 1) | mode[n] | INTCR_ENABLE);
    settle();
    check("pin is low: INT3", IOX_INTFR, INT(3));
    check("IRQARRAY10 pending", EV_PENDING(IRQARRAY10) & IRQARRAY10_IOX, IRQARRAY10_IOX);

    IOX_INTCR(3) = 0;
    IOX_INTFR = INT(3);
    settle();
    check("INT3 cleared", IOX_INTFR, 0);
    EV_PENDING(IRQARRAY10) = IRQARRAY10_IOX;
    check("IRQARRAY10 cleared", EV_PENDING(IRQARRAY10) & IRQARRAY10_IOX, 0);

    drive_pb1(1);
    check("pin rises: INT0 and INT2", IOX_INTFR, INT(0) | INT(2));
    IOX_INTCR(2) = 0;
    IOX_INTFR = INT(0);
    settle();
    check("clearing INT0 keeps INT2", IOX_INTFR, INT(2));
    IOX_INTFR = INT(2);
    settle();
    check("INT2 cleared", IOX_INTFR, 0);

    drive_pb1(0);
    check("pin falls: INT1", IOX_INTFR, INT(1));
    IOX_INTFR = INT(1);
    settle();
    check("an edge does not come back", IOX_INTFR, 0);

    IOX_INTCR(0) = 0;
    IOX_INTCR(1) = 0;
    IOX_INTCR(7) = (uint16_t)(INTCR_PIN(PORT_B, 1) | INTCR_RISE | INTCR_ENABLE);
    settle();
    drive_pb1(1);
    check("INT7 is bit 0", IOX_INTFR, 1);
    IOX_INTCR(7) = INTCR_PIN(PORT_B, 1) | INTCR_RISE;
    IOX_INTFR = 0xFF;
    drive_pb1(0);
    drive_pb1(1);
    check("a disabled interrupt sets no flag", IOX_INTFR, 0);
}

int main(void)
{
    console_start();
    pads();
    modes();
    check_summary("iox");

    prog_button_start();
    settle();
    IOX_INTCR(PROG_FALL) = (uint16_t)(INTCR_PIN(PORT_C, PROG_PIN) | INTCR_FALL | INTCR_ENABLE);
    IOX_INTCR(PROG_RISE) = (uint16_t)(INTCR_PIN(PORT_C, PROG_PIN) | INTCR_RISE | INTCR_ENABLE);
    settle();
    IOX_INTFR = 0xFF;
    EV_PENDING(IRQARRAY10) = 0xFFFF;
    EV_ENABLE(IRQARRAY10) = IRQARRAY10_IOX;
    csr_write(mtvec, on_trap);
    csr_write(MIM, LINE_IRQARRAY10);
    csr_set(mie, INTERRUPT_MEI);

    for (uint32_t pressed = 0, released = 0;;) {
        // Interrupts are only let in here, so that none is missed between the checks and WFI.
        csr_set(mstatus, STATUS_MIE);
        csr_clear(mstatus, STATUS_MIE);
        if (pressed == released && pressed != presses) {
            pressed++;
            print("PROG pressed\n");
        } else if (released != releases) {
            released++;
            print("PROG released\n");
        } else {
            wait_for_interrupt();
        }
    }
}
