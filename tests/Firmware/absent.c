// Checks what this core does not have, and the rules in which it differs from other RISC-V cores.
//
// Shows:   absent CSRs and instructions trap with mtval = the instruction word; the CSRs that exist store only
//          their implemented bits; misaligned accesses fault; stores to nowhere vanish, loads from nowhere and
//          fetches outside RRAM and SRAM fault; LR/SC is one flag without an address; MTIP and MSIP are tied to 0;
//          vectored mode is ignored.
// Proof:   "name: ok" or "name: FAIL got x want y" a check, then "absent: 156 ok, 0 failed".
// Rests on the VexRiscv configuration of the chip: CSR list, trap rules, memory access rules.

#include "board.h"
#include "check.h"
#include "console.h"
#include "csr.h"
#include "probe.h"

// One line, not three, when a trap is as it should be; otherwise the line names the CSR that is wrong.
static void expect_trap(const char *name, struct outcome o, uint32_t cause, uint32_t epc, uint32_t tval)
{
    if (o.cause != cause) {
        print("mcause of ");
        check(name, o.cause, cause);
    } else if (o.epc != epc) {
        print("mepc of ");
        check(name, o.epc, epc);
    } else {
        check(name, o.tval, tval);
    }
}

static void expect_return(const char *name, struct outcome o) { check(name, o.cause, 0); }

#define CSRRS(csr)          ((uint32_t)(csr) << 20 | 0x2573)            // csrrs a0, csr, x0
#define CSRRSI(csr, imm)    ((uint32_t)(csr) << 20 | (imm) << 15 | 0x6573)
#define CSRRW(csr)          ((uint32_t)(csr) << 20 | 0x51573)           // csrrw a0, csr, a0
#define CSRRWI(csr, imm)    ((uint32_t)(csr) << 20 | (imm) << 15 | 0x5573)

#define EBREAK  0x00100073
#define ECALL   0x00000073
#define WFI     0x10500073
#define SRET    0x10200073
#define MRET    0x30200073
#define FENCE_I 0x0000100F
#define LB      0x00050503  // each with a0 as address and result, a1 as data
#define LH      0x00051503
#define LHU     0x00055503
#define LW      0x00052503
#define SB      0x00B50023
#define SH      0x00B51023
#define SW      0x00B52023
#define AMOADD  0x00B5252F
#define LR      0x1005252F

static void illegal(const char *name, uint32_t mode, uint32_t instruction)
{
    expect_trap(name, probe_instruction(mode, instruction, 0, 0), 2, 0, instruction);
}

static void absent_csrs(void)
{
    static const struct { const char *name; uint16_t csr; } csrs[] = {
        { "time", 0xC01 }, { "timeh", 0xC81 }, { "mcounteren", 0x306 }, { "scounteren", 0x106 },
        { "menvcfg", 0x30A }, { "senvcfg", 0x10A }, { "mstatush", 0x310 }, { "mcountinhibit", 0x320 },
        { "mhpmevent3", 0x323 }, { "mhpmcounter3", 0xB03 }, { "hpmcounter3", 0xC03 },
        { "pmpcfg0", 0x3A0 }, { "pmpcfg3", 0x3A3 }, { "pmpaddr0", 0x3B0 }, { "pmpaddr15", 0x3BF },
        { "mtinst", 0x34A }, { "mtval2", 0x34B }, { "tselect", 0x7A0 }, { "tdata1", 0x7A1 }, { "dcsr", 0x7B0 },
        { "sedeleg", 0x102 }, { "sideleg", 0x103 }, { "stimecmp", 0x14D }, { "mconfigptr", 0xF15 },
        { "fflags", 0x001 }, { "fcsr", 0x003 }, { "seed", 0x015 }, { "vstart", 0x008 }, { "hstatus", 0x600 },
    };
    for (unsigned i = 0; i < sizeof csrs / sizeof csrs[0]; i++)
        illegal(csrs[i].name, MODE_M, CSRRS(csrs[i].csr));

    illegal("write pmpcfg0", MODE_M, CSRRW(0x3A0));
    illegal("write pmpaddr0", MODE_M, CSRRW(0x3B0));
    illegal("time from S", MODE_S, CSRRS(0xC01));
    illegal("time from U", MODE_U, CSRRS(0xC01));
}

static void read_only_csrs(void)
{
    illegal("write cycle", MODE_M, CSRRW(0xC00));
    illegal("write mhartid", MODE_M, CSRRW(0xF14));
    illegal("write MIP-array", MODE_M, CSRRW(0xFC0));
    illegal("write SIP-array", MODE_M, CSRRW(0xDC0));
    illegal("write 0xCC0", MODE_M, CSRRW(0xCC0));
    illegal("csrrwi 0 to cycle", MODE_M, CSRRWI(0xC00, 0));
    illegal("csrrsi 1 to cycle", MODE_M, CSRRSI(0xC00, 1u));
    expect_return("csrrsi 0 to cycle", probe_instruction(MODE_M, CSRRSI(0xC00, 0), 0, 0));
}

static void identity(void)
{
    check("misa", csr_read(misa), 0x40000000);
    csr_write(misa, 0x40101105);
    check("misa is a plain register", csr_read(misa), 0x40101105);
    csr_write(misa, 0x40000000);
    check("mvendorid", csr_read(mvendorid), 1);
    check("marchid", csr_read(marchid), 2);
    check("mimpid", csr_read(mimpid), 3);
    check("mhartid", csr_read(mhartid), 0);
    check("data cache geometry", csr_read(0xCC0), 0x02001000);
}

// What a register keeps of all ones.
#define EXPECT_MASK(csr, want) do { \
    uint32_t before_ = csr_read(csr); \
    csr_write(csr, 0xFFFFFFFF); \
    uint32_t got_ = csr_read(csr); \
    csr_write(csr, before_); \
    check(#csr " bits", got_, want); \
} while (0)

static void register_bits(void)
{
    EXPECT_MASK(medeleg, 0xB3F7);
    EXPECT_MASK(mideleg, 0x222);
    EXPECT_MASK(mie, 0xAAA);
    EXPECT_MASK(sie, 0x222);
    EXPECT_MASK(mcause, 0x8000000F);
    EXPECT_MASK(scause, 0x8000000F);
    EXPECT_MASK(mepc, 0xFFFFFFFF);
    EXPECT_MASK(mtvec, 0xFFFFFFFF);
    EXPECT_MASK(stvec, 0xFFFFFFFF);
    EXPECT_MASK(mscratch, 0xFFFFFFFF);
    EXPECT_MASK(satp, 0xFFFFFFFF);
    EXPECT_MASK(MIM, 0xFFFFFFFF);
    EXPECT_MASK(SIM, 0xFFFFFFFF);
    EXPECT_MASK(mip, 0x222);            // MTIP and MSIP are tied to 0
    EXPECT_MASK(sip, 0x222);
    EXPECT_MASK(mstatus, 0x000E19AA);   // no TVM, TW, TSR, FS, XS, SD

    csr_clear(mstatus, STATUS_MPP);
    csr_set(mstatus, STATUS_MPP_S);
    csr_write(mstatus, (csr_read(mstatus) & ~STATUS_MPP) | 2u << 11);
    check("MPP=2 is ignored", csr_read(mstatus) & STATUS_MPP, STATUS_MPP_S);

    csr_set(mstatus, STATUS_MPRV);
    check("sstatus shows MPRV", csr_read(sstatus) & STATUS_MPRV, STATUS_MPRV);
    csr_clear(mstatus, STATUS_MPRV);

    uint32_t high = csr_read(mcycleh);
    csr_write(mcycleh, high + 5);
    check("mcycleh can be written", csr_read(cycleh), high + 5);
    csr_write(mcycleh, high);
    uint32_t first = csr_read(minstret);
    check("instret counts", csr_read(instret) > first, 1);
}

static void privileges(void)
{
    illegal("mstatus from S", MODE_S, CSRRS(0x300));
    illegal("MIM from S", MODE_S, CSRRS(0xBC0));
    illegal("sstatus from U", MODE_U, CSRRS(0x100));
    illegal("SIM from U", MODE_U, CSRRS(0x9C0));
    illegal("mret from S", MODE_S, MRET);
    illegal("sret from U", MODE_U, SRET);
    expect_return("satp from S", probe_instruction(MODE_S, CSRRS(0x180), 0, 0));
    expect_return("SIM from S", probe_instruction(MODE_S, CSRRS(0x9C0), 0, 0));
    expect_return("cycle from U", probe_instruction(MODE_U, CSRRS(0xC00), 0, 0));
    expect_return("instreth from U", probe_instruction(MODE_U, CSRRS(0xC82), 0, 0));

    // The custom cache operation, whole cache and one line, and fence.i are for every mode.
    expect_return("cache flush in M", probe_instruction(MODE_M, 0x0000500F, SRAM, 0));
    expect_return("cache flush in S", probe_instruction(MODE_S, 0x0000500F, SRAM, 0));
    expect_return("cache flush in U", probe_instruction(MODE_U, 0x0000500F, SRAM, 0));
    expect_return("cache line flush in U", probe_instruction(MODE_U, 0x0005500F, SRAM, 0));
    expect_return("fence.i in U", probe_instruction(MODE_U, FENCE_I, 0, 0));

    csr_set(mstatus, STATUS_MPRV);
    check("mret to U clears MPRV", probe_instruction(MODE_U, FENCE_I, 0, 0).status & STATUS_MPRV, 0);
    csr_set(mstatus, STATUS_MPRV);
    check("mret to M keeps MPRV", probe_instruction(MODE_M, FENCE_I, 0, 0).status & STATUS_MPRV, STATUS_MPRV);
    csr_clear(mstatus, STATUS_MPRV);
}

static void absent_instructions(void)
{
    illegal("all ones", MODE_M, 0xFFFFFFFF);
    illegal("flw", MODE_M, 0x00052007);
    illegal("fadd.s", MODE_M, 0x00B57553);
    illegal("vsetvli", MODE_M, 0x0C057557);
    illegal("ld", MODE_M, 0x00053503);
    illegal("addiw", MODE_M, 0x0015051B);
    illegal("lr.d", MODE_M, 0x1005352F);
    illegal("andn", MODE_M, 0x40B57533);
    illegal("sh1add", MODE_M, 0x20B52533);
    illegal("clz", MODE_M, 0x60051513);

    // ecall and ebreak put the instruction word into mtval; a compressed one the word that it stands for.
    expect_trap("ecall from M", probe_instruction(MODE_M, ECALL, 0, 0), 11, 0, ECALL);
    expect_trap("ecall from S", probe_instruction(MODE_S, ECALL, 0, 0), 9, 0, ECALL);
    expect_trap("ecall from U", probe_instruction(MODE_U, ECALL, 0, 0), 8, 0, ECALL);
    expect_trap("ebreak", probe_instruction(MODE_M, EBREAK, 0, 0), 3, 0, EBREAK);
    expect_trap("c.ebreak", probe_instruction(MODE_M, 0x00019002, 0, 0), 3, 0, EBREAK);

    csr_write(medeleg, 0xFFFFFFFF);
    expect_trap("ebreak is not delegated", probe_instruction(MODE_U, EBREAK, 0, 0), 3, 0, EBREAK);
    csr_write(medeleg, 0);
}

static uint32_t words[4] = { 0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C };

static void accesses(void)
{
    uint32_t here = (uint32_t)words;
    static const struct { const char *name; uint32_t instruction, offset, cause; } misaligned[] = {
        { "lh misaligned", LH, 1, 4 }, { "lhu misaligned", LHU, 3, 4 }, { "lw at +1", LW, 1, 4 },
        { "lw at +2", LW, 2, 4 }, { "sh misaligned", SH, 1, 6 }, { "sw at +2", SW, 2, 6 }, { "sw at +3", SW, 3, 6 },
        { "amoadd misaligned", AMOADD, 2, 6 },
    };
    for (unsigned i = 0; i < sizeof misaligned / sizeof misaligned[0]; i++) {
        uint32_t address = here + misaligned[i].offset;
        expect_trap(misaligned[i].name, probe_instruction(MODE_M, misaligned[i].instruction, address, 0xFFFFFFFF),
                    misaligned[i].cause, 0, address);
    }
    check("misaligned stores changed nothing", words[0], 0x03020100);
    check("lb at +3", probe_instruction(MODE_M, LB, here + 3, 0).value, 3);

    static const struct { const char *load, *store, *fetch; uint32_t address; } nowhere[] = {
        { "load from 0x0000_0000", "store to 0x0000_0000", "fetch from 0x0000_0000", 0x00000000 },
        { "load from 0x1000_0000", "store to 0x1000_0000", "fetch from 0x1000_0000", 0x10000000 },
        { "load from 0x2000_0000", "store to 0x2000_0000", "fetch from 0x2000_0000", 0x20000000 },
        { "load from 0x8000_0000", "store to 0x8000_0000", "fetch from 0x8000_0000", 0x80000000 },
        { "load from 0xF000_0000", "store to 0xF000_0000", "fetch from 0xF000_0000", 0xF0000000 },
    };
    for (unsigned i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        uint32_t address = nowhere[i].address;
        expect_trap(nowhere[i].load, probe_instruction(MODE_M, LW, address, 0), 5, 0, address);
        expect_return(nowhere[i].store, probe_instruction(MODE_M, SW, address, 0xFFFFFFFF));
        expect_trap(nowhere[i].fetch, probe(MODE_M, (void *)address, 0, 0), 1, address, address);
    }
    expect_trap("lb from nowhere", probe_instruction(MODE_M, LB, 0x10000003, 0), 5, 0, 0x10000003);
    expect_return("sb to nowhere", probe_instruction(MODE_M, SB, 0x10000003, 0));
    expect_trap("amoadd on nowhere", probe_instruction(MODE_M, AMOADD, 0x10000000, 0), 5, 0, 0x10000000);
    expect_trap("lr.w from nowhere", probe_instruction(MODE_M, LR, 0x10000000, 0), 5, 0, 0x10000000);

    // Peripherals and IFRAM are data only. mtval is the fetched word, mepc the instruction.
    expect_trap("fetch from 0x4000_0000", probe(MODE_M, (void *)0x40000000, 0, 0), 1, 0x40000000, 0x40000000);
    expect_trap("fetch from IFRAM", probe(MODE_M, (void *)IFRAM, 0, 0), 1, IFRAM, IFRAM);
    expect_trap("fetch from AORAM", probe(MODE_M, (void *)AORAM, 0, 0), 1, AORAM, AORAM);
    expect_trap("fetch from 0xE000_0000", probe(MODE_M, (void *)0xE0000000, 0, 0), 1, 0xE0000000, 0xE0000000);
    expect_trap("fetch from a half-word", probe(MODE_M, (void *)0x10000002, 0, 0), 1, 0x10000002, 0x10000000);
}

// Each sequence takes the address of two words and leaves the last sc.w's result in a0.
#define SEQUENCE(name, text) \
    static void __attribute__((naked)) name(void) { __asm__ volatile(text "\n    mv a0, a5\n    ret"); }

SEQUENCE(lr_sc, "lr.w a4, (a0)\n sc.w a5, a4, (a0)")
SEQUENCE(lr_sc_sc, "lr.w a4, (a0)\n sc.w a5, a4, (a0)\n sc.w a5, a4, (a0)")
SEQUENCE(lr_sc_elsewhere, "lr.w a4, (a0)\n addi a0, a0, 4\n sc.w a5, a4, (a0)")
SEQUENCE(lr_load_sc, "lr.w a4, (a0)\n lw a3, 0(a0)\n sc.w a5, a4, (a0)")
SEQUENCE(lr_store_elsewhere_sc, "lr.w a4, (a0)\n sb zero, 4(a0)\n sc.w a5, a4, (a0)")
SEQUENCE(lr_amo_elsewhere_sc, "lr.w a4, (a0)\n addi a3, a0, 4\n amoor.w a3, zero, (a3)\n sc.w a5, a4, (a0)")
SEQUENCE(lr_trap_sc,
    "    la a3, 2f\n"
    "    csrrw a3, mtvec, a3\n"
    "    lr.w a4, (a0)\n"
    "    ecall\n"
    "1:  sc.w a5, a4, (a0)\n"
    "    csrw mtvec, a3\n"
    "    j 3f\n"
    "    .balign 4\n"
    "2:  la a2, 1b\n"
    "    csrw mepc, a2\n"
    "    mret\n"
    "3:")

static void reservations(void)
{
    uint32_t at = (uint32_t)words;
    check("lr, sc", probe(MODE_M, lr_sc, at, 0).value, 0);
    check("lr, sc, sc", probe(MODE_M, lr_sc_sc, at, 0).value, 1);
    check("lr, sc to another word", probe(MODE_M, lr_sc_elsewhere, at, 0).value, 0);
    check("lr, load, sc", probe(MODE_M, lr_load_sc, at, 0).value, 0);
    check("lr, store to another word, sc", probe(MODE_M, lr_store_elsewhere_sc, at, 0).value, 1);
    check("lr, amo on another word, sc", probe(MODE_M, lr_amo_elsewhere_sc, at, 0).value, 1);
    check("lr, trap and mret, sc", probe(MODE_M, lr_trap_sc, at, 0).value, 0);
}

static void interrupts(void)
{
    // A software event on a free input of IRQARRAY1 is line 1 of the array.
    EV_PENDING(IRQARRAY1) = 0xFFFF;
    EV_ENABLE(IRQARRAY1) = 1u << 15;
    EV_SOFT(IRQARRAY1) = 1u << 15;
    check("masked line in MIP-array", csr_read(MIP_ARRAY), 0);
    check("masked line in mip", csr_read(mip), 0);
    csr_write(MIM, LINE_IRQARRAY1);
    check("line in MIP-array", csr_read(MIP_ARRAY), LINE_IRQARRAY1);
    check("line in mip", csr_read(mip), INTERRUPT_MEI);

    // A line that is enabled and pending ends WFI although no interrupt may be taken.
    csr_write(mie, INTERRUPT_MEI);
    expect_return("wfi in M, interrupts off", probe_instruction(MODE_M, WFI, 0, 0));
    struct outcome taken = probe_instruction(MODE_U, WFI, 0, 0);
    check("machine interrupt in U: mcause", taken.cause, CAUSE_INTERRUPT | 11);
    check("machine interrupt in U: mepc", taken.epc, 0);
    csr_write(mie, 0);
    csr_write(MIM, 0);

    csr_write(SIM, LINE_IRQARRAY1);
    check("line in SIP-array", csr_read(SIP_ARRAY), LINE_IRQARRAY1);
    csr_clear(mip, INTERRUPT_SEI);
    check("line holds SEIP", csr_read(mip), INTERRUPT_SEI);
    csr_write(mideleg, 0x222);
    csr_write(mie, INTERRUPT_SEI);
    csr_clear(mstatus, STATUS_SIE);
    expect_return("wfi in S, interrupts off", probe_instruction(MODE_S, WFI, 0, 0));
    csr_write(mie, 0);
    csr_write(mideleg, 0);
    csr_write(SIM, 0);
    EV_PENDING(IRQARRAY1) = 1u << 15;
    EV_ENABLE(IRQARRAY1) = 0;
    check("cleared line in mip", csr_read(mip), 0);

    // WFI in U sleeps until the alarm; the interrupt is taken behind it.
    ticktimer_start();
    ticktimer_alarm_at(millis() + 2);
    TICKTIMER_EV_ENABLE = 1;
    csr_write(MIM, LINE_TICKTIMER);
    csr_write(mie, INTERRUPT_MEI);
    struct outcome slept = probe_instruction(MODE_U, WFI, 0, 0);
    check("wfi in U sleeps: mcause", slept.cause, CAUSE_INTERRUPT | 11);
    check("wfi in U sleeps: mepc", slept.epc, 4);
    csr_write(mie, 0);
    csr_write(MIM, 0);
    TICKTIMER_EV_ENABLE = 0;

    probe_vector_mode = 1;
    csr_set(mip, INTERRUPT_SSI);
    csr_write(mie, INTERRUPT_SSI);
    check("vectored mode is ignored", probe_instruction(MODE_U, FENCE_I, 0, 0).cause, CAUSE_INTERRUPT | 1);
    csr_write(mie, 0);
    csr_clear(mip, INTERRUPT_SSI);
    probe_vector_mode = 0;
}

int main(void)
{
    console_start();
    csr_write(medeleg, 0);
    csr_write(mideleg, 0);
    csr_write(satp, 0);
    csr_write(MIM, 0);
    csr_write(SIM, 0);
    csr_write(mip, 0);

    absent_csrs();
    read_only_csrs();
    identity();
    register_bits();
    privileges();
    absent_instructions();
    accesses();
    reservations();
    interrupts();
    check_summary("absent");
    return 0;
}
