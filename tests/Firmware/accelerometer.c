// Finds the accelerometer of the badge on I2C0, starts it, and reads where down is.
//
// Shows:   UDMA I2C's command list with repeated start, its receive channel, busy and CMD_SIZE, the nack of an
//          address that nobody has; LIS2DH12's identity, data-ready, output and position interrupt.
// Proof:   one line a check and "accelerometer: 9 ok, 0 failed", on a badge that hangs with its X axis up.

#include "board.h"
#include "check.h"
#include "console.h"

#define ACCELEROMETER   0x19
#define NOBODY          0x2A
#define WHO_AM_I        0x0F
#define CTRL_REG1       0x20
#define STATUS_REG      0x27
#define OUT_X_L         0x28
#define INT2_CFG        0x34
#define INT2_SRC        0x35
#define INT2_THS        0x36
#define AUTO_INCREMENT  0x80

#define COMMANDS        (IFRAM + 0x1C000)
#define RECEIVED        (IFRAM + 0x1CC00)

static uint32_t length;

static void command(uint32_t word)
{
    REG32(COMMANDS + 4 * length++) = word;
}

// Waits as the public drivers do: until all commands are fetched and the bus is busy with them, then until it is not.
static int execute(void)
{
    EV_PENDING(IRQARRAY12) = 0xFFFF;
    I2C0_CMD_SADDR = COMMANDS - IFRAM;
    I2C0_CMD_SIZE = 4 * length;
    I2C0_CMD_CFG = UDMA_CFG_EN;
    length = 0;
    while (!(I2C0_STATUS & I2C_STATUS_BUSY) || I2C0_CMD_SIZE)
        ;
    while (I2C0_STATUS & I2C_STATUS_BUSY)
        ;
    return !(EV_PENDING(IRQARRAY12) & IRQARRAY12_I2C0_NACK);
}

static int write_register(uint32_t device, uint32_t address, uint32_t value)
{
    command(I2C_CFG | 62);
    command(I2C_START);
    command(I2C_WRB | device << 1);
    command(I2C_WRB | address);
    command(I2C_WRB | value);
    command(I2C_STOP);
    return execute();
}

static int read_registers(uint32_t device, uint32_t address, uint32_t count)
{
    I2C0_RX_SADDR = RECEIVED - IFRAM;
    I2C0_RX_SIZE = count;
    I2C0_RX_CFG = UDMA_CFG_EN;
    command(I2C_CFG | 62);
    command(I2C_START);
    command(I2C_WRB | device << 1);
    command(I2C_WRB | address);
    command(I2C_START);
    command(I2C_WRB | device << 1 | 1);
    for (uint32_t i = 1; i < count; i++)
        command(I2C_RD_ACK);
    command(I2C_RD_NACK);
    command(I2C_STOP);
    return execute();
}

static uint32_t received(uint32_t place)
{
    return *(volatile uint8_t *)(RECEIVED + place);
}

int main(void)
{
    console_start();
    ticktimer_start();
    UDMA_CG |= UDMA_CG_I2C0;
    UDMA_RST = UDMA_CG_I2C0;
    UDMA_RST = 0;

    check("nobody answers", (uint32_t)read_registers(NOBODY, WHO_AM_I, 1), 0);
    check("a read from nobody", received(0), 0xFF);
    check("the accelerometer answers", (uint32_t)read_registers(ACCELEROMETER, WHO_AM_I, 1), 1);
    check("WHO_AM_I", received(0), 0x33);

    write_register(ACCELEROMETER, CTRL_REG1, 0x57);     // 100 Hz, all axes
    read_registers(ACCELEROMETER, STATUS_REG, 1);
    check("no sample yet", received(0), 0);
    delay_ms(11);
    read_registers(ACCELEROMETER, STATUS_REG, 1);
    check("a sample", received(0), 0x0F);
    read_registers(ACCELEROMETER, OUT_X_L | AUTO_INCREMENT, 6);
    check("1 g along X", received(0) | received(1) << 8, 250 << 6);
    check("none along Z", received(4) | received(5) << 8, 0);

    write_register(ACCELEROMETER, INT2_THS, 0x30);
    write_register(ACCELEROMETER, INT2_CFG, 0x7F);
    delay_ms(11);
    read_registers(ACCELEROMETER, INT2_SRC, 1);
    check("X is up", received(0), 0x42);

    check_summary("accelerometer");
    return 0;
}
