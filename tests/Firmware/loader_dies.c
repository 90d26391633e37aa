// Ends as a loader of the vendor's does when it refuses the kernel. With function code 4 (loader) put into its header, at
// +0x94, it is taken for one.
//
// Shows:   what a stage prints tells which of its checks ended the boot, and a loader that gives up is noticed.
// Proof:   the boot report says "kernel_signature", and a run that waits for more ends there.

#include "bao1x.h"
#include "console.h"

#define DEATH_MARKS 256

int main(void)
{
    console_start();
    print("~~ Xous Loader ~~\n");
    print("Kernel failed signature check. Dying: \"No valid pubkeys found or signature invalid\"\n");
    for (int i = 0; i < DEATH_MARKS; i++) {
        while (DUART_SR != 0)
            ;
        DUART_TXD = 'X';
    }
    for (;;)
        ;
}
