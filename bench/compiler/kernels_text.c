// Numbers to text and back, comparison of texts, and UTF-8. The twin of Kernels.Text.cs.

#include "kernels.h"

#define Replacement 0xfffdu

static const uint8_t Numbers[] =
    "4294967295,1234567890,0,77,4000000000,987654321,4294967296,10,2147483648,65536,99999999999,314159265,5";

// One to four bytes each; then a continuation alone, one that is missing, an overlong form, a surrogate, too great,
// a byte that is never used, and a text that ends too early.
static const uint8_t Utf8Text[64] = {
    0x58, 0x6f, 0x75, 0x73, 0x20, 0xc3, 0xa9, 0xc3, 0xbc, 0xd0, 0xb6, 0xe2, 0x82, 0xac, 0xe6, 0xbc,
    0xa2, 0xe5, 0xad, 0x97, 0xf0, 0x9f, 0x98, 0x80, 0xf4, 0x8f, 0xbf, 0xbf, 0x6b, 0x65, 0x72, 0x6e,
    0x65, 0x6c, 0x20, 0xe0, 0xa4, 0x95, 0xef, 0xbf, 0xbd, 0x80, 0x41, 0xe2, 0x82, 0x41, 0xc0, 0xaf,
    0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xff, 0x7a, 0xc2, 0x80, 0xdf, 0xbf, 0xf0, 0x9f, 0x98,
};

// How many digits there are, or 0 where there is no room for them.
KERNEL int32_t FormatDecimal(uint32_t value, uint8_t *target, int32_t targetLength)
{
    int32_t length = 1;
    for (uint32_t rest = value; rest >= 10; rest /= 10)
        length++;

    if (length > targetLength)
        return 0;

    for (int32_t i = length - 1; i >= 0; i--) {
        target[i] = (uint8_t)('0' + (value % 10));
        value /= 10;
    }

    return length;
}

uint32_t RunFormatDecimal(void)
{
    Fill((uint32_t *)memory, 8, 171);
    uint8_t *target = memory;
    uint32_t sum = 0;
    uint32_t value = 4294967295;
    for (int32_t i = 0; i < 300; i++) {
        int32_t length = FormatDecimal(value, target, 32);
        sum = (sum * 31) + target[length >> 1];
        value -= value >> 5;
    }

    sum = (sum * 31) + (uint32_t)FormatDecimal(1234567890, target + 8, 9);
    return sum + Checksum((uint32_t *)memory, 8);
}

// That many digits, and zeros before them.
KERNEL void FormatHex(uint32_t value, int32_t digits, uint8_t *target, int32_t targetLength)
{
    (void)targetLength;
    for (int32_t i = digits - 1; i >= 0; i--) {
        uint32_t digit = value & 15;
        target[i] = (uint8_t)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value >>= 4;
    }
}

uint32_t RunFormatHex(void)
{
    uint8_t *target = memory;
    uint32_t sum = 0;
    uint32_t value = 1;
    Fill((uint32_t *)memory, 8, 181);
    for (int32_t i = 0; i < 400; i++) {
        FormatHex(value, 5 + (i & 3), target, 32);
        sum = (sum * 31) + target[i & 7];
        value += 0x9e3779b9;
    }

    return sum + Checksum((uint32_t *)memory, 8);
}

// How many digits the number at the start of the text has; 0 if none, or if it is too great.
KERNEL int32_t ParseDecimal(const uint8_t *text, int32_t textLength, uint32_t *value)
{
    uint32_t number = 0;
    int32_t length = 0;
    *value = 0;
    while (length < textLength) {
        uint32_t digit = (uint32_t)text[length] - '0';
        if (digit > 9)
            break;

        if (number > 429496729 || (number == 429496729 && digit > 5))
            return 0;

        number = (number * 10) + digit;
        length++;
    }

    *value = number;
    return length;
}

uint32_t RunParseDecimal(void)
{
    const uint8_t *text = Numbers;
    int32_t textLength = (int32_t)sizeof(Numbers) - 1;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 24; round++) {
        int32_t at = 0;
        while (at < textLength) {
            uint32_t value;
            int32_t length = ParseDecimal(text + at, textLength - at, &value);
            sum = (sum * 31) + value;
            at += length + 1;
        }
    }

    return sum;
}

// Negative, 0 or positive, in the order of the bytes and then of the lengths.
KERNEL int32_t CompareBytes(const uint8_t *left, int32_t leftLength, const uint8_t *right, int32_t rightLength)
{
    int32_t count = leftLength < rightLength ? leftLength : rightLength;
    for (int32_t i = 0; i < count; i++) {
        int32_t difference = left[i] - right[i];
        if (difference != 0)
            return difference;
    }

    return leftLength - rightLength;
}

uint32_t RunCompareBytes(void)
{
    Fill((uint32_t *)memory, 64, 111);
    Fill((uint32_t *)(memory + 4096), 64, 111);
    uint8_t *left = memory;
    uint8_t *right = memory + 4096;
    uint32_t sum = 0;
    for (int32_t i = 0; i < 50; i++) {
        int32_t at = (i * 67) & 255;
        right[at] ^= (uint8_t)(i + 1);
        sum = (sum * 31) + (uint32_t)CompareBytes(left, 256, right, 256);
        right[at] = left[at];
        sum = (sum * 31) + (uint32_t)CompareBytes(left + i, 256 - i, right + i, 30 + i);
    }

    return sum;
}

// How many code points there are; what is not well formed becomes the replacement character.
KERNEL int32_t DecodeUtf8(const uint8_t *text, int32_t textLength, uint32_t *codePoints, int32_t codePointsLength)
{
    int32_t count = 0;
    int32_t at = 0;
    while (at < textLength && count < codePointsLength) {
        uint32_t first = text[at];
        at++;
        uint32_t value;
        uint32_t minimum;
        int32_t more;
        if (first < 0x80) {
            value = first;
            minimum = 0;
            more = 0;
        } else if (first < 0xc0) {
            value = Replacement;
            minimum = 0;
            more = 0;
        } else if (first < 0xe0) {
            value = first & 0x1f;
            minimum = 0x80;
            more = 1;
        } else if (first < 0xf0) {
            value = first & 0x0f;
            minimum = 0x800;
            more = 2;
        } else if (first < 0xf8) {
            value = first & 0x07;
            minimum = 0x10000;
            more = 3;
        } else {
            value = Replacement;
            minimum = 0;
            more = 0;
        }

        while (more > 0) {
            if (at >= textLength || (text[at] & 0xc0) != 0x80) {
                value = Replacement;
                break;
            }

            value = (value << 6) | (text[at] & 0x3fu);
            at++;
            more--;
        }

        if (value < minimum || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
            value = Replacement;

        codePoints[count] = value;
        count++;
    }

    return count;
}

uint32_t RunDecodeUtf8(void)
{
    const uint8_t *text = Utf8Text;
    uint32_t *codePoints = (uint32_t *)memory;
    Fill(codePoints, 64, 121);
    uint32_t sum = 0;
    for (int32_t i = 0; i < 64; i++) {
        int32_t count = DecodeUtf8(text + (i & 31), 64 - (i & 31), codePoints + (i & 7), 48 - (i >> 1));
        sum = (sum * 31) + (uint32_t)count;
        sum = (sum * 31) + codePoints[i & 31];
    }

    return sum + Checksum(codePoints, 64);
}
