// Finds the badge's flash and PSRAM on SPIM1, brings them to four lines, and writes and reads both.
//
// Shows:   SPIM's command list with sending, receiving and chip selects, its end-of-transaction event, over one line
//          and over four; a NOR flash's write enable, busy time, erase, program and quad enable; a PSRAM's pages.
// Proof:   one line a check and "spi_memory: 21 ok, 0 failed".

#include "board.h"
#include "check.h"
#include "console.h"

#define MEMORIES        1                   // the SPIM
#define FLASH           0                   // and its chip selects
#define PSRAM           1

#define SENT            (IFRAM + 0x18000)
#define RECEIVED        (IFRAM + 0x19000)
#define COMMANDS        (IFRAM + 0x1A000)

#define WREN            0x06
#define RDSR            0x05
#define RDSR2           0x35
#define WRSR2           0x31
#define PAGE_PROGRAM    0x02
#define SECTOR_ERASE    0x20
#define QUAD_READ       0xEB
#define RDID            0x9F
#define READ_PARAMETERS 0xC0
#define QUAD_WRITE      0x38                // PSRAM
#define WIP             1u
#define WEL             2u
#define QE              2u

#define SECTOR          0x5A3000u

static uint32_t length, quad;

static void send(uint32_t value)
{
    *(volatile uint8_t *)(SENT + length++) = (uint8_t)value;
}

static void send_address(uint32_t address)
{
    send(address >> 16);
    send(address >> 8);
    send(address);
}

static uint32_t received(uint32_t place) { return *(volatile uint8_t *)(RECEIVED + place); }

// One transaction: what was prepared goes out, then some bytes come in.
static void transact(uint32_t chip_select, uint32_t count)
{
    uint32_t words = 0;
    REG32(COMMANDS + 4 * words++) = SPI_SOT | chip_select;
    REG32(COMMANDS + 4 * words++) = SPI_TX_DATA | quad | SPI_BYTES(length);
    if (count)
        REG32(COMMANDS + 4 * words++) = SPI_RX_DATA | quad | SPI_BYTES(count);
    REG32(COMMANDS + 4 * words++) = SPI_EOT_EVENT;

    EV_PENDING(IRQARRAY6) = IRQARRAY6_SPIM_EOT(MEMORIES);
    SPIM_TX_SADDR(MEMORIES) = SENT;
    SPIM_TX_SIZE(MEMORIES) = length;
    SPIM_TX_CFG(MEMORIES) = UDMA_CFG_EN;
    if (count) {
        SPIM_RX_SADDR(MEMORIES) = RECEIVED;
        SPIM_RX_SIZE(MEMORIES) = count;
        SPIM_RX_CFG(MEMORIES) = UDMA_CFG_EN | UDMA_CFG_BACKPRESSURE;
    }
    SPIM_CMD_SADDR(MEMORIES) = COMMANDS;
    SPIM_CMD_SIZE(MEMORIES) = 4 * words;
    SPIM_CMD_CFG(MEMORIES) = UDMA_CFG_EN;
    while (!(EV_PENDING(IRQARRAY6) & IRQARRAY6_SPIM_EOT(MEMORIES)) || SPIM_RX_SADDR(MEMORIES))
        ;
    length = 0;
}

static void order(uint32_t chip_select, uint32_t value)
{
    send(value);
    transact(chip_select, 0);
}

static uint32_t ask(uint32_t value)
{
    send(value);
    transact(FLASH, 1);
    return received(0);
}

static uint32_t identify(void)
{
    send(RDID);
    transact(FLASH, 3);
    return received(0) | received(1) << 8 | received(2) << 16;
}

static void wait_until_written(void)
{
    while (ask(RDSR) & WIP)
        ;
}

static void program(uint32_t address, uint32_t count, uint8_t (*content)(uint32_t))
{
    order(FLASH, WREN);
    send(PAGE_PROGRAM);
    send_address(address);
    for (uint32_t i = 0; i < count; i++)
        send(content(i));
    transact(FLASH, 0);
    wait_until_written();
}

// With six clocks before the answer.
static void read(uint32_t chip_select, uint32_t address, uint32_t count)
{
    send(QUAD_READ);
    send_address(address);
    send(0xFF);
    send(0xFF);
    send(0xFF);
    transact(chip_select, count);
}

static uint32_t differences(uint32_t count, uint8_t (*content)(uint32_t))
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; i++)
        wrong += received(i) != content(i);
    return wrong;
}

static uint8_t rising(uint32_t i) { return (uint8_t)i; }
static uint8_t low_nibble(uint32_t i) { (void)i; return 0x0F; }
static uint8_t rising_low_nibble(uint32_t i) { return i & 0x0F; }
static uint8_t erased(uint32_t i) { (void)i; return 0xFF; }
static uint8_t scattered(uint32_t i) { return (uint8_t)(i * 7 + (i >> 8)); }

int main(void)
{
    console_start();
    ticktimer_start();
    UDMA_CG |= UDMA_CG_SPIM(MEMORIES);
    REG32(COMMANDS) = SPI_CFG | 2;          // perclk / 4
    SPIM_CMD_SADDR(MEMORIES) = COMMANDS;
    SPIM_CMD_SIZE(MEMORIES) = 4;
    SPIM_CMD_CFG(MEMORIES) = UDMA_CFG_EN;

    check("flash", identify(), 0x1732BA);
    send(RDID);
    send_address(0);
    transact(PSRAM, 2);
    check("PSRAM", received(0) | received(1) << 8, 0x5D0D);

    check("nothing is enabled", ask(RDSR), 0);
    order(FLASH, WREN);
    check("a write is enabled", ask(RDSR), WEL);
    send(WRSR2);
    send(QE);
    transact(FLASH, 0);
    check("and busy", ask(RDSR), WEL | WIP);
    wait_until_written();
    check("quad enable", ask(RDSR2), QE);

    order(FLASH, 0x38);
    order(PSRAM, 0x35);
    quad = SPI_QUAD;
    check("flash over four lines", identify(), 0x1732BA);
    send(READ_PARAMETERS);
    send(0x20);
    transact(FLASH, 0);

    order(FLASH, WREN);
    send(SECTOR_ERASE);
    send_address(SECTOR);
    uint32_t start = millis();
    transact(FLASH, 0);
    check("an erase takes its time", ask(RDSR), WEL | WIP);
    check("and answers nothing else", identify(), 0xFFFFFF);
    wait_until_written();
    uint32_t took = millis() - start;
    check("between 10 and 500 ms", took >= 10 && took < 500, 1);
    read(FLASH, SECTOR, 4096);
    check("an erased sector", differences(4096, erased), 0);

    program(SECTOR + 0x200, 256, rising);
    read(FLASH, SECTOR + 0x200, 256);
    check("a programmed page", differences(256, rising), 0);
    program(SECTOR + 0x200, 256, low_nibble);
    read(FLASH, SECTOR + 0x200, 256);
    check("bits are only cleared", differences(256, rising_low_nibble), 0);
    read(FLASH, SECTOR + 0x300, 256);
    check("the next page", differences(256, erased), 0);
    check("nothing is enabled any more", ask(RDSR), 0);

    for (uint32_t page = 0; page < 4; page++) {
        send(QUAD_WRITE);
        send_address(page << 21 | page << 10);
        for (uint32_t i = 0; i < 1024; i++)
            send(scattered(i + page));
        transact(PSRAM, 0);
    }
    read(PSRAM, 3 << 21 | 3 << 10, 1024);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < 1024; i++)
        wrong += received(i) != scattered(i + 3);
    check("a page of PSRAM", wrong, 0);
    read(PSRAM, 0, 1024);
    check("the first one", differences(1024, scattered), 0);
    read(PSRAM, 5, 1);
    check("a byte of it", received(0), scattered(5));

    order(FLASH, 0xFF);
    order(PSRAM, 0xF5);
    quad = 0;
    check("flash over one line again", identify(), 0x1732BA);
    send(0x03);
    send_address(SECTOR + 0x207);
    transact(FLASH, 1);
    check("a byte over one line", received(0), 0x07);
    send(0x0B);
    send_address(5);
    send(0xFF);
    transact(PSRAM, 1);
    check("and of PSRAM", received(0), scattered(5));

    check_summary("spi_memory");
    return 0;
}
