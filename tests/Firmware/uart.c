// Says hello with the time, once at the start and once for each click of the PROG button.
//
// Shows:   UART2 transmit, TICKTIMER in milliseconds, PC13 as an input with its pull-up.
// Proof:   "hello, world! [millis() = N]"; another line only after PROG was pressed and released.

#include "board.h"
#include "console.h"

int main(void)
{
    console_start();
    ticktimer_start();
    prog_button_start();
    for (;;) {
        print("hello, world! [millis() = %u]\n", (unsigned)millis());
        wait_for_prog_click();
    }
}
