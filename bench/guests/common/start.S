# Entry in M-mode: stack, .bss, then main in M or, built with -DSUPERVISOR, in S with Sv32 on.
# A trap ends the run: no kernel expects one.

    .section .start, "ax"
    .globl _start
_start:
    csrci mstatus, 8
    csrw mie, zero
    la sp, __stack_top
    la t0, trapped
    csrw mtvec, t0
    csrw medeleg, zero

    la a1, __bss_start
    la a2, __bss_end
1:  bgeu a1, a2, 2f
    sw zero, 0(a1)
    sw zero, 4(a1)
    sw zero, 8(a1)
    sw zero, 12(a1)
    addi a1, a1, 16
    j 1b
2:

#ifdef VIRT
    # QEMU's virt machine has PMP, closed for S, and counter enables; this chip has neither.
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1F
    csrw pmpcfg0, t0
    csrwi mcounteren, 7
#endif

#ifdef SUPERVISOR
    li t0, 0xA100               # ecalls of U, and page faults of loads and stores: for kernels that have a U-mode
    csrw medeleg, t0
    call build_page_tables
    csrw satp, a0
    sfence.vma
    li t0, 0x1800               # MPP = S
    csrc mstatus, t0
    li t0, 0x0800
    csrs mstatus, t0
    la t0, main
    csrw mepc, t0
    mret
#else
    j main
#endif

    .balign 4
trapped:
    csrw satp, zero
    la sp, __stack_top
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    j report_trap
