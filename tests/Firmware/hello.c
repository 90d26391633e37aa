// Greets on UART2 each PERIOD_MS milliseconds of TICKTIMER.
//
// Shows:   UART2 transmit by DMA; TICKTIMER at one tick a millisecond.
// Proof:   "Hello, world! (i=N)" lines, N counting from 0 without a gap, PERIOD_MS apart in virtual time.

#include "board.h"
#include "console.h"

#ifndef PERIOD_MS
#define PERIOD_MS 1000
#endif

int main(void)
{
    console_start();
    ticktimer_start();
    for (uint32_t i = 0, next = millis();; i++, next += PERIOD_MS) {
        while ((int32_t)(millis() - next) < 0)
            ;
        print("Hello, world! (i=%u)\n", (unsigned)i);
    }
}
