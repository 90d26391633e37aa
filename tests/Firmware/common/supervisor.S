# S-mode with U-mode threads: see supervisor.h.
# While a thread runs, sscratch holds its struct user; otherwise 0, so that the handler knows where it came from.

    .text
    .globl enter_supervisor
enter_supervisor:
    la a2, no_arguments

    .globl enter_supervisor_with
enter_supervisor_with:
    li t0, -1
    csrw medeleg, t0
    csrw mideleg, t0
    la t0, supervisor_entry
    csrw stvec, t0
    la t0, machine_entry
    csrw mtvec, t0
    la t0, machine_trap
    csrw mscratch, t0
    csrw sscratch, zero
    csrw satp, a0
    sfence.vma
    li t0, 0x1980               # MPP, SPP, MPIE
    csrc mstatus, t0
    li t0, 0x0800               # MPP = S
    csrs mstatus, t0
    csrw mepc, a1
    la ra, supervisor_halt
    mv t0, a2
    lw a0, 0(t0)
    lw a1, 4(t0)
    lw a2, 8(t0)
    lw a3, 12(t0)
    li a7, 0
    mret

    .globl supervisor_halt
supervisor_halt:                # the end of a program in S
    csrw sie, zero
1:  wfi
    j 1b

    .globl run_user
run_user:
    sw ra, 136(a0)
    sw sp, 140(a0)
    sw gp, 144(a0)
    sw s0, 148(a0)
    sw s1, 152(a0)
    sw s2, 156(a0)
    sw s3, 160(a0)
    sw s4, 164(a0)
    sw s5, 168(a0)
    sw s6, 172(a0)
    sw s7, 176(a0)
    sw s8, 180(a0)
    sw s9, 184(a0)
    sw s10, 188(a0)
    sw s11, 192(a0)

    csrw sscratch, a0
    lw t0, 0(a0)
    csrw sepc, t0
    li t0, 0x100                # SPP = U
    csrc sstatus, t0
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lw x\n, 4*\n(a0)
    .endr
    lw a0, 40(a0)
    sret

    .balign 4
supervisor_entry:
    csrrw a0, sscratch, a0
    beqz a0, trap_in_supervisor
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sw x\n, 4*\n(a0)
    .endr
    csrrw t0, sscratch, zero
    sw t0, 40(a0)
    csrr t0, sepc
    sw t0, 0(a0)
    csrr t0, scause
    sw t0, 128(a0)
    csrr t0, stval
    sw t0, 132(a0)

    lw ra, 136(a0)
    lw sp, 140(a0)
    lw gp, 144(a0)
    lw s0, 148(a0)
    lw s1, 152(a0)
    lw s2, 156(a0)
    lw s3, 160(a0)
    lw s4, 164(a0)
    lw s5, 168(a0)
    lw s6, 172(a0)
    lw s7, 176(a0)
    lw s8, 180(a0)
    lw s9, 184(a0)
    lw s10, 188(a0)
    lw s11, 192(a0)
    ret

trap_in_supervisor:
    csrrw a0, sscratch, zero    # a0 is itself again
    addi sp, sp, -16
    sw t0, 0(sp)
    sw t1, 4(sp)
    la t0, supervisor_trap
    lw t1, 0(t0)
    bnez t1, 1f
    tail supervisor_died
1:  lw t1, 4(t0)
    addi t1, t1, 1
    sw t1, 4(t0)
    csrr t1, sepc
    sw t1, 12(t0)
    csrr t1, stval
    sw t1, 16(t0)
    csrr t1, sstatus
    sw t1, 20(t0)
    csrr t1, scause
    sw t1, 8(t0)
    bltz t1, 2f

    li t0, 12                   # instruction page fault
    beq t1, t0, 1f
    li t0, 1                    # instruction access fault
    beq t1, t0, 1f
    csrr t0, sepc
    addi t0, t0, 4
    csrw sepc, t0
    j 3f
1:  csrw sepc, ra
    j 3f
2:  csrw 0x9C0, zero            # SIM
3:  lw t0, 0(sp)
    lw t1, 4(sp)
    addi sp, sp, 16
    sret

    .balign 4
machine_entry:
    csrrw a0, mscratch, a0
    sw t0, 16(a0)
    lw t0, 0(a0)
    addi t0, t0, 1
    sw t0, 0(a0)
    csrr t0, mcause
    sw t0, 4(a0)
    csrr t0, mtval
    sw t0, 12(a0)
    csrr t0, mepc
    sw t0, 8(a0)
    addi t0, t0, 4
    csrw mepc, t0
    lw t0, 16(a0)
    csrrw a0, mscratch, a0
    mret

    .section .rodata
    .balign 4
no_arguments:
    .zero 16

    .bss
    .balign 4
    .globl supervisor_trap
supervisor_trap:
    .zero 24
    .globl machine_trap
machine_trap:
    .zero 20
