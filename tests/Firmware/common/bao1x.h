// The Baochip-1x registers that these programs touch, under the datasheet's names.
// One section a block; an address that is not here is not used by any program.
#pragma once

#include <stdint.h>

#define REG32(address) (*(volatile uint32_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))

// Memories
#define IFRAM           0x50000000u     // DMA sees it through 18-bit offsets
#define AORAM           0x50300000u     // survives every reset but loss of power
#define RRAM            0x60000000u
#define SRAM            0x61000000u
#define SRAM_SIZE       0x00200000u

// RRC: RRAM controller
#define RRCCR           REG32(0x40000000)
#define RRCCR_FILL      0xFC00u         // stores fill the 256-bit line buffer
#define RRCCR_COMMAND   0xFC02u         // stores to a line are commands
#define RRCFR           REG32(0x4000000C)   // denied accesses, write 1 to clear
#define RRC_LOAD        0x5200u
#define RRC_WRITE       0x9528u
#define ONE_WAY_COUNTERS 0x603DA000u    // 256 lines, the value is the line's first word
#define ACCESS_WORDS    0x603DC000u     // a word for each slot
#define DATA_SLOTS      0x603E0000u     // 2048 lines
#define IFR             0x60400000u     // information rows

// SCE: the crypto engine, its RAM segments, global registers and units
#define SCE_LKEY        0x40020000u
#define SCE_MSG         0x40020400u
#define SCE_HOUT        0x40020600u
#define SCE_AKEY        0x40021C00u
#define SCE_AIB         0x40021D00u
#define SCE_AOB         0x40021E00u
#define SCE_RNGB        0x40022300u
#define SCE_SCEMODE     REG32(0x40028000)
#define SCE_SUBEN       REG32(0x40028004)
#define SCE_FFEN        REG32(0x40028030)   // bit n: FIFO n is on
#define SCE_FFCLR       REG32(0x40028034)   // 0xFF00 + n empties FIFO n
#define SCE_FFCNT5      REG32(0x40028054)   // 15:4 words in the FIFO of RNGB
#define COMBOHASH_CRFUNC REG32(0x4002B000)
#define COMBOHASH_AR    REG32(0x4002B004)
#define COMBOHASH_FR    REG32(0x4002B00C)
#define COMBOHASH_OPT1  REG32(0x4002B010)   // number of blocks - 1
#define COMBOHASH_OPT2  REG32(0x4002B014)
#define COMBOHASH_OPT3  REG32(0x4002B018)   // byte swaps
#define COMBOHASH_SEGPTR_MSG  REG32(0x4002B030)
#define COMBOHASH_SEGPTR_HOUT REG32(0x4002B034)
#define AES_CRFUNC      REG32(0x4002D000)
#define AES_AR          REG32(0x4002D004)
#define AES_FR          REG32(0x4002D00C)
#define AES_OPT         REG32(0x4002D010)   // 3:0 length of the key: 0, 1, 2
#define AES_OPT1        REG32(0x4002D014)   // number of blocks - 1
#define AES_OPTLTX      REG32(0x4002D018)   // byte swaps
#define TRNG_CRSRC      REG32(0x4002E000)
#define TRNG_CRANA      REG32(0x4002E004)
#define TRNG_PP         REG32(0x4002E008)
#define TRNG_OPT        REG32(0x4002E00C)   // 15:0 times 128 bits, 16: into RNGB
#define TRNG_SR         REG32(0x4002E010)
#define TRNG_SR_BUFREADY (1u << 28)
#define TRNG_AR         REG32(0x4002E014)
#define TRNG_BUF        REG32(0x4002E030)   // a new word each read
#define TRNG_CHAIN0     REG32(0x4002E040)
#define TRNG_CHAIN1     REG32(0x4002E044)
#define TRNG_STOP       0xA5u
#define SCE_START       0x5Au               // into a unit's AR
#define SCE_DONE        (1u << 0)           // in a unit's FR, write 1 to clear

// SYSCTRL: clocks and resets
#define RCURST0         REG32(0x40040080)   // action register, 0x55AA: chip reset
#define RCUSRCFR        REG32(0x40040088)   // reset causes, write 1 to clear
#define RCURST_MAGIC    0x55AAu
#define RCUSRCFR_WATCHDOG (1u << 1)

// WDG: watchdog, counts PCLK
#define WDG_LOAD        REG32(0x40041000)
#define WDG_VALUE       REG32(0x40041004)
#define WDG_CTRL        REG32(0x40041008)
#define WDG_CTRL_INTEN  (1u << 0)
#define WDG_CTRL_RESEN  (1u << 1)           // the second zero resets the chip
#define WDG_LOCK        REG32(0x40041C00)
#define WDG_UNLOCK      0x1ACCE551u         // the datasheet prints 0x1ACEE551

// DUART: transmit-only debug UART
#define DUART_TXD       REG32(0x40042000)
#define DUART_SR        REG32(0x40042008)   // bit 0: busy

// ATIMER, the low one of its two counters
#define ATIMER_CFG      REG32(0x40043000)
#define ATIMER_CFG_ENABLE (1u << 0)
#define ATIMER_CFG_CLEAR_ON_MATCH (1u << 4)
#define ATIMER_CNT      REG32(0x40043008)
#define ATIMER_CMP      REG32(0x40043010)

// AO_SYSCTRL: the always-on domain
#define AO_WKUPMASK     REG32(0x40060008)   // 7:0 the sources that interrupt
#define AO_AOFR         REG32(0x40060040)   // sources that were seen, write 1 to clear
#define AO_SOURCE_KEYPAD_EVENT (1u << 4)
#define AO_SOURCE_KEYPAD_COLUMN (1u << 5)
#define AO_IOX          REG32(0x40060060)   // 1: PF2 to PF9 belong to the keypad

// DKPC: keypad controller, columns PF2 to PF5, rows PF6 to PF9
#define DKPC_CFG0       REG32(0x40064000)
#define DKPC_CFG0_KPOPO0 (1u << 0)          // level of a row at rest
#define DKPC_CFG0_KPOOE1 (1u << 3)          // a row that is scanned is driven
#define DKPC_CFG0_DKPCEN (1u << 4)
#define DKPC_CFG1       REG32(0x40064004)
#define DKPC_CFG2       REG32(0x40064008)
#define DKPC_CFG3       REG32(0x4006400C)   // 31:16 falls, 15:0 rises that are events
#define DKPC_SR1        REG32(0x40064014)   // bit 0: an event waits
#define DKPC_FIFO       REG32(0x40064020)   // reading takes it: 3:0 node, 4 fall

// RTC and backup words: they survive every reset but loss of power
#define RTC_DR          REG32(0x40061000)   // 1024 ticks a second, as boot1 leaves it
#define AOBUREG(n)      REG32(0x40065000 + 4 * (n))     // words 0 and 1 belong to boot1

// UDMA control and UART2
#define UDMA_CG         REG32(0x50100000)
#define UDMA_CG_UART2   (1u << 2)
#define UDMA_CG_SPIM(n) (1u << (4 + (n)))
#define UDMA_CG_I2C0    (1u << 8)
#define UDMA_RST        REG32(0x50100008)   // bits as in CG: 1 holds the block in reset
#define UART2_RX_SADDR  REG32(0x50103000)
#define UART2_RX_SIZE   REG32(0x50103004)
#define UART2_RX_CFG    REG32(0x50103008)
#define UART2_TX_SADDR  REG32(0x50103010)
#define UART2_TX_SIZE   REG32(0x50103014)
#define UART2_TX_CFG    REG32(0x50103018)
#define UART2_STATUS    REG32(0x50103020)   // bit 0: transmitter busy
#define UART2_SETUP     REG32(0x50103024)
#define UART2_VALID     REG32(0x50103030)   // bit 0: a received byte waits
#define UART2_DATA      REG32(0x50103034)   // reading takes the byte
#define UDMA_CFG_CONT   (1u << 0)
#define UDMA_CFG_EN     (1u << 4)
#define UDMA_CFG_PENDING (1u << 5)          // reads 1 while one more transfer is queued
#define UDMA_CFG_BACKPRESSURE (1u << 7)

// UDMA SPIM0 to SPIM3, and the words of their command lists
#define SPIM(n)         (0x50105000u + 0x1000u * (n))
#define SPIM_RX_SADDR(n) REG32(SPIM(n) + 0x00)
#define SPIM_RX_SIZE(n) REG32(SPIM(n) + 0x04)
#define SPIM_RX_CFG(n)  REG32(SPIM(n) + 0x08)
#define SPIM_TX_SADDR(n) REG32(SPIM(n) + 0x10)
#define SPIM_TX_SIZE(n) REG32(SPIM(n) + 0x14)
#define SPIM_TX_CFG(n)  REG32(SPIM(n) + 0x18)
#define SPIM_CMD_SADDR(n) REG32(SPIM(n) + 0x20)
#define SPIM_CMD_SIZE(n) REG32(SPIM(n) + 0x24)
#define SPIM_CMD_CFG(n) REG32(SPIM(n) + 0x28)
#define SPI_CFG         0x00000000u         // 7:0 divider
#define SPI_SOT         0x10000000u         // 1:0 chip select
#define SPI_TX_DATA     0x60000000u         // 20:16 bits - 1, 15:0 words - 1
#define SPI_RX_DATA     0x70000000u
#define SPI_EOT         0x90000000u
#define SPI_EOT_EVENT   0x90000001u
#define SPI_FULL_DUPLEX 0xC0000000u
#define SPI_QUAD        (1u << 27)
#define SPI_BYTES(n)    (7u << 16 | ((n) - 1))

// UDMA I2C0, and the words of its command list
#define I2C0_RX_SADDR   REG32(0x50109000)
#define I2C0_RX_SIZE    REG32(0x50109004)
#define I2C0_RX_CFG     REG32(0x50109008)
#define I2C0_CMD_SADDR  REG32(0x50109020)
#define I2C0_CMD_SIZE   REG32(0x50109024)
#define I2C0_CMD_CFG    REG32(0x50109028)
#define I2C0_STATUS     REG32(0x50109030)
#define I2C_STATUS_BUSY (1u << 0)
#define I2C_START       0x00000000u
#define I2C_STOP        0x20000000u
#define I2C_RD_ACK      0x40000000u
#define I2C_RD_NACK     0x60000000u
#define I2C_WRB         0x70000000u         // 7:0 the byte
#define I2C_CFG         0xE0000000u         // 15:0 divider

// PWM, the first of its four timers
#define PWM_TIM0_CMD    REG32(0x50120000)
#define PWM_CMD_START   (1u << 0)
#define PWM_CMD_STOP    (1u << 1)
#define PWM_CMD_UPDATE  (1u << 2)
#define PWM_CMD_RESET   (1u << 3)
#define PWM_TIM0_CFG    REG32(0x50120004)   // 23:16 prescaler
#define PWM_CFG_SAW     (1u << 12)
#define PWM_TIM0_TH     REG32(0x50120008)   // 31:16 last count, 15:0 first
#define PWM_TIM0_COUNTER REG32(0x5012002C)
#define PWM_CH_EN       REG32(0x50120104)   // clocks of the timers

// IOX: pin multiplexer and GPIO; ports A..F are 0..5; 16-bit accesses
#define IOX             0x5012F000u
#define IOX_AFSEL_LOW(port)  REG16(IOX + 0x000 + 8 * (port))    // pins 0-7, 2 bits each
#define IOX_AFSEL_HIGH(port) REG16(IOX + 0x004 + 8 * (port))    // pins 8-15
#define IOX_INTCR(n)    REG16(IOX + 0x100 + 4 * (n))
#define IOX_INTFR       REG16(IOX + 0x120)                      // bit 7 is INT0, bit 0 is INT7
#define IOX_OUT(port)   REG16(IOX + 0x130 + 4 * (port))
#define IOX_OE(port)    REG16(IOX + 0x148 + 4 * (port))
#define IOX_PU(port)    REG16(IOX + 0x160 + 4 * (port))
#define IOX_IN(port)    REG16(IOX + 0x178 + 4 * (port))
#define PORT_A 0
#define PORT_B 1
#define PORT_C 2
#define INTCR_PIN(port, pin) ((port) * 16u + (pin))
#define INTCR_RISE      (0u << 7)
#define INTCR_FALL      (1u << 7)
#define INTCR_HIGH      (2u << 7)
#define INTCR_LOW       (3u << 7)
#define INTCR_ENABLE    (1u << 9)
#define PROG_PIN        13                  // PC13, active low: the PROG button
#define OLED_A0_PIN     2                   // PC2 on the badge: data, not commands

// UDC: USB device controller
#define UDC_DEVCAP      REG32(0x50202400)
#define UDC_DEVCONFIG   REG32(0x50202410)
#define UDC_DEVCONFIG_HIGH_SPEED 0x83u
#define UDC_EVENTCONFIG REG32(0x50202414)
#define UDC_EVENTCONFIG_PORT  0x7Bu         // an event at every change of the port
#define UDC_EVENTCONFIG_SETUP (1u << 16)
#define UDC_USBCMD      REG32(0x50202420)
#define UDC_USBCMD_RUN  (1u << 0)
#define UDC_USBCMD_RESET (1u << 1)
#define UDC_USBCMD_INTERRUPT (1u << 2)
#define UDC_USBSTS      REG32(0x50202424)
#define UDC_USBSTS_SYSTEM_ERROR (1u << 2)
#define UDC_USBSTS_EINT (1u << 3)
#define UDC_DCBAPLO     REG32(0x50202428)
#define UDC_PORTSC      REG32(0x50202430)
#define UDC_PORTSC_SPEED(portsc) (((portsc) >> 10) & 0xF)   // 1 full, 3 high
#define UDC_DOORBELL    REG32(0x50202440)
#define UDC_EPENABLE    REG32(0x50202460)
#define UDC_CMDPARA0    REG32(0x50202470)
#define UDC_CMDPARA1    REG32(0x50202474)
#define UDC_CMDCTRL     REG32(0x50202478)
#define UDC_CMDCTRL_ACTIVE (1u << 0)
#define UDC_IMAN        REG32(0x50202500)
#define UDC_IMAN_IP     (1u << 0)
#define UDC_IMAN_IE     (1u << 1)
#define UDC_IMOD        REG32(0x50202504)
#define UDC_ERSTSZ      REG32(0x50202508)
#define UDC_ERSTBALO    REG32(0x50202510)
#define UDC_ERSTBAHI    REG32(0x50202514)
#define UDC_ERDPLO      REG32(0x50202518)
#define UDC_ERDPLO_EHB  (1u << 3)
#define UDC_ERDPHI      REG32(0x5020251C)

// D11CTIME
#define D11CTIME_CONTROL   REG32(0xE0000000)    // half-period in ACLK cycles
#define D11CTIME_HEARTBEAT REG32(0xE0000004)

// IRQARRAY0..19: the banks stand in alphabetical order of their names
#define IRQARRAY1       0xE0005000u
#define IRQARRAY10      0xE0006000u
#define IRQARRAY11      0xE0007000u
#define IRQARRAY12      0xE0008000u
#define IRQARRAY2       0xE0010000u
#define IRQARRAY5       0xE0013000u
#define IRQARRAY6       0xE0014000u
#define EV_SOFT(bank)    REG32((bank) + 0x00)
#define EV_EDGE_TRIGGERED(bank) REG32((bank) + 0x04)
#define EV_POLARITY(bank) REG32((bank) + 0x08)
#define EV_STATUS(bank)  REG32((bank) + 0x0C)
#define EV_PENDING(bank) REG32((bank) + 0x10)
#define EV_ENABLE(bank)  REG32((bank) + 0x14)
#define IRQARRAY1_USB      (1u << 0)
#define IRQARRAY2_AOINT    (1u << 14)
#define IRQARRAY5_UART2_RX (1u << 8)
#define IRQARRAY6_SPIM_EOT(n) (8u << (4 * (n)))
#define IRQARRAY10_IOX     (1u << 0)
#define IRQARRAY12_I2C0_NACK (1u << 8)

// TICKTIMER
#define TICKTIMER_CONTROL         REG32(0xE001B000)
#define TICKTIMER_TIME1           REG32(0xE001B004)     // high word
#define TICKTIMER_TIME0           REG32(0xE001B008)
#define TICKTIMER_MSLEEP_TARGET1  REG32(0xE001B00C)
#define TICKTIMER_MSLEEP_TARGET0  REG32(0xE001B010)
#define TICKTIMER_EV_STATUS       REG32(0xE001B014)
#define TICKTIMER_EV_PENDING      REG32(0xE001B018)
#define TICKTIMER_EV_ENABLE       REG32(0xE001B01C)
#define TICKTIMER_CLOCKS_PER_TICK REG32(0xE001B020)

// TIMER0
#define TIMER0_LOAD         REG32(0xE001C000)
#define TIMER0_RELOAD       REG32(0xE001C004)
#define TIMER0_EN           REG32(0xE001C008)
#define TIMER0_UPDATE_VALUE REG32(0xE001C00C)
#define TIMER0_VALUE        REG32(0xE001C010)
#define TIMER0_EV_STATUS    REG32(0xE001C014)
#define TIMER0_EV_PENDING   REG32(0xE001C018)
#define TIMER0_EV_ENABLE    REG32(0xE001C01C)

// Lines of the CPU's interrupt array, as bits of MIM and SIM
#define LINE_IRQARRAY1  (1u << 1)
#define LINE_IRQARRAY2  (1u << 2)
#define LINE_IRQARRAY5  (1u << 5)
#define LINE_IRQARRAY10 (1u << 10)
#define LINE_TICKTIMER  (1u << 20)
#define LINE_TIMER0     (1u << 30)

#define ACLK_HZ         350000000u
#define PCLK_HZ         43750000u
