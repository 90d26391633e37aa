// Prints "ready" and waits for ever with nothing that could wake it.
//
// Shows:   WFI with no interrupt enabled and no timer armed: a device that costs nothing.
// Proof:   "ready", then nothing; the hart stays in WFI however much virtual time passes.

#include "console.h"

int main(void)
{
    console_start();
    print("ready\n");
    halt();
}
