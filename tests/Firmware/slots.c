// Keeps a secret in a data slot for one process, as the keystore does, and shows who cannot have it.
//
// Shows:   a slot that belongs to fw0 reads 0 and takes nothing in M, in S, and in U of another address space; in U of
//          ASID 3, which boot1 made fw0, it is written and read. Public keys are read in U and written by nobody. A
//          one-way counter is everybody's. Access words and IFR read 0 once boot1 has sealed the users.
// Proof:   one line a check and "slots: 29 ok, 0 failed".

#include "bao1x.h"
#include "check.h"
#include "console.h"
#include "csr.h"
#include "paging.h"
#include "supervisor.h"

#define SECRET      100                         // boot1 gives slots 8 to 260 to fw0
#define PUBLIC_KEY  4
#define COUNTER     201

#define RRCFR_DATA  (1u << 1)
#define RRCFR_CFG   (1u << 3)
#define RRCFR_INFO  (1u << 4)

// Where U sees them.
#define USER_CODE   0x00010000u
#define USER_SLOTS  0x00020000u
#define USER_RRC    0x00021000u
#define USER_COUNTERS 0x00022000u

#define LEAF (PTE_V | PTE_U | PTE_A | PTE_D)

static pte *space;
static struct user user;

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .option push\n"
    "    .option norvc\n"
    "    .balign 4096\n"
    "user_code:\n"
    "user_load:   lw a0, 0(a0)\n    ecall\n"
    "user_store:  sw a1, 0(a0)\n    ecall\n"
    "    .balign 4096\n"
    "    .option pop\n"
    "    .text\n");
extern const char user_code[], user_load[], user_store[];

static uint32_t take_flags(void)
{
    uint32_t flags = RRCFR;
    RRCFR = flags;
    return flags;
}

static uint32_t load_in_user(uint32_t address)
{
    user.pc = USER_CODE + (uint32_t)(user_load - user_code);
    user.x[REG_A0] = address;
    run_user(&user);
    return user.x[REG_A0];
}

static void store_in_user(uint32_t address, uint32_t value)
{
    user.pc = USER_CODE + (uint32_t)(user_store - user_code);
    user.x[REG_A0] = address;
    user.x[REG_A1] = value;
    run_user(&user);
}

static void write_slot_in_user(unsigned slot, uint32_t value)
{
    store_in_user(USER_RRC, RRCCR_FILL);
    for (unsigned i = 0; i < 8; i++)
        store_in_user(USER_SLOTS + 32 * slot + 4 * i, value + i);
    store_in_user(USER_RRC, RRCCR_COMMAND);
    store_in_user(USER_SLOTS + 32 * slot, RRC_LOAD);
    store_in_user(USER_SLOTS + 32 * slot, RRC_WRITE);
    store_in_user(USER_RRC, RRCCR_FILL);
}

static void write_slot(unsigned slot, uint32_t value)
{
    RRCCR = RRCCR_FILL;
    for (unsigned i = 0; i < 8; i++)
        REG32(DATA_SLOTS + 32 * slot + 4 * i) = value + i;
    RRCCR = RRCCR_COMMAND;
    REG32(DATA_SLOTS + 32 * slot) = RRC_LOAD;
    REG32(DATA_SLOTS + 32 * slot) = RRC_WRITE;
    RRCCR = RRCCR_FILL;
    flush_data_cache();
}

static void enter_space(uint32_t asid) { csr_write(satp, satp_of(space) | asid << 22); }

static void in_machine_mode(void)
{
    take_flags();
    check("M: the secret", REG32(DATA_SLOTS + 32 * SECRET), 0);
    check("M: it was denied", take_flags(), RRCFR_DATA);
    write_slot(SECRET, 0xBAD00000);
    check("M: so was writing", take_flags(), RRCFR_DATA);
    check("M: a public key", REG32(DATA_SLOTS + 32 * PUBLIC_KEY), 0);
    check("M: it was denied", take_flags(), RRCFR_DATA);
    check("M: an access word", REG32(ACCESS_WORDS + 4 * PUBLIC_KEY), 0);
    check("M: it was denied", take_flags(), RRCFR_CFG);
    check("M: IFR", REG32(IFR + 0x1A0), 0);
    check("M: it was denied", take_flags(), RRCFR_INFO);
}

static void supervisor_main(void)
{
    enter_space(3);
    check("ASID 3: not what M wrote", load_in_user(USER_SLOTS + 32 * SECRET), 0);
    check("ASID 3: allowed", take_flags(), 0);
    write_slot_in_user(SECRET, 0x5EC2E700);
    for (unsigned i = 0; i < 8; i++)
        check("ASID 3: the secret", load_in_user(USER_SLOTS + 32 * SECRET + 4 * i), 0x5EC2E700 + i);
    check("ASID 3: allowed", take_flags(), 0);
    check("S: the secret", REG32(DATA_SLOTS + 32 * SECRET), 0);
    check("S: it was denied", take_flags(), RRCFR_DATA);

    check("ASID 3: a public key", load_in_user(USER_SLOTS + 32 * PUBLIC_KEY), 0x985F7AA8);
    check("ASID 3: allowed", take_flags(), 0);
    write_slot_in_user(PUBLIC_KEY, 0xBAD00000);
    check("ASID 3: but not written", take_flags(), RRCFR_DATA);
    check("ASID 3: the same public key", load_in_user(USER_SLOTS + 32 * PUBLIC_KEY), 0x985F7AA8);

    enter_space(4);
    check("ASID 4: the secret", load_in_user(USER_SLOTS + 32 * SECRET), 0);
    check("ASID 4: it was denied", take_flags(), RRCFR_DATA);
    uint32_t before = load_in_user(USER_COUNTERS + 32 * (COUNTER - 128));
    store_in_user(USER_COUNTERS + 32 * (COUNTER - 128), 0);
    check("ASID 4: a counter", load_in_user(USER_COUNTERS + 32 * (COUNTER - 128)), before + 1);

    check_summary("slots");
}

int main(void)
{
    console_start();
    in_machine_mode();
    space = new_table();
    map_supervisor(space);
    map_page(space, USER_CODE, (uint32_t)user_code, LEAF | PTE_R | PTE_X);
    map_page(space, USER_SLOTS, DATA_SLOTS, LEAF | PTE_R | PTE_W);
    map_page(space, USER_RRC, 0x40000000, LEAF | PTE_R | PTE_W);
    map_page(space, USER_COUNTERS, ONE_WAY_COUNTERS + PAGE_SIZE, LEAF | PTE_R | PTE_W);
    enter_supervisor(satp_of(space), supervisor_main);
}
