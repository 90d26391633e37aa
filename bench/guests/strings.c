// Byte-wise string work on a 32 KiB text: length, compare, search, case, reversal of words, number formatting.

#include "kernel.h"

#define TEXT 32768

DEFAULT_ROUNDS(169);

static char text[TEXT + 1], copy[TEXT + 1];

static size_t length(const char *s)
{
    const char *end = s;
    while (*end != '\0')
        end++;
    return (size_t)(end - s);
}

static int compare(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static const char *find(const char *s, const char *wanted)
{
    for (; *s != '\0'; s++) {
        const char *a = s, *b = wanted;
        while (*b != '\0' && *a == *b) {
            a++;
            b++;
        }
        if (*b == '\0')
            return s;
    }
    return NULL;
}

static void reverse(char *from, char *to)
{
    while (from < to) {
        char c = *from;
        *from++ = *--to;
        *to = c;
    }
}

static void reverse_words(char *s)
{
    while (*s != '\0') {
        char *word = s;
        while (*s != '\0' && *s != ' ')
            s++;
        reverse(word, s);
        if (*s == ' ')
            s++;
    }
}

static void write_number(char *to, uint32_t value)
{
    char digits[10];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0)
        *to++ = digits[--count];
    *to = ' ';
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 4711, checksum = 0;
    for (int i = 0; i < TEXT; i++) {
        uint32_t r = next_random(&random);
        text[i] = r % 7 == 0 ? ' ' : (char)('a' + (r >> 8) % 26);
    }

    for (uint32_t round = 0; round < rounds; round++) {
        write_number(text + round * 13 % (TEXT - 16), round * 2654435761u);
        for (size_t i = 0; i <= TEXT; i++)
            copy[i] = text[i];
        reverse_words(copy);
        for (char *c = copy; *c != '\0'; c++)
            if (*c >= 'a' && *c <= 'z')
                *c ^= 0x20;
        const char *found = find(text, "xylo");
        checksum = mix(checksum, (uint32_t)length(copy));
        checksum = mix(checksum, (uint32_t)compare(text, copy));
        checksum = mix(checksum, found ? (uint32_t)(found - text) : 0);
        checksum = mix(checksum, (uint32_t)copy[round % TEXT]);
    }
    return checksum;
}
