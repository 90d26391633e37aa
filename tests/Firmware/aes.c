// AES-128, -192 and -256 with the CPU's AES instructions, against the examples of FIPS-197.
//
// Shows:   aes32esi, aes32esmi, aes32dsi, aes32dsmi with each byte select.
// Proof:   one line a check and "aes: 7 ok, 0 failed". Vectors: FIPS-197 appendices A.1 and C.

#include "check.h"
#include "console.h"

// aes32* rd, rs1, rs2, bs: funct7 is bs:op, funct3 0, opcode OP.
#define AES(op, bs, x, y) ({ uint32_t r_; \
    __asm__(".insn r 0x33, 0, %3, %0, %1, %2" : "=r"(r_) : "r"(x), "r"(y), "i"(((bs) << 5) | (op))); r_; })
#define ESI  0x11
#define ESMI 0x13
#define DSI  0x15
#define DSMI 0x17

// One column of a round: byte i of the result comes from row i of the column i (enc) or -i (dec) further on.
#define COLUMN(op, k, a, b, c, d) AES(op, 3, AES(op, 2, AES(op, 1, AES(op, 0, k, a), b), c), d)

static uint32_t sub_word(uint32_t w) { return COLUMN(ESI, 0, w, w, w, w); }
static uint32_t rotate_right(uint32_t w, unsigned n) { return (w >> n) | (w << (32 - n)); }

// Key words lie little-endian in memory, as the instructions want them.
static void expand_key(uint32_t *w, const uint32_t *key, unsigned key_words, unsigned rounds)
{
    uint32_t rcon = 1;
    for (unsigned i = 0; i < 4 * (rounds + 1); i++) {
        if (i < key_words) {
            w[i] = key[i];
            continue;
        }
        uint32_t t = w[i - 1];
        if (i % key_words == 0) {
            t = sub_word(rotate_right(t, 8)) ^ rcon;
            rcon = (rcon << 1) ^ ((rcon >> 7) * 0x11B);
        } else if (key_words > 6 && i % key_words == 4) {
            t = sub_word(t);
        }
        w[i] = w[i - key_words] ^ t;
    }
}

// The equivalent inverse cipher needs InvMixColumns of the inner round keys: dsmi undoes esi's S-box.
static void invert_key(uint32_t *w, unsigned rounds)
{
    for (unsigned i = 4; i < 4 * rounds; i++) {
        uint32_t t = sub_word(w[i]);
        w[i] = COLUMN(DSMI, 0, t, t, t, t);
    }
}

static void encrypt(uint32_t out[4], const uint32_t in[4], const uint32_t *w, unsigned rounds)
{
    uint32_t s[4], t[4];
    for (int i = 0; i < 4; i++)
        s[i] = in[i] ^ w[i];
    for (unsigned r = 1; r < rounds; r++) {
        for (int i = 0; i < 4; i++)
            t[i] = COLUMN(ESMI, w[4 * r + i], s[i], s[(i + 1) & 3], s[(i + 2) & 3], s[(i + 3) & 3]);
        for (int i = 0; i < 4; i++)
            s[i] = t[i];
    }
    for (int i = 0; i < 4; i++)
        out[i] = COLUMN(ESI, w[4 * rounds + i], s[i], s[(i + 1) & 3], s[(i + 2) & 3], s[(i + 3) & 3]);
}

static void decrypt(uint32_t out[4], const uint32_t in[4], const uint32_t *w, unsigned rounds)
{
    uint32_t s[4], t[4];
    for (int i = 0; i < 4; i++)
        s[i] = in[i] ^ w[4 * rounds + i];
    for (unsigned r = rounds - 1; r > 0; r--) {
        for (int i = 0; i < 4; i++)
            t[i] = COLUMN(DSMI, w[4 * r + i], s[i], s[(i + 3) & 3], s[(i + 2) & 3], s[(i + 1) & 3]);
        for (int i = 0; i < 4; i++)
            s[i] = t[i];
    }
    for (int i = 0; i < 4; i++)
        out[i] = COLUMN(DSI, w[i], s[i], s[(i + 3) & 3], s[(i + 2) & 3], s[(i + 1) & 3]);
}

// All words must agree; the first that does not is what the line shows.
static void check_words(const char *name, const uint32_t *got, const uint32_t *want, unsigned words)
{
    unsigned i = 0;
    while (i < words - 1 && got[i] == want[i])
        i++;
    check(name, got[i], want[i]);
}

// Appendix C uses the key 00 01 02 … and the plain text 00 11 22 … for all three key lengths.
static const uint32_t key[8] = { 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                                 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c };
static const uint32_t plain[4] = { 0x33221100, 0x77665544, 0xbbaa9988, 0xffeeddcc };

static const struct { const char *encrypts, *decrypts; unsigned key_words, rounds; uint32_t cipher[4]; } examples[] = {
    // 69c4e0d86a7b0430d8cdb78070b4c55a
    { "AES-128 encrypts", "AES-128 decrypts", 4, 10, { 0xd8e0c469, 0x30047b6a, 0x80b7cdd8, 0x5ac5b470 } },
    // dda97ca4864cdfe06eaf70a0ec0d7191
    { "AES-192 encrypts", "AES-192 decrypts", 6, 12, { 0xa47ca9dd, 0xe0df4c86, 0xa070af6e, 0x91710dec } },
    // 8ea2b7ca516745bfeafc49904b496089
    { "AES-256 encrypts", "AES-256 decrypts", 8, 14, { 0xcab7a28e, 0xbf456751, 0x9049fcea, 0x8960494b } },
};

int main(void)
{
    console_start();

    uint32_t w[60], out[4];

    // A.1: 2b7e151628aed2a6abf7158809cf4f3c ends in the round key d014f9a8c9ee2589e13f0cc8b6630ca6
    static const uint32_t a1_key[4] = { 0x16157e2b, 0xa6d2ae28, 0x8815f7ab, 0x3c4fcf09 };
    static const uint32_t a1_last[4] = { 0xa8f914d0, 0x8925eec9, 0xc80c3fe1, 0xa60c63b6 };
    expand_key(w, a1_key, 4, 10);
    check_words("key expansion", w + 40, a1_last, 4);

    for (unsigned i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        unsigned rounds = examples[i].rounds;
        expand_key(w, key, examples[i].key_words, rounds);
        encrypt(out, plain, w, rounds);
        check_words(examples[i].encrypts, out, examples[i].cipher, 4);
        invert_key(w, rounds);
        decrypt(out, examples[i].cipher, w, rounds);
        check_words(examples[i].decrypts, out, plain, 4);
    }

    check_summary("aes");
    return 0;
}
