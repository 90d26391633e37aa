// Measures what an operating system does all day: demand page faults, system calls, address-space switches.
//
// Shows:   U-mode threads under an S-mode kernel that maps pages only when they are touched, and takes them away
//          again; 2 · ROUNDS · PAGES page faults, CALLS ecalls, SWITCHES switches of satp.
// Proof:   the counts as stated, "paging_demand: 5 ok, 0 failed", and the cycles that each took. The cycles are
//          those of this kernel's code and depend on nothing but the instructions it retires.

#include "bao1x.h"
#include "check.h"
#include "console.h"
#include "csr.h"
#include "paging.h"
#include "supervisor.h"

#ifndef ROUNDS
#define ROUNDS 100
#endif
#ifndef CALLS
#define CALLS 20000
#endif
#ifndef SWITCHES
#define SWITCHES 20000
#endif

#define PAGES       64
#define USER_CODE   0x00010000u
#define USER_DATA   0x00400000u

static uint32_t frames[2][PAGES][1024] __attribute__((aligned(4096)));

struct process {
    pte *root;
    struct user user;
    pte *leaves[PAGES];
    uint32_t next_frame;
};
static struct process processes[2];

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .option push\n"
    "    .option norvc\n"
    "    .balign 4096\n"
    "user_code:\n"
    "user_touch:              \n"     // a0: first page, a1: pages, a2: value; returns the sum of what it read back
    "    li a3, 0\n"
    "    li a4, 4096\n"
    "1:  sw a2, 8(a0)\n"
    "    lw a5, 8(a0)\n"
    "    lw a6, 12(a0)\n"
    "    add a3, a3, a5\n"
    "    add a3, a3, a6\n"
    "    addi a2, a2, 1\n"
    "    add a0, a0, a4\n"
    "    addi a1, a1, -1\n"
    "    bnez a1, 1b\n"
    "    mv a0, a3\n"
    "    ecall\n"
    "user_call:\n"
    "    ecall\n"
    "    j user_call\n"
    "    .balign 4096\n"
    "    .option pop\n"
    "    .text\n");
extern const char user_code[], user_touch[], user_call[];

static uint32_t va_of(const char *code) { return USER_CODE + (uint32_t)(code - user_code); }

static void give_page(struct process *process, unsigned which)
{
    uint32_t page = (process->user.tval - USER_DATA) / PAGE_SIZE;
    if (process->user.cause != 15 || page >= PAGES) {
        print("unexpected trap in U: scause=%x sepc=%x stval=%x\n", (unsigned)process->user.cause,
              (unsigned)process->user.pc, (unsigned)process->user.tval);
        supervisor_halt();
    }
    uint32_t *frame = frames[which][process->next_frame++];
    process->leaves[page] = map_page(process->root, USER_DATA + page * PAGE_SIZE, (uint32_t)frame,
                                     PTE_V | PTE_U | PTE_R | PTE_W | PTE_A | PTE_D);
    sfence_vma();
}

static void take_pages(struct process *process)
{
    for (unsigned i = 0; i < PAGES; i++)
        *(volatile pte *)process->leaves[i] = 0;
    process->next_frame = 0;
    sfence_vma();
}

static void demand_paging(void)
{
    uint32_t faults = 0, sum = 0;
    uint32_t start = csr_read(cycle);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (unsigned which = 0; which < 2; which++) {
            struct process *process = &processes[which];
            csr_write(satp, satp_of(process->root));
            process->user.pc = va_of(user_touch);
            process->user.x[REG(10)] = USER_DATA;
            process->user.x[REG(11)] = PAGES;
            process->user.x[REG(12)] = round;
            for (run_user(&process->user); process->user.cause != 8; run_user(&process->user)) {
                give_page(process, which);
                faults++;
            }
            sum += process->user.x[REG_A0];
            take_pages(process);
        }
    }
    uint32_t cycles = csr_read(cycle) - start;

    check("page faults", faults, 2 * ROUNDS * PAGES);
    // Each run reads back round .. round+63 beside a word that is 0, 1, 2 … by frame: the order of first touch.
    uint32_t want = 0;
    for (uint32_t round = 0; round < ROUNDS; round++)
        want += 2 * (PAGES * round + PAGES * (PAGES - 1) / 2 + PAGES * (PAGES - 1) / 2);
    check("sum of what was read", sum, want);
    print("demand page: %u faults, %u cycles each, user code included\n", (unsigned)faults, (unsigned)(cycles / faults));
}

static void system_calls(void)
{
    struct user *user = &processes[0].user;
    csr_write(satp, satp_of(processes[0].root));
    user->pc = va_of(user_call);
    uint32_t calls = 0;
    uint32_t start = csr_read(cycle);
    for (uint32_t i = 0; i < CALLS; i++) {
        run_user(user);
        calls += user->cause == 8;
        user->pc += 4;
    }
    uint32_t cycles = csr_read(cycle) - start;
    check("system calls", calls, CALLS);
    print("ecall: %u calls, %u cycles each\n", (unsigned)calls, (unsigned)(cycles / calls));
}

static void switches(void)
{
    uint32_t calls[2] = { 0, 0 };
    processes[0].user.pc = processes[1].user.pc = va_of(user_call);
    uint32_t start = csr_read(cycle);
    for (uint32_t i = 0; i < SWITCHES; i++) {
        struct process *process = &processes[i & 1];
        csr_write(satp, satp_of(process->root) | (1 + (i & 1)) << 22);
        run_user(&process->user);
        calls[i & 1] += process->user.cause == 8;
        process->user.pc += 4;
    }
    uint32_t cycles = csr_read(cycle) - start;
    check("switches, first process", calls[0], SWITCHES / 2);
    check("switches, second process", calls[1], SWITCHES / 2);
    print("switch: %u of them, %u cycles each, one ecall included\n", (unsigned)(calls[0] + calls[1]),
          (unsigned)(cycles / (calls[0] + calls[1])));
}

static void supervisor_main(void)
{
    csr_clear(sstatus, STATUS_SIE);
    demand_paging();
    system_calls();
    switches();
    check_summary("paging_demand");
}

int main(void)
{
    console_start();
    for (unsigned which = 0; which < 2; which++) {
        processes[which].root = new_table();
        map_supervisor(processes[which].root);
        map_page(processes[which].root, USER_CODE, (uint32_t)user_code, PTE_V | PTE_U | PTE_R | PTE_X | PTE_A | PTE_D);
        for (unsigned frame = 0; frame < PAGES; frame++)
            frames[which][frame][3] = frame;
    }
    enter_supervisor(satp_of(processes[0].root), supervisor_main);
}
