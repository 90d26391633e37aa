// Resets the chip by software until it has booted five times, counting in AORAM.
//
// Shows:   RCURST0 resets the chip and starts the image again; AORAM survives; RCUSRCFR names the cause.
// Proof:   "boot 1" to "boot 5", from the second on with the cause bit 5 (software RCURST0), then "reset: done".
//          SRAM was cleared or kept, either is allowed; the program only trusts AORAM.

#include "board.h"
#include "console.h"

#define BOOTS 5

// Words that the boot stage neither hashes nor uses: inside the second bank's first 32 bytes.
#define AORAM_MAGIC REG32(AORAM + 0x2010)
#define AORAM_COUNT REG32(AORAM + 0x2014)
#define MAGIC 0x424F4F54u

int main(void)
{
    console_start();
    ticktimer_start();

    if (AORAM_MAGIC != MAGIC) {
        AORAM_MAGIC = MAGIC;
        AORAM_COUNT = 0;
    }
    uint32_t boot = ++AORAM_COUNT;

    uint32_t causes = RCUSRCFR;
    RCUSRCFR = causes;
    print("boot %u, reset causes %03x\n", (unsigned)boot, (unsigned)causes);
    if (boot >= BOOTS) {
        AORAM_MAGIC = 0;        // so that the next reset by hand starts from 1
        print("reset: done\n");
        halt();
    }

    delay_ms(100);
    RCURST0 = RCURST_MAGIC;
    for (;;)
        ;
}
