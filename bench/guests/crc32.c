// CRC-32 (IEEE 802.3) of a 64 KiB buffer, a table look-up a byte: loads whose address comes from a load.

#include "kernel.h"

DEFAULT_ROUNDS(305);

static uint32_t table[256];
static uint8_t buffer[65536];

static void build_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
        table[i] = value;
    }
}

uint32_t kernel(uint32_t rounds)
{
    uint32_t random = 12345;
    build_table();
    for (size_t i = 0; i < sizeof buffer; i++)
        buffer[i] = (uint8_t)next_random(&random);

    uint32_t crc = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        crc = ~crc;
        for (size_t i = 0; i < sizeof buffer; i++)
            crc = crc >> 8 ^ table[(crc ^ buffer[i]) & 255];
        crc = ~crc;
    }
    return crc;
}
