// Sets up the badge's OLED on SPIM2 as its firmware does, and draws a frame with a square in its upper left corner.
//
// Shows:   sending and receiving at the same time, by which a program knows when the last bit has left before it
//          turns A0; SH1107's set-up, addresses and data.
// Proof:   "oled: drawn", with the picture on the display; "oled: dark", with the display switched off.

#include "board.h"
#include "console.h"

#define DISPLAY         2                   // the SPIM

#define PICTURE         (IFRAM + 0x1B000)
#define ORDER           (PICTURE + 2048)
#define DROPPED         (IFRAM + 0x1C000)
#define COMMANDS        (IFRAM + 0x1D000)

#define SIZE            128
#define LINE            (SIZE / 8)

static void transact(uint32_t from, uint32_t count)
{
    REG32(COMMANDS) = SPI_SOT | 0;
    REG32(COMMANDS + 4) = SPI_FULL_DUPLEX | SPI_BYTES(count);
    REG32(COMMANDS + 8) = SPI_EOT;
    SPIM_TX_SADDR(DISPLAY) = from;
    SPIM_TX_SIZE(DISPLAY) = count;
    SPIM_TX_CFG(DISPLAY) = UDMA_CFG_EN;
    SPIM_RX_SADDR(DISPLAY) = DROPPED;
    SPIM_RX_SIZE(DISPLAY) = count;
    SPIM_RX_CFG(DISPLAY) = UDMA_CFG_EN | UDMA_CFG_BACKPRESSURE;
    SPIM_CMD_SADDR(DISPLAY) = COMMANDS;
    SPIM_CMD_SIZE(DISPLAY) = 12;
    SPIM_CMD_CFG(DISPLAY) = UDMA_CFG_EN;
    while (SPIM_RX_SADDR(DISPLAY))
        ;
}

static void order(uint32_t value)
{
    IOX_OUT(PORT_C) &= (uint16_t)~(1u << OLED_A0_PIN);
    *(volatile uint8_t *)ORDER = (uint8_t)value;
    transact(ORDER, 1);
}

static void show(uint32_t line)
{
    order(0xB0);
    order(0x00 | (line & 0x0F));
    order(0x10 | line >> 4);
    IOX_OUT(PORT_C) |= 1u << OLED_A0_PIN;
    transact(PICTURE + LINE * line, LINE);
}

static int is_lit(uint32_t x, uint32_t y)
{
    int frame = x == 0 || y == 0 || x == SIZE - 1 || y == SIZE - 1;
    int square = x >= 8 && x < 24 && y >= 8 && y < 24;
    return frame || square;
}

int main(void)
{
    static const uint8_t set_up[] = {
        0xAE, 0xAD, 0x80, 0xDC, 0, 0xD3, 0, 0x81, 0x3F, 0x21, 0xA0, 0xC8, 0xA8, 0x7F, 0xD5, 0x60, 0xD9, 0x22, 0xDB, 0x35,
        0xB0, 0xA4, 0xA6,
    };

    console_start();
    ticktimer_start();
    UDMA_CG |= UDMA_CG_SPIM(DISPLAY);
    IOX_AFSEL_LOW(PORT_C) = 2 << 0 | 2 << 2 | 2 << 6;   // PC0, PC1 and PC3 are the SPIM's
    IOX_OE(PORT_C) |= 1u << OLED_A0_PIN;
    REG32(COMMANDS) = SPI_CFG | 25;                     // 2 MHz
    SPIM_CMD_SADDR(DISPLAY) = COMMANDS;
    SPIM_CMD_SIZE(DISPLAY) = 4;
    SPIM_CMD_CFG(DISPLAY) = UDMA_CFG_EN;

    for (unsigned i = 0; i < sizeof(set_up); i++)
        order(set_up[i]);
    for (uint32_t y = 0; y < SIZE; y++) {
        for (uint32_t x = 0; x < SIZE; x += 8) {
            uint32_t dots = 0;
            for (uint32_t bit = 0; bit < 8; bit++)
                dots |= (uint32_t)is_lit(x + bit, y) << bit;
            *(volatile uint8_t *)(PICTURE + LINE * y + x / 8) = (uint8_t)dots;
        }
        show(y);
    }
    order(0xAF);
    print("oled: drawn\n");
    delay_ms(10);

    order(0xAE);
    print("oled: dark\n");
    return 0;
}
