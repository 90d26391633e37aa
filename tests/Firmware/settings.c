// Keeps a setting in a line of RRAM: a name, typed on UART2 and ended by carriage return.
//
// Shows:   what firmware has written is there after the power was off, and how often the part was started stands in a
//          one-way counter; a line whose write was cut off is the old one or the new one, by its checksum.
// Proof:   "settings: start 1, name ''"; then "alpha\r" gives "stored"; after each loss of power the next number and
//          "name 'alpha'". A line that is a mix says "settings: torn".

#include "bao1x.h"
#include "console.h"
#include "csr.h"

#define COUNTER (ONE_WAY_COUNTERS + 32 * 202)
#define LINE    (RRAM + 0x00170000)

#define NAME_WORDS 7

union line {
    char name[4 * NAME_WORDS];
    uint32_t words[NAME_WORDS + 1];     // the last one is the checksum
};

static uint32_t checksum(const uint32_t *words)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < NAME_WORDS; i++)
        sum = sum * 31 + words[i];
    return sum;
}

static void load(union line *line)
{
    for (unsigned i = 0; i <= NAME_WORDS; i++)
        line->words[i] = REG32(LINE + 4 * i);
    if (line->words[NAME_WORDS] != checksum(line->words)) {
        print("settings: torn\n");
        halt();
    }
}

static void store(union line *line)
{
    line->words[NAME_WORDS] = checksum(line->words);
    RRCCR = RRCCR_FILL;
    for (unsigned i = 0; i <= NAME_WORDS; i++)
        REG32(LINE + 4 * i) = line->words[i];
    RRCCR = RRCCR_COMMAND;
    REG32(LINE) = RRC_LOAD;
    REG32(LINE) = RRC_WRITE;
    RRCCR = RRCCR_FILL;
    flush_data_cache();
}

int main(void)
{
    uart2_start();
    union line line;
    load(&line);
    REG32(COUNTER) = 0;
    print("settings: start %u, name '%s'\n", (unsigned)REG32(COUNTER), line.name);

    for (;;) {
        union line typed = {.words = {0}};
        for (unsigned count = 0;;) {
            int c = uart2_read();
            if (c == '\r')
                break;
            if (c >= 0 && count < sizeof typed.name - 1)
                typed.name[count++] = (char)c;
        }
        store(&typed);
        print("stored '%s'\n", typed.name);
    }
}
