// The crypto engine as the public C SDK and the boot code drive it.
//
// Shows:   COMBOHASH with words that the CPU packs (C SDK) and with bytes in standard order (boot code), one block and
//          several runs that carry the state on; AES-128, -192 and -256 over two blocks; random words from the TRNG's
//          stream (C SDK) and one by one (boot code).
// Proof:   one line a check and "crypto: 16 ok, 0 failed". Vectors: FIPS 180-4 and FIPS-197 examples.

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

static uint32_t run_aes(uint32_t function)
{
    AES_CRFUNC = function;
    AES_FR = 0x0F;
    AES_AR = SCE_START;
    for (int i = 0; i < 1000000 && (AES_FR & SCE_DONE) == 0; i++)
        ;
    uint32_t flags = AES_FR;
    AES_FR = SCE_DONE;
    return flags & SCE_DONE;
}

// FIPS-197 appendix C: the key 00 01 02 … and the plain text 00 11 22 …, here twice.
static void aes_as_the_sdk_does(void)
{
    static const uint32_t plain[4] = { 0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff };
    static const struct { const char *encrypts, *decrypts; uint32_t cipher[4]; } examples[] = {
        { "AES-128 encrypts", "AES-128 decrypts", { 0x69c4e0d8, 0x6a7b0430, 0xd8cdb780, 0x70b4c55a } },
        { "AES-192 encrypts", "AES-192 decrypts", { 0xdda97ca4, 0x864cdfe0, 0x6eaf70a0, 0xec0d7191 } },
        { "AES-256 encrypts", "AES-256 decrypts", { 0x8ea2b7ca, 0x516745bf, 0xeafc4990, 0x4b496089 } },
    };
    SCE_SUBEN |= 3;
    AES_OPTLTX = 0;
    uint32_t done = SCE_DONE;
    for (unsigned length = 0; length < 3; length++) {
        for (unsigned i = 0; i < 4 + 2 * length; i++)
            REG32(SCE_AKEY + 4 * i) = 0x00010203 + i * 0x04040404;
        AES_OPT = length;
        done &= run_aes(0);

        AES_OPT1 = 1;
        for (unsigned i = 0; i < 8; i++)
            REG32(SCE_AIB + 4 * i) = plain[i % 4];
        done &= run_aes(1);
        check_words(examples[length].encrypts, SCE_AOB + 16, examples[length].cipher, 4);
        for (unsigned i = 0; i < 8; i++)
            REG32(SCE_AIB + 4 * i) = REG32(SCE_AOB + 4 * i);
        done &= run_aes(2);
        check_words(examples[length].decrypts, SCE_AOB + 16, plain, 4);
    }
    check("AES is done each time", done, SCE_DONE);
}

#define RANDOM_WORDS 256u

static unsigned equal_neighbours(const uint32_t *words)
{
    unsigned equal = 0;
    for (unsigned i = 1; i < RANDOM_WORDS; i++)
        equal += words[i] == words[i - 1];
    return equal;
}

static void random_words_as_the_sdk_does(void)
{
    static uint32_t words[RANDOM_WORDS];
    SCE_FFEN |= 1 << 5;
    SCE_FFCLR = 0xFF05;
    TRNG_CRSRC = 0xFFFF;
    TRNG_CRANA = 0xFFFF;
    TRNG_OPT = 0x10040;
    TRNG_PP = 0xF821;
    TRNG_CHAIN0 = 0xFFFFFFFE;
    TRNG_CHAIN1 = 0xFFFFFFFC;
    TRNG_AR = SCE_START;
    for (int i = 0; i < 1000000 && ((SCE_FFCNT5 >> 4) & 0xFFF) < RANDOM_WORDS; i++)
        ;
    check("256 random words", (SCE_FFCNT5 >> 4) & 0xFFF, RANDOM_WORDS);
    for (unsigned i = 0; i < RANDOM_WORDS; i++)
        words[i] = REG32(SCE_RNGB + 4 * i);
    TRNG_AR = TRNG_STOP;
    SCE_FFEN &= ~(1u << 5);
    check("that are not alike", equal_neighbours(words), 0);
}

// A sample that comes back within eight is what boot code takes for a broken generator.
static void random_words_as_boot_code_does(void)
{
    unsigned repeated = 0;
    uint32_t last[8] = { 0 };
    for (unsigned i = 0; i < 64; i++) {
        while ((TRNG_SR & TRNG_SR_BUFREADY) == 0)
            ;
        uint32_t word = TRNG_BUF;
        for (unsigned j = 0; j < 8; j++)
            repeated += word == last[j];
        last[i % 8] = word;
    }
    check("no sample repeats", repeated, 0);
}

int main(void)
{
    console_start();
    sha256_as_the_sdk_does();
    sha512_as_boot_code_does();
    aes_as_the_sdk_does();
    random_words_as_the_sdk_does();
    random_words_as_boot_code_does();
    check_summary("crypto");
    return 0;
}
