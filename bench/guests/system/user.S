# run_user, and the trap that ends it: see user.h.

    .equ KERNEL_STACK, 128

    .text
    .globl run_user
    .balign 4
run_user:
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
    sw sp, KERNEL_STACK(a0)
    csrw sscratch, a0
    lw t0, 0(a0)
    csrw sepc, t0
    .irp register, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lw x\register, 4*\register(a0)
    .endr
    lw a0, 40(a0)
    sret

    .globl user_trap
    .balign 4
user_trap:
    csrrw a0, sscratch, a0
    .irp register, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sw x\register, 4*\register(a0)
    .endr
    csrr t0, sscratch
    sw t0, 40(a0)
    csrr t0, sepc
    sw t0, 0(a0)
    lw sp, KERNEL_STACK(a0)
    csrr a0, scause
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
