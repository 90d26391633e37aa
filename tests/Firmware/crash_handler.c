// Takes a trap whose handler is itself not mapped.
//
// Shows:   a double fault: the load at a bad address traps to mtvec, and the fetch there traps to mtvec again,
//          without end.
// Proof:   "trapping", then the run ends as "guest died", naming the handler's address 0x1000_0000.

#include "bao1x.h"
#include "console.h"
#include "csr.h"

int main(void)
{
    console_start();
    print("trapping\n");
#ifndef DUART
    uart2_drain();
#endif
    csr_write(mtvec, 0x10000000);
    (void)REG32(0x20000000);
    print("not reached\n");
    return 0;
}
