// What Xous does most: a client and two servers, each in an address space of its own, and a kernel that passes messages
// between them. One round is four blocking scalar messages and the loan of a page that the server changes in place, so
// ten switches of address space, a page table entry moved there and back, and a little work at each end.

#include "user.h"

DEFAULT_ROUNDS(60000);

#define PAGE_OF_CLIENT (USER_BASE + 0x20000)
#define PAGE_OF_SERVER (USER_BASE + 0x30000)

// In a0 of an ecall. SEND and LEND have the server in a1 and what is sent in a2 to a5; what comes back is in a2. REPLY has
// the answer in a2, and returns with the next message in a2 to a5.
enum { SEND, LEND, REPLY, ROUND };
enum { CLIENT, ADDER, SUMMER, PROCESSES };

__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .balign 4096\n"
    "client_code:\n" // s2 is its page, s0 what it has computed
    "1:  li s1, 4\n"
    "2:  li a0, 0\n"
    "    li a1, 1\n"
    "    mv a2, s0\n"
    "    mv a3, s1\n"
    "    slli a4, s0, 3\n"
    "    srli a5, s0, 5\n"
    "    ecall\n"
    "    xor s0, s0, a2\n"
    "    addi s1, s1, -1\n"
    "    bnez s1, 2b\n"
    "    li t0, 64\n"
    "    mv t1, s2\n"
    "3:  sw s0, 0(t1)\n"
    "    addi s0, s0, 3\n"
    "    addi t1, t1, 4\n"
    "    addi t0, t0, -1\n"
    "    bnez t0, 3b\n"
    "    li a0, 1\n"
    "    li a1, 2\n"
    "    mv a2, s2\n"
    "    ecall\n"
    "    lw t0, 0(s2)\n"
    "    add s0, s0, t0\n"
    "    li a0, 3\n"
    "    ecall\n"
    "    j 1b\n"
    "    .balign 4096\n"
    "adder_code:\n"
    "1:  li a0, 2\n"
    "    ecall\n"
    "    add a2, a2, a3\n"
    "    add a4, a4, a5\n"
    "    xor a2, a2, a4\n"
    "    j 1b\n"
    "    .balign 4096\n"
    "summer_code:\n" // the sum of the page's words goes into its first one
    "1:  li a0, 2\n"
    "    ecall\n"
    "    li t0, 64\n"
    "    mv t1, a2\n"
    "    li a2, 0\n"
    "2:  lw t2, 0(t1)\n"
    "    add a2, a2, t2\n"
    "    addi t1, t1, 4\n"
    "    addi t0, t0, -1\n"
    "    bnez t0, 2b\n"
    "    sw a2, -256(t1)\n"
    "    j 1b\n"
    "    .balign 4096\n"
    "    .text\n");
extern const char client_code[], adder_code[], summer_code[];

static struct process {
    page_table root, leaf;
    uint32_t page[1024];
    struct user user;
    uint32_t satp;
    unsigned waits; // 1 for a message, 2 for an answer
    unsigned client;
    uint32_t lent;
} processes[PROCESSES] __attribute__((aligned(4096)));

enum { A0 = 10, A1, A2, A3, A4, A5, S0 = 8, S2 = 18 };

static uint32_t *entry_of(struct process *process, uint32_t page) { return &process->leaf[(page - USER_BASE) >> 12 & 1023]; }

// Moves a page from one process to another.
static void move_page(struct process *from, uint32_t page, struct process *to, uint32_t target)
{
    *entry_of(to, target) = *entry_of(from, page);
    *entry_of(from, page) = 0;
}

// Returns who runs next; PROCESSES when a process breaks the rules.
static unsigned send(unsigned sender, int lends)
{
    struct process *from = &processes[sender];
    unsigned server = from->user.registers[A1];
    struct process *to = &processes[server < PROCESSES ? server : sender];
    if (to->waits != 1)
        return PROCESSES;
    for (int i = A2; i <= A5; i++)
        to->user.registers[i] = from->user.registers[i];
    to->client = sender;
    to->waits = 0;
    to->lent = 0;
    from->waits = 2;
    if (lends) {
        uint32_t page = from->user.registers[A2];
        if ((*entry_of(from, page) & 0x11) != 0x11)
            return PROCESSES;
        to->lent = page;
        move_page(from, page, to, PAGE_OF_SERVER);
        to->user.registers[A2] = PAGE_OF_SERVER;
    }
    return server;
}

static unsigned reply(unsigned server)
{
    struct process *from = &processes[server];
    struct process *to = &processes[from->client];
    if (to->waits != 2)
        return PROCESSES;
    from->waits = 1;
    if (from->lent != 0)
        move_page(from, PAGE_OF_SERVER, to, from->lent);
    to->user.registers[A2] = from->user.registers[A2];
    to->waits = 0;
    return from->client;
}

// Runs a process until it calls; returns what it asks for.
static uint32_t run(struct process *process)
{
    sfence_vma();
    set_satp(process->satp);
    sfence_vma();
    if (run_user(&process->user) != CAUSE_ECALL)
        return ROUND + 1;
    process->user.registers[0] += 4;
    return process->user.registers[A0];
}

uint32_t kernel(uint32_t rounds)
{
    const void *code[] = { client_code, adder_code, summer_code };
    for (int i = 0; i < PROCESSES; i++) {
        make_space(processes[i].root, processes[i].leaf, code[i]);
        processes[i].satp = satp_of(processes[i].root);
        processes[i].user.registers[0] = USER_CODE;
    }
    *entry_of(&processes[CLIENT], PAGE_OF_CLIENT) = page_entry(processes[CLIENT].page, PTE_USER_DATA);
    processes[CLIENT].user.registers[S2] = PAGE_OF_CLIENT;
    prepare_traps();
    for (int i = ADDER; i <= SUMMER; i++) {
        if (run(&processes[i]) != REPLY)
            return 0;
        processes[i].waits = 1;
    }
    unsigned running = CLIENT;
    for (uint32_t done = 0; done < rounds;) {
        uint32_t call = run(&processes[running]);
        if (call == ROUND)
            done++;
        else if (call < REPLY)
            running = send(running, call == LEND);
        else if (call == REPLY)
            running = reply(running);
        if (call > ROUND || running == PROCESSES)
            return 0;
    }
    return processes[CLIENT].user.registers[S0];
}
