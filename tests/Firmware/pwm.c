// Lets a timer of the PWM count, and times it by TICKTIMER.
//
// Shows:   PCLK through the prescaler, sawtooth and up-and-down, stop, and an update that waits for the period's end.
// Proof:   one line a check and "pwm: 9 ok, 0 failed". No pad is used.

#include "board.h"
#include "check.h"
#include "console.h"

static void check_range(const char *name, uint32_t got, uint32_t low, uint32_t high)
{
    check(name, got >= low && got <= high ? low : got, low);
}

static void watch(uint32_t *lowest, uint32_t *highest)
{
    *lowest = 0xFFFF;
    *highest = 0;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t now = PWM_TIM0_COUNTER;
        *lowest = now < *lowest ? now : *lowest;
        *highest = now > *highest ? now : *highest;
    }
}

int main(void)
{
    uint32_t lowest, highest;

    console_start();
    ticktimer_start();
    PWM_CH_EN = 1;
    PWM_TIM0_CMD = PWM_CMD_STOP | PWM_CMD_RESET;

    PWM_TIM0_CFG = PWM_CFG_SAW | 255u << 16;
    PWM_TIM0_TH = 0xFFFF0000;
    PWM_TIM0_CMD = PWM_CMD_START;
    uint32_t before = PWM_TIM0_COUNTER;
    delay_ms(100);
    uint32_t rate = PCLK_HZ / 256 / 10;
    check_range("counts of a tenth of a second", PWM_TIM0_COUNTER - before, rate - rate / 50, rate + rate / 50);
    PWM_TIM0_CMD = PWM_CMD_STOP;
    uint32_t stopped = PWM_TIM0_COUNTER;
    delay_ms(1);
    check("a stopped timer stands", PWM_TIM0_COUNTER, stopped);

    PWM_TIM0_CFG = PWM_CFG_SAW;
    PWM_TIM0_TH = 119u << 16 | 20;
    PWM_TIM0_CMD = PWM_CMD_START;
    watch(&lowest, &highest);
    check_range("a sawtooth's lowest count", lowest, 20, 30);
    check_range("a sawtooth's highest count", highest, 110, 119);

    PWM_TIM0_TH = 59u << 16 | 50;
    watch(&lowest, &highest);
    check_range("without update the range stays", highest, 110, 119);
    PWM_TIM0_CMD = PWM_CMD_UPDATE;
    delay_ms(1);
    watch(&lowest, &highest);
    check_range("after it the lowest count", lowest, 50, 52);
    check_range("after it the highest count", highest, 57, 59);

    PWM_TIM0_CFG = 0;
    PWM_TIM0_TH = 1000u << 16;
    PWM_TIM0_CMD = PWM_CMD_UPDATE;
    delay_ms(1);
    uint32_t rises = 0, falls = 0, last = PWM_TIM0_COUNTER;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t now = PWM_TIM0_COUNTER;
        rises += now > last;
        falls += now < last;
        last = now;
    }
    check_range("up and down: it rises", rises * 100 / (rises + falls), 40, 60);
    watch(&lowest, &highest);
    check_range("and turns at TH", highest, 990, 1000);

    check_summary("pwm");
    return 0;
}
