// Time and the PROG button, as the programs use them.
#pragma once

#include "bao1x.h"

// TICKTIMER counts milliseconds from here on: 350 000 ACLK cycles a tick.
static inline void ticktimer_start(void) { TICKTIMER_CLOCKS_PER_TICK = ACLK_HZ / 1000; }

static inline uint32_t millis(void) { return TICKTIMER_TIME0; }

static inline void delay_ms(uint32_t ms)
{
    uint32_t start = millis();
    while (millis() - start < ms)
        ;
}

// The alarm is a level: it stands while the target is not in the future.
static inline void ticktimer_alarm_at(uint64_t ms)
{
    TICKTIMER_MSLEEP_TARGET1 = (uint32_t)(ms >> 32);
    TICKTIMER_MSLEEP_TARGET0 = (uint32_t)ms;
    TICKTIMER_EV_PENDING = 1;
}

// The boot stage may leave PC13 as an output that is low; the button needs an input with its pull-up.
static inline void prog_button_start(void)
{
    IOX_AFSEL_HIGH(PORT_C) &= (uint16_t)~(3u << (2 * (PROG_PIN - 8)));
    IOX_OE(PORT_C) &= (uint16_t)~(1u << PROG_PIN);
    IOX_PU(PORT_C) |= (uint16_t)(1u << PROG_PIN);
}

static inline int prog_button_pressed(void) { return (IOX_IN(PORT_C) & (1u << PROG_PIN)) == 0; }

// Debounced as on a real board: a press counts when it is followed by a release.
static inline void wait_for_prog_click(void)
{
    while (!prog_button_pressed())
        ;
    delay_ms(5);
    while (prog_button_pressed())
        ;
    delay_ms(5);
}
