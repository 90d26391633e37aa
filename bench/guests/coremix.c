// A mix in the manner of CoreMark: a list that is searched, reversed and merge-sorted, a small matrix, a state
// machine over text, and a CRC-16 over the results. Own code; the figures compare with nobody's CoreMark.

#include "kernel.h"

DEFAULT_ROUNDS(1200);

// The list

#define ITEMS 256

struct item { struct item *next; int16_t value; int16_t index; };

static struct item items[ITEMS];

static struct item *build_list(uint32_t seed)
{
    uint32_t random = seed | 1;
    for (int i = 0; i < ITEMS; i++) {
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : NULL;
        items[i].value = (int16_t)(next_random(&random) & 0x7FFF);
        items[i].index = (int16_t)i;
    }
    return items;
}

static struct item *find(struct item *list, int16_t value)
{
    while (list != NULL && list->value != value)
        list = list->next;
    return list;
}

static struct item *reverse(struct item *list)
{
    struct item *result = NULL;
    while (list != NULL) {
        struct item *next = list->next;
        list->next = result;
        result = list;
        list = next;
    }
    return result;
}

static int by_value(const struct item *a, const struct item *b) { return a->value - b->value; }
static int by_index(const struct item *a, const struct item *b) { return a->index - b->index; }

// Bottom-up merge sort through a function pointer.
static struct item *sort(struct item *list, int (*order)(const struct item *, const struct item *))
{
    for (int size = 1;; size *= 2) {
        struct item *rest = list, *tail = NULL;
        int merges = 0;
        list = NULL;
        while (rest != NULL) {
            merges++;
            struct item *left = rest, *right = rest;
            int left_size = 0, right_size = size;
            while (left_size < size && right != NULL) {
                left_size++;
                right = right->next;
            }
            while (left_size > 0 || (right_size > 0 && right != NULL)) {
                struct item *taken;
                if (left_size > 0 && (right_size == 0 || right == NULL || order(left, right) <= 0)) {
                    taken = left;
                    left = left->next;
                    left_size--;
                } else {
                    taken = right;
                    right = right->next;
                    right_size--;
                }
                if (tail != NULL)
                    tail->next = taken;
                else
                    list = taken;
                tail = taken;
            }
            rest = right;
        }
        tail->next = NULL;
        if (merges <= 1)
            return list;
    }
}

// The matrix

#define N 12

static int16_t m[N][N], product[N][N];

static uint32_t matrix_work(uint32_t seed)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            m[i][j] = (int16_t)(seed * (uint32_t)(i * N + j + 1) >> 3);
    uint32_t sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int32_t cell = 0;
            for (int l = 0; l < N; l++)
                cell += m[i][l] * m[l][j] >> 2;
            product[i][j] = (int16_t)cell;
            sum += (uint32_t)(cell > 0 ? cell : -(cell / 3));
        }
    return sum + (uint16_t)product[seed % N][3];
}

// The state machine: counts integers, decimals, hexadecimal numbers and the rest

enum state { START, INTEGER, FRACTION, HEX, OTHER, STATES };

static uint32_t scan(const char *text, uint32_t counts[STATES])
{
    enum state state = START;
    uint32_t steps = 0;
    for (; *text != '\0'; text++, steps++) {
        char c = *text;
        if (c == ',') {
            counts[state]++;
            state = START;
            continue;
        }
        int digit = c >= '0' && c <= '9';
        switch (state) {
        case START:
            state = digit || c == '-' ? INTEGER : c == '.' ? FRACTION : c == '#' ? HEX : OTHER;
            break;
        case INTEGER:
            if (!digit)
                state = c == '.' ? FRACTION : OTHER;
            break;
        case FRACTION:
            if (!digit)
                state = OTHER;
            break;
        case HEX:
            if (!digit && !(c >= 'a' && c <= 'f'))
                state = OTHER;
            break;
        default:
            break;
        }
    }
    return steps;
}

static uint16_t crc16(uint16_t crc, uint32_t value)
{
    for (int bit = 0; bit < 32; bit++, value >>= 1) {
        int one = (crc ^ value) & 1;
        crc >>= 1;
        if (one)
            crc ^= 0xA001;
    }
    return crc;
}

uint32_t kernel(uint32_t rounds)
{
    static const char text[] = "12,-7,3.14,#beef,hello,.5,99999,#12g,1.2.3,-,#0,42,xyz,0.001,123456,#cafe,-1.5,7a,";
    uint16_t crc = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct item *list = build_list(round * 40503u + 1);
        uint32_t hits = 0;
        for (int i = 0; i < 32; i++) {
            struct item *found = find(list, (int16_t)(items[i * 7].value + (i & 1)));
            hits += found != NULL ? (uint32_t)found->index : 1;
            list = reverse(list);
        }
        list = sort(list, by_value);
        crc = crc16(crc, (uint16_t)list->value + hits);
        list = sort(list, by_index);
        crc = crc16(crc, (uint16_t)list->value);
        crc = crc16(crc, matrix_work(round + crc));

        uint32_t counts[STATES] = { 0 };
        crc = crc16(crc, scan(text, counts));
        for (int i = 0; i < STATES; i++)
            crc = crc16(crc, counts[i]);
    }
    return crc | rounds << 16;
}
