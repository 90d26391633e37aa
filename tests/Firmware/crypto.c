// The crypto engine as the public C SDK and the boot code drive it.
//
// Shows:   COMBOHASH with words that the CPU packs (C SDK) and with bytes in standard order (boot code), one block and
//          several runs that carry the state on.
// Proof:   one line a check and "crypto: 6 ok, 0 failed". Digests: FIPS 180-4 examples.

#include "bao1x.h"
#include "check.h"
#include "console.h"

#define SHA256  0u
#define SHA512  1u
#define INIT    0xFFu
#define IFSTART (1u << 2)
#define STANDARD_ORDER 0xB0u    // OPT3: swap message, state and result

static const uint32_t sha256_h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

// Bounded as in the SDK: a unit that never ends must not hang the program.
static uint32_t run_hash(uint32_t function, uint32_t options)
{
    COMBOHASH_CRFUNC = function;
    COMBOHASH_OPT2 = options;
    COMBOHASH_FR = 0x0F;
    COMBOHASH_AR = SCE_START;
    for (int i = 0; i < 1000000 && (COMBOHASH_FR & SCE_DONE) == 0; i++)
        ;
    uint32_t flags = COMBOHASH_FR;
    COMBOHASH_FR = SCE_DONE;
    return flags;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// All words must agree; the first that does not is what the line shows.
static void check_words(const char *name, uint32_t address, const uint32_t *want, unsigned words)
{
    unsigned i = 0;
    while (i < words - 1 && REG32(address + 4 * i) == want[i])
        i++;
    check(name, REG32(address + 4 * i), want[i]);
}

static void sha256_as_the_sdk_does(void)
{
    SCE_SCEMODE = 0;
    SCE_SUBEN |= 1 << 2;
    for (unsigned i = 0; i < 8; i++)
        REG32(SCE_LKEY + 4 * i) = sha256_h[i];
    COMBOHASH_OPT3 = 0;
    check("tables are loaded", run_hash(INIT, 0) & SCE_DONE, SCE_DONE);

    uint8_t block[64] = "abc\x80";
    block[63] = 3 * 8;
    for (unsigned i = 0; i < 16; i++)
        REG32(SCE_MSG + 4 * i) = big_endian(block + 4 * i);
    COMBOHASH_OPT1 = 0;
    COMBOHASH_SEGPTR_MSG = 0;
    COMBOHASH_SEGPTR_HOUT = 0;
    check("SHA-256 is done", run_hash(SHA256, IFSTART) & 0x0F, 0x0F);
    static const uint32_t digest[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                        0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad };
    check_words("SHA-256 of abc", SCE_HOUT, digest, 8);
    check("the flag is cleared", COMBOHASH_FR & SCE_DONE, 0);
}

// 896 bits: two blocks, hashed in two runs.
static void sha512_as_boot_code_does(void)
{
    static const char text[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                               "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
    static uint8_t padded[256] __attribute__((aligned(4)));
    for (unsigned i = 0; i < sizeof text - 1; i++)
        padded[i] = text[i];
    padded[sizeof text - 1] = 0x80;
    padded[254] = (8 * (sizeof text - 1)) >> 8;
    padded[255] = (8 * (sizeof text - 1)) & 0xFF;

    COMBOHASH_OPT3 = STANDARD_ORDER;
    uint32_t flags = 0x0F;
    for (unsigned block = 0; block < 2; block++) {
        for (unsigned i = 0; i < 32; i++)
            REG32(SCE_MSG + 4 * i) = ((const uint32_t *)padded)[32 * block + i];
        flags &= run_hash(SHA512, block == 0 ? IFSTART : 0);
    }
    check("SHA-512 is done", flags, 0x0F);
    static const uint8_t digest[64] __attribute__((aligned(4))) = {
        0x8e, 0x95, 0x9b, 0x75, 0xda, 0xe3, 0x13, 0xda, 0x8c, 0xf4, 0xf7, 0x28, 0x14, 0xfc, 0x14, 0x3f,
        0x8f, 0x77, 0x79, 0xc6, 0xeb, 0x9f, 0x7f, 0xa1, 0x72, 0x99, 0xae, 0xad, 0xb6, 0x88, 0x90, 0x18,
        0x50, 0x1d, 0x28, 0x9e, 0x49, 0x00, 0xf7, 0xe4, 0x33, 0x1b, 0x99, 0xde, 0xc4, 0xb5, 0x43, 0x3a,
        0xc7, 0xd3, 0x29, 0xee, 0xb6, 0xdd, 0x26, 0x54, 0x5e, 0x96, 0xe5, 0x5b, 0x87, 0x4b, 0xe9, 0x09,
    };
    check_words("SHA-512 of two blocks", SCE_HOUT, (const uint32_t *)digest, 16);
}

int main(void)
{
    console_start();
    sha256_as_the_sdk_does();
    sha512_as_boot_code_does();
    check_summary("crypto");
    return 0;
}
