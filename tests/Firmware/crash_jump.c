// Jumps to an address where nothing is, without ever having set mtvec.
//
// Shows:   the fetch faults (instruction access fault, mtval = 0x1000_0000), and the handler that the boot stage
//          left is not there either: the guest is dead.
// Proof:   "jumping", then the run ends as "guest died" with PC 0x1000_0000 and the reason.

#include "console.h"

int main(void)
{
    console_start();
    print("jumping\n");
#ifndef DUART
    uart2_drain();
#endif
    ((void (*)(void))0x10000000)();
    return 0;
}
