// Writes RRAM lines through the RRC's protocol and bumps a one-way counter.
//
// Shows:   stores to a line only fill the 256-bit buffer; LOAD and WRITE in command mode commit it to the line
//          they are stored to; a partial fill reuses stale words of the buffer; one WRITE commits all the lines of a
//          page that were loaded, and takes its time; each store to a one-way counter adds 1, whatever the data;
//          committed code can be run, and rewritten.
// Proof:   one line a check and "rram: 30 ok, 0 failed".

#include "bao1x.h"
#include "check.h"
#include "console.h"
#include "csr.h"

// Free storage, far from code and from anything that boot reads; and a counter that nobody uses.
#define LINE_A  (RRAM + 0x00160000)
#define LINE_B  (LINE_A + 32)
#define LINE_C  (LINE_A + 64)
#define LINE_D  (LINE_A + 31 * 32)      // the last line of the same page
#define COUNTER (ONE_WAY_COUNTERS + 32 * 200)

static void fill(uint32_t line, unsigned index, uint32_t value) { REG32(line + 4 * index) = value; }

static void commit(uint32_t line)
{
    RRCCR = RRCCR_COMMAND;
    REG32(line) = RRC_LOAD;
    REG32(line) = RRC_WRITE;
    RRCCR = RRCCR_FILL;
    flush_data_cache();
}

static void write_function_returning(uint32_t value)
{
    fill(LINE_C, 0, 0x00000513 | value << 20);  // li a0, value
    fill(LINE_C, 1, 0x00008067);                // ret
    commit(LINE_C);
    fence_i();
}

int main(void)
{
    console_start();

    RRCCR = RRCCR_FILL;
    check("RRCCR reads back", RRCCR, RRCCR_FILL);

    // Make sure that line A holds something else than what will be written.
    for (unsigned i = 0; i < 8; i++)
        fill(LINE_A, i, 0x5EED0000 + i);
    commit(LINE_A);
    uint32_t first = REG32(LINE_A);
    check("line A, first word", first, 0x5EED0000);

    for (unsigned i = 0; i < 8; i++)
        fill(LINE_A, i, 0xA0000000 + i);
    flush_data_cache();
    check("a filled line is not yet written", REG32(LINE_A), 0x5EED0000);
    check("nor is its last word", REG32(LINE_A + 28), 0x5EED0007);
    commit(LINE_A);
    for (unsigned i = 0; i < 8; i++)
        check("committed word", REG32(LINE_A + 4 * i), 0xA0000000 + i);

    fill(LINE_B, 0, 0xB0000000);
    fill(LINE_B, 3, 0xB0000003);
    commit(LINE_B);
    for (unsigned i = 0; i < 8; i++)
        check(i == 0 || i == 3 ? "partial fill, new word" : "partial fill, stale word", REG32(LINE_B + 4 * i),
              (i == 0 || i == 3 ? 0xB0000000 : 0xA0000000) + i);
    check("the other line is as it was", REG32(LINE_A), 0xA0000000);

    RRCCR = RRCCR_COMMAND;
    REG32(LINE_A) = RRC_LOAD;
    REG32(LINE_D) = RRC_LOAD;
    uint32_t start = csr_read(mcycle);
    REG32(LINE_A) = RRC_WRITE;
    uint32_t cycles = csr_read(mcycle) - start;
    RRCCR = RRCCR_FILL;
    flush_data_cache();
    check("two lines with one WRITE, the first", REG32(LINE_A), 0xB0000000);
    check("two lines with one WRITE, the second", REG32(LINE_D + 12), 0xB0000003);
    check("it took between 50 and 1000 us", cycles >= 50 * 350 && cycles < 1000 * 350, 1);

    uint32_t before = REG32(COUNTER);
    REG32(COUNTER) = 0xFFFFFFFF;
    flush_data_cache();
    check("one-way counter", REG32(COUNTER), before + 1);
    REG32(COUNTER) = 0;
    flush_data_cache();
    check("one-way counter again", REG32(COUNTER), before + 2);
    fill(COUNTER, 0, 0);
    commit(COUNTER);
    check("one-way counter, fill, LOAD and WRITE", REG32(COUNTER), before + 5);
    check("one-way counter, second word", REG32(COUNTER + 4), 0);

    uint32_t (*function)(void) = (uint32_t (*)(void))LINE_C;
    write_function_returning(1);
    check("code in RRAM", function(), 1);
    write_function_returning(2);
    check("code in RRAM, rewritten", function(), 2);

    check_summary("rram");
    return 0;
}
