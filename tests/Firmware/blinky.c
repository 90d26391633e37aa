// Blinks PB12 from the D11CTIME heartbeat, which flips each 350 000 000 ACLK cycles.
//
// Shows:   D11CTIME CONTROL and HEARTBEAT; IOX output.
// Proof:   pad PB12 changes level once each second of virtual time. Nothing is printed.

#include "bao1x.h"

#define LED (1u << 12)

int main(void)
{
    D11CTIME_CONTROL = ACLK_HZ;
    IOX_OUT(PORT_B) &= (uint16_t)~LED;
    IOX_OE(PORT_B) |= LED;

    uint32_t last = D11CTIME_HEARTBEAT;
    for (;;) {
        uint32_t beat = D11CTIME_HEARTBEAT;
        if (beat == last)
            continue;
        last = beat;
        IOX_OUT(PORT_B) ^= LED;
    }
}
