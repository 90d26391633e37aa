// A system call that does nothing: U to S and back, all registers saved and restored. One round is one call.

#include "user.h"

DEFAULT_ROUNDS(2000000);

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .balign 4096\n"
    "user_code:\n"
    "1:  ecall\n"
    "    addi a0, a0, 1\n"
    "    j 1b\n"
    "    .balign 4096\n"
    "    .text\n");
extern const char user_code[];

static page_table root, leaf;
static struct user user;

uint32_t kernel(uint32_t rounds)
{
    make_space(root, leaf, user_code);
    prepare_traps();
    set_satp(satp_of(root));
    sfence_vma();
    user.registers[0] = USER_CODE;
    for (uint32_t i = 0; i < rounds; i++) {
        if (run_user(&user) != CAUSE_ECALL)
            return 0;
        user.registers[0] += 4;
    }
    return mix(rounds, user.registers[10]);
}
