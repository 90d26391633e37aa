# probe_enter(outcome, code, mode, first, second): see probe.h.
# A trap lands in probe_trap, which records it and returns to probe_enter's caller as if by longjmp.

    .text
    .globl probe_enter
probe_enter:
    addi sp, sp, -64
    sw ra, 0(sp)
    sw s0, 4(sp)
    sw s1, 8(sp)
    sw s2, 12(sp)
    sw s3, 16(sp)
    sw s4, 20(sp)
    sw s5, 24(sp)
    sw s6, 28(sp)
    sw s7, 32(sp)
    sw s8, 36(sp)
    sw s9, 40(sp)
    sw s10, 44(sp)
    sw s11, 48(sp)
    sw a0, 52(sp)
    la t0, saved_sp
    sw sp, 0(t0)

    la t0, probe_trap
    la t1, probe_vector_mode
    lw t1, 0(t1)
    or t0, t0, t1
    csrw mtvec, t0
    li t0, 0x1880               # MPP and MPIE
    csrc mstatus, t0
    slli t0, a2, 11
    csrs mstatus, t0
    csrw mepc, a1
    la ra, probe_done
    mv a0, a3
    mv a1, a4
    mret

    .globl probe_done
probe_done:                     # where the code returns to, in its own mode
    ecall

    .balign 4
probe_trap:
    .option push
    .option norvc
    j 1f
    csrwi mcause, 0             # vectored mode would send interrupt 1 here: make it look wrong
    j 1f
    .option pop
1:  la t0, saved_sp
    lw sp, 0(t0)
    lw t1, 52(sp)
    csrr t0, mcause
    sw t0, 0(t1)
    csrr t0, mepc
    sw t0, 4(t1)
    csrr t0, mtval
    sw t0, 8(t1)
    csrr t0, mstatus
    sw t0, 12(t1)
    sw a0, 16(t1)
    lw ra, 0(sp)
    lw s0, 4(sp)
    lw s1, 8(sp)
    lw s2, 12(sp)
    lw s3, 16(sp)
    lw s4, 20(sp)
    lw s5, 24(sp)
    lw s6, 28(sp)
    lw s7, 32(sp)
    lw s8, 36(sp)
    lw s9, 40(sp)
    lw s10, 44(sp)
    lw s11, 48(sp)
    addi sp, sp, 64
    ret

    .bss
    .balign 4
saved_sp:
    .zero 4
