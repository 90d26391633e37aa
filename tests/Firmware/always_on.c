// Reads the clocks that go on by themselves, then lets the watchdog reset the chip once.
//
// Shows:   RTC ticks 1024 times a second and ATIMER counts PCLK, 43.75 million a second; the watchdog counts down
//          and resets the chip after two rounds; backup words and RTC survive that, and RCUSRCFR names the watchdog.
// Proof:   one line a check and "always_on: 10 ok, 0 failed"; the line "waiting for the watchdog" comes once.

#include "board.h"
#include "check.h"
#include "console.h"

#define MAGIC 0x414C4956u

static void check_range(const char *name, uint32_t got, uint32_t low, uint32_t high)
{
    check(name, got >= low && got <= high ? low : got, low);
}

static void wait_for_the_watchdog(void)
{
    uint32_t tick = RTC_DR;
    while (RTC_DR == tick)
        ;
    AOBUREG(2) = MAGIC;
    AOBUREG(3) = RTC_DR;
    RCUSRCFR = 0xFFFFFFFF;
    print("waiting for the watchdog\n");
    uart2_drain();
    WDG_LOCK = WDG_UNLOCK;
    WDG_LOAD = PCLK_HZ / 10;
    WDG_CTRL = WDG_CTRL_INTEN | WDG_CTRL_RESEN;
    for (;;)
        ;
}

int main(void)
{
    console_start();
    ticktimer_start();
    if (AOBUREG(2) != MAGIC)
        wait_for_the_watchdog();
    AOBUREG(2) = 0;             // so that the next reset by hand starts over

    check("reset cause", RCUSRCFR, RCUSRCFR_WATCHDOG);
    check_range("RTC went on, two tenths of a second", RTC_DR - AOBUREG(3), 204, 230);
    check("the watchdog is off again", WDG_CTRL, 0);

    uint32_t rtc = RTC_DR;
    ATIMER_CNT = 0;
    ATIMER_CFG = ATIMER_CFG_ENABLE;
    delay_ms(1000);
    uint32_t count = ATIMER_CNT;
    check_range("RTC ticks in a second", RTC_DR - rtc, 1022, 1026);
    check_range("ATIMER counts in a second", count, PCLK_HZ - PCLK_HZ / 500, PCLK_HZ + PCLK_HZ / 500);

    ATIMER_CFG = 0;
    ATIMER_CNT = 0;
    ATIMER_CMP = 999;
    ATIMER_CFG = ATIMER_CFG_ENABLE | ATIMER_CFG_CLEAR_ON_MATCH;
    uint32_t highest = 0;
    for (unsigned i = 0; i < 10000; i++) {
        uint32_t now = ATIMER_CNT;
        highest = now > highest ? now : highest;
    }
    check_range("ATIMER wraps at CMP", highest, 900, 999);
    ATIMER_CFG = 0;
    uint32_t stopped = ATIMER_CNT;
    delay_ms(1);
    check("ATIMER stops", ATIMER_CNT, stopped);

    WDG_LOAD = 0x10000000;
    WDG_CTRL = WDG_CTRL_INTEN;
    delay_ms(100);
    uint32_t value = WDG_VALUE;
    check_range("the watchdog counts down", 0x10000000 - value, PCLK_HZ / 10 - PCLK_HZ / 500, PCLK_HZ / 10 + PCLK_HZ / 500);
    WDG_LOCK = 0;
    WDG_CTRL = 0;
    check("a locked watchdog goes on", WDG_CTRL, WDG_CTRL_INTEN);
    WDG_LOCK = WDG_UNLOCK;
    WDG_CTRL = 0;
    check("an unlocked one stops", WDG_CTRL, 0);

    check_summary("always_on");
    return 0;
}
