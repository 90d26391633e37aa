// Two processes with an address space each take turns: ecall, save, sfence.vma, satp, sfence.vma, restore, and about
// fifty instructions of work. One round is one switch.

#include "user.h"

DEFAULT_ROUNDS(300000);

#define USER_DATA (USER_BASE + 0x20000)

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .balign 4096\n"
    "user_code:\n"
    "    li a3, 8\n"
    "1:  lw a2, 0(a1)\n"
    "    slli a4, a2, 5\n"
    "    add a2, a2, a4\n"
    "    addi a2, a2, 7\n"
    "    sw a2, 0(a1)\n"
    "    addi a3, a3, -1\n"
    "    bnez a3, 1b\n"
    "    ecall\n"
    "    j user_code\n"
    "    .balign 4096\n"
    "    .text\n");
extern const char user_code[];

static struct {
    page_table root, leaf;
    uint32_t data[1024];
    struct user user;
} processes[2] __attribute__((aligned(4096)));

uint32_t kernel(uint32_t rounds)
{
    for (int i = 0; i < 2; i++) {
        make_space(processes[i].root, processes[i].leaf, user_code);
        processes[i].leaf[(USER_DATA - USER_BASE) >> 12] = page_entry(processes[i].data, PTE_USER_DATA);
        processes[i].user.registers[0] = USER_CODE;
        processes[i].user.registers[11] = USER_DATA;
    }
    prepare_traps();
    for (uint32_t i = 0; i < rounds; i++) {
        sfence_vma();
        set_satp(satp_of(processes[i & 1].root));
        sfence_vma();
        if (run_user(&processes[i & 1].user) != CAUSE_ECALL)
            return 0;
        processes[i & 1].user.registers[0] += 4;
    }
    return mix(processes[0].data[0], processes[1].data[0]);
}
