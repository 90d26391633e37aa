// UART2 as the public SDK drives it: transmit by DMA from a ring in IFRAM, receive by polling.
// Facts: UDMA channel registers, UART SETUP, IOX alternate functions (PB13 RX, PB14 TX are AF1).
//
// The ring starts at IFRAM offset 0 on purpose. A channel's SADDR reads as its current address, and as 0
// when idle, so the block at offset 0 looks finished until the channel has fetched its first byte. The
// next block then goes to the channel's one-deep pending slot and still comes out in order; the one after
// that would overwrite it, so the pending flag is looked at too.

#include "bao1x.h"
#include "console.h"

#define SLOTS       16
#define SLOT_BYTES  128

static unsigned next_slot;

void uart2_start(void)
{
    // PB13 and PB14: two bits each from pin 8 on.
    IOX_AFSEL_HIGH(PORT_B) = (IOX_AFSEL_HIGH(PORT_B) & ~(0xFu << 10)) | (0x5u << 10);
    UDMA_CG |= UDMA_CG_UART2;
    // Divider 100 of the 100 MHz perclk: 1 Mbaud. 8N1, both directions on, receiver in polling mode.
    UART2_SETUP = 0x00640316;
}

static void send(const char *bytes, size_t count)
{
    unsigned offset = next_slot * SLOT_BYTES;
    next_slot = (next_slot + 1) % SLOTS;

    volatile char *slot = (volatile char *)(IFRAM + offset);
    for (size_t i = 0; i < count; i++)
        slot[i] = bytes[i];

    while (UART2_TX_SADDR != 0 || (UART2_TX_CFG & UDMA_CFG_PENDING) != 0)
        ;
    UART2_TX_SADDR = offset;
    UART2_TX_SIZE = count;
    UART2_TX_CFG = UDMA_CFG_EN;
}

void uart2_write(const char *bytes, size_t count)
{
    while (count > 0) {
        size_t part = count < SLOT_BYTES ? count : SLOT_BYTES;
        send(bytes, part);
        bytes += part;
        count -= part;
    }
}

int uart2_read(void)
{
    return (UART2_VALID & 1) ? (int)(UART2_DATA & 0xFF) : -1;
}

void uart2_drain(void)
{
    while ((UART2_TX_CFG & UDMA_CFG_EN) != 0)
        ;
    while ((UART2_STATUS & 1) != 0)
        ;
}
