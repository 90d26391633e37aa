// Runs in S-mode with Sv32, with U-mode code under it, and provokes each kind of page fault.
//
// Shows:   Sv32 translation and its faults with exact sepc and stval; U, SUM and MXR, for data and for fetch; A and
//          D ignored; address spaces; MPRV; delegation to S, and what cannot be delegated; ecall, sret, registers
//          kept over traps; the interrupt of an S-mode idle loop taken between two CSR writes.
// Proof:   one line a check, then "page faults: fetch A load B store C" and "mmu: N ok, 0 failed".
// Where it differs from other cores (the chip's MMU description): SUM=1 lets S fetch from U pages; A and D are
// neither checked nor written; MPRV in M skips the U checks.

#include "bao1x.h"
#include "check.h"
#include "console.h"
#include "csr.h"
#include "paging.h"
#include "supervisor.h"

#define USER_CODE   0x00010000u
#define DATA        0x00020000u
#define READ_ONLY   0x00021000u
#define EXEC_ONLY   0x00022000u
#define WRITE_ONLY  0x00023000u     // reserved encoding
#define UNMAPPED    0x00024000u
#define FRESH       0x00025000u     // A = D = 0
#define NOT_A_LEAF  0x00026000u     // a pointer at the last level
#define TO_NOWHERE  0x00027000u     // maps physical 0x1000_0000
#define HIGH_PPN    0x00028000u     // PPN bits beyond a 32-bit physical address
#define STRADDLE    0x00029000u     // the page after it is unmapped
#define BAD_MEGA    0x00400000u     // a large page whose PPN[0] is not 0
#define MEGA        0x00800000u     // a large page for U over SRAM
#define LOST_TABLE  0x00C00000u     // its table would lie at physical 0x1000_0000

#define LEAF (PTE_V | PTE_U | PTE_A | PTE_D)

static volatile uint32_t page_a[1024] __attribute__((aligned(4096)));
static volatile uint32_t page_b[1024] __attribute__((aligned(4096)));
static volatile uint32_t straddle_page[1024] __attribute__((aligned(4096)));

static pte *space, *other_space;
static pte *data_leaf, *fresh_leaf;
static struct user user;
static unsigned fetch_faults, load_faults, store_faults;

// U-mode code; it runs from RRAM at another virtual address. Each piece ends with ecall unless it faults first.
__asm__(
    "    .section .text.user, \"ax\"\n"
    "    .option push\n"
    "    .option norvc\n"
    "    .balign 4096\n"
    "user_code:\n"
    "user_load:   lw a0, 0(a0)\n    ecall\n"
    "user_load_half: lh a0, 0(a0)\n    ecall\n"
    "user_store:  sw a1, 0(a0)\n    ecall\n"
    "user_amo:    amoadd.w a0, a1, (a0)\n    ecall\n"
    "user_jump:   jr a0\n"
    "user_return: ret\n"
    "user_time:   rdtime a0\n    ecall\n"
    "user_break:  ebreak\n    ecall\n"
    "user_spin:   j user_spin\n"
    "user_count:  li s1, 1000\n"
    "1:           ecall\n"
    "             addi s1, s1, -1\n"
    "             bnez s1, 1b\n"
    "             li a7, 93\n"
    "             ecall\n"
    "    .balign 4096\n"
    "    .option pop\n"
    "    .text\n");
extern const char user_code[], user_load[], user_load_half[], user_store[], user_amo[], user_jump[], user_return[],
    user_time[], user_break[], user_spin[], user_count[];

static uint32_t va_of(const char *code) { return USER_CODE + (uint32_t)(code - user_code); }

static void count_fault(uint32_t cause)
{
    fetch_faults += cause == 12;
    load_faults += cause == 13;
    store_faults += cause == 15;
}

static void run(const char *code, uint32_t a0, uint32_t a1)
{
    user.pc = va_of(code);
    user.x[REG_A0] = a0;
    user.x[REG_A1] = a1;
    run_user(&user);
    count_fault(user.cause);
}

// The U-mode access traps with this cause at its own instruction, or at the address that it jumped to.
static void user_faults(const char *name, const char *code, uint32_t address, uint32_t cause)
{
    run(code, address, 0x600D);
    uint32_t pc = code == user_jump ? address : va_of(code);
    if (user.cause != cause) {
        print("scause of ");
        check(name, user.cause, cause);
    } else if (user.pc != pc) {
        print("sepc of ");
        check(name, user.pc, pc);
    } else {
        check(name, user.tval, address);
    }
}

// The U-mode access works: the next trap is the ecall behind it.
static void user_works(const char *name, const char *code, uint32_t address, uint32_t a1)
{
    run(code, address, a1);
    check(name, user.cause, 8);
}

// The same from S, by one 32-bit instruction that the handler skips.
static void __attribute__((naked, noinline)) s_load(uint32_t address __attribute__((unused)))
{
    __asm__ volatile(".option push\n.option norvc\n lw a0, 0(a0)\n ret\n.option pop");
}

static void __attribute__((naked, noinline)) s_store(uint32_t address __attribute__((unused)))
{
    __asm__ volatile(".option push\n.option norvc\n sw zero, 0(a0)\n ret\n.option pop");
}

static void __attribute__((naked, noinline)) s_jump(uint32_t address __attribute__((unused)))
{
    __asm__ volatile("addi sp, sp, -16\n sw ra, 0(sp)\n jalr a0\n lw ra, 0(sp)\n addi sp, sp, 16\n ret");
}

// A cause of 0 means that no trap is expected.
static void supervisor_does(const char *name, void (*access)(uint32_t), uint32_t address, uint32_t cause)
{
    supervisor_trap.expected = 1;
    supervisor_trap.count = 0;
    supervisor_trap.cause = 0;
    access(address);
    supervisor_trap.expected = 0;
    count_fault(supervisor_trap.cause);
    if (supervisor_trap.cause != cause) {
        print("scause of ");
        check(name, supervisor_trap.cause, cause);
    } else {
        check(name, cause != 0 ? supervisor_trap.tval : supervisor_trap.count, cause != 0 ? address : 0);
    }
}

static void build_spaces(void)
{
    space = new_table();
    map_supervisor(space);
    map_page(space, USER_CODE, (uint32_t)user_code, LEAF | PTE_R | PTE_X);
    data_leaf = map_page(space, DATA, (uint32_t)page_a, LEAF | PTE_R | PTE_W);
    map_page(space, READ_ONLY, (uint32_t)page_a, LEAF | PTE_R);
    map_page(space, EXEC_ONLY, (uint32_t)user_code, LEAF | PTE_X);
    map_page(space, WRITE_ONLY, (uint32_t)page_a, LEAF | PTE_W);
    fresh_leaf = map_page(space, FRESH, (uint32_t)page_b, PTE_V | PTE_U | PTE_R | PTE_W | PTE_X);
    map_page(space, NOT_A_LEAF, (uint32_t)page_a, PTE_V);
    map_page(space, TO_NOWHERE, 0x10000000, LEAF | PTE_R | PTE_W | PTE_X);
    *map_page(space, HIGH_PPN, (uint32_t)page_a, LEAF | PTE_R) |= 3u << 30;
    map_page(space, STRADDLE, (uint32_t)straddle_page, LEAF | PTE_R | PTE_X);
    map_megapage(space, BAD_MEGA, SRAM + PAGE_SIZE, LEAF | PTE_R | PTE_W);
    map_megapage(space, MEGA, SRAM, LEAF | PTE_R | PTE_W);
    map_megapage(space, LOST_TABLE, 0x10000000, PTE_V);

    other_space = new_table();
    map_supervisor(other_space);
    map_page(other_space, USER_CODE, (uint32_t)user_code, LEAF | PTE_R | PTE_X);
    map_page(other_space, DATA, (uint32_t)page_b, LEAF | PTE_R | PTE_W);
}

// In M, before S starts: a load translated as another mode's.
static uint32_t load_with_mprv(uint32_t mpp, uint32_t address)
{
    uint32_t value;
    csr_clear(mstatus, STATUS_MPP);
    csr_set(mstatus, mpp);
    __asm__ volatile("csrs mstatus, %1\n    lw %0, 0(%2)\n    csrc mstatus, %1"
                     : "=&r"(value) : "r"(STATUS_MPRV), "r"(address) : "memory");
    return value;
}

static void mprv(void)
{
    csr_write(satp, satp_of(space));
    csr_clear(mstatus, STATUS_SUM | STATUS_MXR);
    check("MPRV, MPP=U, U page", load_with_mprv(0, DATA), 0xAAAA0000);
    check("MPRV, MPP=S, U page without SUM", load_with_mprv(STATUS_MPP_S, DATA), 0xAAAA0000);
    check("MPRV, MPP=U, S page", load_with_mprv(0, (uint32_t)page_b), 0xBBBB0000);
    csr_write(satp, 0);
}

static void data_faults(void)
{
    user_works("user load", user_load, DATA, 0);
    check("user load, value", user.x[REG_A0], 0xAAAA0000);
    user_works("user store", user_store, DATA + 4, 0x600D);
    check("user store, value", page_a[1], 0x600D);
    user_works("user amo", user_amo, DATA + 4, 1);
    check("user amo, value", page_a[1], 0x600E);

    user_faults("load from an unmapped page", user_load, UNMAPPED + 0x124, 13);
    user_faults("store to an unmapped page", user_store, UNMAPPED + 0x124, 15);
    user_faults("amo on an unmapped page", user_amo, UNMAPPED + 0x124, 15);
    user_faults("load, no table at all", user_load, 0x7FFFF000, 13);
    user_faults("store to a read-only page", user_store, READ_ONLY, 15);
    user_faults("amo on a read-only page", user_amo, READ_ONLY, 15);
    user_faults("load from an execute-only page", user_load, EXEC_ONLY, 13);
    csr_set(sstatus, STATUS_MXR);
    user_works("load from an execute-only page, MXR", user_load, EXEC_ONLY, 0);
    csr_clear(sstatus, STATUS_MXR);
    user_faults("load, W without R", user_load, WRITE_ONLY, 13);
    user_faults("store, W without R", user_store, WRITE_ONLY, 15);
    user_faults("load, pointer at the last level", user_load, NOT_A_LEAF, 13);
    user_faults("load, misaligned large page", user_load, BAD_MEGA, 13);
    user_faults("load, table at a bad address", user_load, LOST_TABLE, 13);
    user_faults("store, table at a bad address", user_store, LOST_TABLE, 15);
    user_faults("load from an S page", user_load, (uint32_t)page_b, 13);
    user_faults("store to an S page", user_store, (uint32_t)page_b, 15);
    user_faults("misaligned load", user_load, DATA + 2, 4);
    user_faults("misaligned half-word load", user_load_half, DATA + 1, 4);

    // Mapped, but there is nothing: the physical rules apply, with the virtual address in stval.
    user_faults("load, mapped to nowhere", user_load, TO_NOWHERE + 8, 5);
    user_works("store, mapped to nowhere, vanishes", user_store, TO_NOWHERE + 8, 1);

    user_works("PPN beyond 32 bits", user_load, HIGH_PPN, 0);
    check("PPN beyond 32 bits, value", user.x[REG_A0], 0xAAAA0000);
    user_works("large page", user_load, MEGA + ((uint32_t)page_b - SRAM), 0);
    check("large page, value", user.x[REG_A0], 0xBBBB0000);

    pte before = *fresh_leaf;
    user_works("load with A=0", user_load, FRESH, 0);
    user_works("store with D=0", user_store, FRESH + 4, 5);
    check("A and D are not written", *(volatile pte *)fresh_leaf, before);
}

static void fetch_faults_of_all_kinds(void)
{
    // Kernels end calls by returns to magic addresses, and tell them by sepc.
    user.x[REG(1)] = 0xFF802000;
    run(user_return, 0, 0);
    check("return to a magic address: scause", user.cause, 12);
    check("return to a magic address: sepc", user.pc, 0xFF802000);
    check("return to a magic address: stval", user.tval, 0xFF802000);

    user_faults("fetch from an unmapped page", user_jump, UNMAPPED, 12);
    user_faults("fetch from a page without X", user_jump, DATA, 12);
    user_faults("fetch from an S page", user_jump, (uint32_t)user_code, 12);
    user_faults("fetch, table at a bad address", user_jump, LOST_TABLE, 12);
    user_faults("fetch, mapped to nowhere", user_jump, TO_NOWHERE, 1);
    user_works("fetch with A=0", user_jump, FRESH + 16, 0);

    // A 32-bit instruction whose second half lies in the next page: sepc is its start, stval the missing word.
    run(user_jump, STRADDLE + PAGE_SIZE - 2, 0);
    count_fault(0);
    check("straddling fetch: scause", user.cause, 12);
    check("straddling fetch: sepc", user.pc, STRADDLE + PAGE_SIZE - 2);
    check("straddling fetch: stval", user.tval, STRADDLE + PAGE_SIZE);
}

static void supervisor_accesses(void)
{
    csr_clear(sstatus, STATUS_SUM);
    supervisor_does("S load, unmapped", s_load, UNMAPPED, 13);
    check("S trap sets SPP", supervisor_trap.status & STATUS_SPP, STATUS_SPP);
    supervisor_does("S store to RRAM, read-only", s_store, RRAM, 15);
    supervisor_does("S load from a U page", s_load, DATA, 13);
    supervisor_does("S store to a U page", s_store, DATA, 15);
    supervisor_does("S fetch from a U page", s_jump, va_of(user_return), 12);
    csr_set(sstatus, STATUS_SUM);
    supervisor_does("S load from a U page, SUM", s_load, DATA, 0);
    supervisor_does("S store to a U page, SUM", s_store, DATA + 8, 0);
    supervisor_does("S fetch from a U page, SUM", s_jump, va_of(user_return), 0);
    csr_clear(sstatus, STATUS_SUM);
}

static void address_spaces(void)
{
    csr_write(satp, satp_of(other_space));
    user_works("other space", user_load, DATA, 0);
    check("other space, value", user.x[REG_A0], 0xBBBB0000);
    user_faults("other space has no such page", user_load, READ_ONLY, 13);
    csr_write(satp, satp_of(space));
    run(user_load, DATA, 0);
    check("first space again, value", user.x[REG_A0], 0xAAAA0000);

    *(volatile pte *)data_leaf = PTE(page_b, LEAF | PTE_R);
    sfence_vma();
    run(user_load, DATA, 0);
    check("remapped, value", user.x[REG_A0], 0xBBBB0000);
    user_faults("remapped read-only", user_store, DATA, 15);
    *(volatile pte *)data_leaf = PTE(page_a, LEAF | PTE_R | PTE_W);
    sfence_vma();
}

static void calls_and_delegation(void)
{
    for (unsigned n = 1; n < 32; n++)
        user.x[REG(n)] = 0x1000 + n;
    user.pc = va_of(user_count);
    user.x[REG_A0] = 0;
    uint32_t calls = 0;
    for (;;) {
        run_user(&user);
        if (user.cause != 8 || user.x[REG(17)] == 93)
            break;
        calls++;
        user.x[REG_A0]++;
        user.pc += 4;
    }
    check("ecalls", calls, 1000);
    check("ecalls, value", user.x[REG_A0], 1000);
    check("ecall's stval is the instruction", user.tval, 0x00000073);
    uint32_t kept = 0;
    for (unsigned n = 1; n < 32; n++)
        kept += user.x[REG(n)] == 0x1000 + n;
    check("registers kept over traps", kept, 31 - 3);       // but a0, a7 and s1, which the code uses

    run(user_time, 0, 0);
    check("rdtime: scause", user.cause, 2);
    check("rdtime: stval", user.tval, 0xC0102573);

    machine_trap.count = 0;
    user_works("ebreak passes S by", user_break, 0, 0);
    check("ebreak went to M", machine_trap.count, 1);
    check("ebreak: mcause", machine_trap.cause, 3);
}

// As kernels idle: sleep with interrupts off, let them in for one instruction.
static void __attribute__((naked, noinline)) idle(uint32_t unused __attribute__((unused)))
{
    __asm__ volatile("wfi\n csrsi sstatus, 2\n .globl idle_pulse\nidle_pulse: csrci sstatus, 2\n ret");
}
extern const char idle_pulse[];

static void interrupts(void)
{
    EV_PENDING(IRQARRAY1) = 0xFFFF;
    EV_ENABLE(IRQARRAY1) = 1u << 15;
    EV_SOFT(IRQARRAY1) = 1u << 15;
    csr_write(sie, INTERRUPT_SEI);

    csr_write(SIM, LINE_IRQARRAY1);
    supervisor_trap.expected = 1;
    supervisor_trap.count = 0;
    idle(0);
    supervisor_trap.expected = 0;
    check("idle: one interrupt", supervisor_trap.count, 1);
    check("idle: scause", supervisor_trap.cause, CAUSE_INTERRUPT | 9);
    check("idle: sepc", supervisor_trap.epc, (uint32_t)idle_pulse);

    // Below S a delegated interrupt is always on.
    csr_write(SIM, LINE_IRQARRAY1);
    run(user_spin, 0, 0);
    csr_write(SIM, 0);
    check("interrupt in U: scause", user.cause, CAUSE_INTERRUPT | 9);
    check("interrupt in U: sepc", user.pc, va_of(user_spin));

    csr_write(sie, 0);
    EV_PENDING(IRQARRAY1) = 1u << 15;
    EV_ENABLE(IRQARRAY1) = 0;
}

static void supervisor_main(void)
{
    csr_clear(sstatus, STATUS_SUM | STATUS_MXR | STATUS_SIE);
    data_faults();
    fetch_faults_of_all_kinds();
    supervisor_accesses();
    address_spaces();
    calls_and_delegation();
    interrupts();
    print("page faults: fetch %u load %u store %u\n", fetch_faults, load_faults, store_faults);
    check_summary("mmu");
}

int main(void)
{
    console_start();
    page_a[0] = 0xAAAA0000;
    page_b[0] = 0xBBBB0000;
    page_b[4] = 0x00000073;                         // ecall, for the fetch from FRESH
    ((volatile uint16_t *)straddle_page)[2047] = 0x0513;    // first half of li a0, N
    build_spaces();
    mprv();
    enter_supervisor(satp_of(space), supervisor_main);
}
