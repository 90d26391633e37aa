// Writes code into SRAM and runs it, over and over, with data in the same page as the code.
//
// Shows:   fence.i makes stores visible to fetch; translated or decoded code is dropped when its bytes change,
//          and only then: stores to data beside the code change nothing but the data.
// Proof:   one line a check and "selfmod: 7 ok, 0 failed".

#include "bao1x.h"
#include "check.h"
#include "console.h"
#include "csr.h"

typedef uint32_t (*function)(uint32_t);

// One page: code at its start, then a counter that the code itself updates, then more code at its end.
static volatile uint32_t page[1024] __attribute__((aligned(4096)));

#define COUNTER_INDEX 64
#define ADDI_A0_A0(imm)  (0x00050513u | ((uint32_t)(imm) << 20))
#define RET              0x00008067u

// A check of many rounds is one line of output: that of the first bad round, or of the last.
static int good;
static uint32_t last_got, last_want;

static void begin(void) { good = 1; }

static void expect(uint32_t got, uint32_t want)
{
    if (!good)
        return;
    last_got = got;
    last_want = want;
    good = got == want;
}

static void end(const char *name) { check(name, last_got, last_want); }

int main(void)
{
    console_start();
    function first = (function)(void *)&page[0];

    // The same address means another instruction each time round.
    page[1] = RET;
    begin();
    for (uint32_t i = 0; i < 1000; i++) {
        page[0] = ADDI_A0_A0(i);
        fence_i();
        expect(first(7), 7 + i);
    }
    end("rewritten");

    // Only half of an instruction changes: the immediate's upper bits lie in the second half-word.
    begin();
    for (uint32_t i = 0; i < 100; i++) {
        ((volatile uint16_t *)page)[1] = (uint16_t)(ADDI_A0_A0(i) >> 16);
        fence_i();
        expect(first(1), 1 + i);
    }
    end("half rewritten");

    // Code that counts in its own page, without a fence: data beside code is just data.
    //   auipc a1, 0 ; lw a2, 256(a1) ; add a2, a2, a0 ; sw a2, 256(a1) ; mv a0, a2 ; ret
    static const uint32_t counting[] = { 0x00000597, 0x1005A603, 0x00A60633, 0x10C5A023, 0x00060513, RET };
    for (unsigned i = 0; i < 6; i++)
        page[i] = counting[i];
    page[COUNTER_INDEX] = 0;
    fence_i();
    uint32_t sum = 0;
    begin();
    for (uint32_t i = 1; i <= 1000; i++) {
        sum += i;
        expect(first(i), sum);
    }
    end("counts in its page");

    // A loop that writes its own next instruction: it stores an addi over the one ahead, fences, and falls into it.
    //   sw a1, 8(a2) ; fence.i ; <target> ; ret          with a0 = value, a1 = instruction, a2 = page
    page[0] = 0x00B62423;
    page[1] = 0x0000100F;
    page[2] = ADDI_A0_A0(0);
    page[3] = RET;
    fence_i();
    begin();
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t result = ((uint32_t (*)(uint32_t, uint32_t, volatile uint32_t *))(void *)page)(5, ADDI_A0_A0(i), page);
        expect(result, 5 + i);
    }
    end("writes its next instruction");

    // Code at the page's end that runs on into the next page, moved there by a copy.
    static volatile uint32_t two_pages[2048] __attribute__((aligned(4096)));
    two_pages[1023] = ADDI_A0_A0(1);
    two_pages[1024] = ADDI_A0_A0(2);
    two_pages[1025] = RET;
    fence_i();
    function across = (function)(void *)&two_pages[1023];
    check("across two pages", across(0), 3);
    two_pages[1024] = ADDI_A0_A0(40);
    fence_i();
    check("across two pages, second rewritten", across(0), 41);
    two_pages[1023] = ADDI_A0_A0(10);
    fence_i();
    check("across two pages, first rewritten", across(0), 50);

    check_summary("selfmod");
    return 0;
}
