// A mix in the manner of Dhrystone: records copied and compared, strings, enumerations, small procedures with
// reference parameters, array indexing. Own code; the figures compare with nobody's Dhrystones.

#include "kernel.h"

DEFAULT_ROUNDS(460000);

enum kind { FIRST, SECOND, THIRD, FOURTH };

struct record {
    struct record *link;
    enum kind kind;
    int32_t amount;
    char name[32];
};

static struct record records[2];
static int32_t row[64], grid[16][64];
static int32_t total;

static int __attribute__((noinline)) names_differ(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return *a != *b;
}

static void __attribute__((noinline)) set_name(char *to, const char *from)
{
    while ((*to++ = *from++) != '\0')
        ;
}

static enum kind __attribute__((noinline)) next_kind(enum kind kind, int32_t amount)
{
    switch (kind) {
    case FIRST: return amount > 100 ? SECOND : FOURTH;
    case SECOND: return THIRD;
    case THIRD: return amount & 1 ? FIRST : FOURTH;
    default: return FIRST;
    }
}

static void __attribute__((noinline)) add(int32_t a, int32_t b, int32_t *sum) { *sum = a + b + 2; }

static void __attribute__((noinline)) spread(int32_t *line, int32_t (*table)[64], int32_t at, int32_t value)
{
    int32_t index = (at + 5) & 63;
    line[index] = value;
    line[(index + 1) & 63] = line[index];
    line[(index + 30) & 63] = index;
    for (int32_t i = 0; i < 2; i++)
        table[index & 15][(index + i) & 63] = index;
    table[index & 15][(index - 1) & 63] += 1;
    table[(index + 9) & 15][index] = line[index];
}

static void __attribute__((noinline)) advance(struct record *record)
{
    struct record *next = record->link;
    *next = *record;                // a record assignment
    next->link = record;
    record->amount = 5;
    next->amount = record->amount + (total & 0xFF);
    next->kind = next_kind(record->kind, next->amount);
    if (next->kind == FIRST)
        add(next->amount, 10, &next->amount);
    else
        *record = *next->link;
}

uint32_t kernel(uint32_t rounds)
{
    static const char one[] = "A RECORD, THE FIRST STRING";
    static const char two[] = "A RECORD, THE SECOND ONE  ";
    records[0].link = &records[1];
    records[1].link = &records[0];
    set_name(records[0].name, one);

    uint32_t checksum = 0;
    char name[32];
    for (uint32_t round = 0; round < rounds; round++) {
        int32_t a = 2 + (int32_t)(round & 7), b = 3, c;
        set_name(name, round & 1 ? two : one);
        int differ = names_differ(name, records[0].name);
        while (a < b + 8) {
            c = 5 * a - b;
            add(a, b, &c);
            a += 2;
        }
        spread(row, grid, a, c);
        advance(&records[0]);
        if (differ)
            b = b * a;
        c = b / a;
        b = 7 * (b - c) - a;
        total += b + c + row[round & 63];
        checksum = mix(checksum, (uint32_t)(total + grid[round & 15][round & 63] + records[1].amount));
    }
    return checksum;
}
