// Pages that are mapped when they are touched, and taken away again, 64 at a time. One round is one page fault.

#include "user.h"

DEFAULT_ROUNDS(400000);

#define USER_DATA (USER_BASE + 0x100000)
#define PAGES     64

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .balign 4096\n"
    "user_code:\n"
    "    mv a2, a0\n"
    "    mv a3, a1\n"
    "    lui a4, 1\n"
    "1:  lw a5, 0(a2)\n"
    "    addi a5, a5, 1\n"
    "    sw a5, 0(a2)\n"
    "    add a2, a2, a4\n"
    "    addi a3, a3, -1\n"
    "    bnez a3, 1b\n"
    "    ecall\n"
    "    j user_code\n"
    "    .balign 4096\n"
    "    .text\n");
extern const char user_code[];

static page_table root, leaf;
static uint32_t frames[PAGES][1024] __attribute__((aligned(4096)));
static struct user user;

uint32_t kernel(uint32_t rounds)
{
    make_space(root, leaf, user_code);
    prepare_traps();
    set_satp(satp_of(root));
    sfence_vma();
    user.registers[0] = USER_CODE;
    user.registers[10] = USER_DATA;
    user.registers[11] = PAGES;
    for (uint32_t faults = 0; faults < rounds;) {
        uint32_t cause = run_user(&user);
        if (cause == CAUSE_ECALL) {
            for (int i = 0; i < PAGES; i++)
                leaf[((USER_DATA - USER_BASE) >> 12) + i] = 0;
            sfence_vma();
            user.registers[0] += 4;
        } else if (cause == CAUSE_LOAD_PAGE) {
            uint32_t page = (read_stval() - USER_DATA) >> 12;
            leaf[((USER_DATA - USER_BASE) >> 12) + page] = page_entry(frames[page], PTE_USER_DATA);
            sfence_vma();
            faults++;
        } else {
            return 0;
        }
    }
    uint32_t sum = 0;
    for (int i = 0; i < PAGES; i++)
        sum = mix(sum, frames[i][0]);
    return sum;
}
