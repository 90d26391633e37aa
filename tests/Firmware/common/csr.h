// Control and status registers: access, and the bits the programs need.
#pragma once

#include <stdint.h>

#define CSR_TEXT_(x) #x
#define CSR_TEXT(x) CSR_TEXT_(x)

#define csr_read(csr) ({ uint32_t v_; __asm__ volatile("csrr %0, " CSR_TEXT(csr) : "=r"(v_) :: "memory"); v_; })
#define csr_write(csr, value) __asm__ volatile("csrw " CSR_TEXT(csr) ", %0" :: "rK"((uint32_t)(value)) : "memory")
#define csr_set(csr, bits)    __asm__ volatile("csrs " CSR_TEXT(csr) ", %0" :: "rK"((uint32_t)(bits)) : "memory")
#define csr_clear(csr, bits)  __asm__ volatile("csrc " CSR_TEXT(csr) ", %0" :: "rK"((uint32_t)(bits)) : "memory")

// The interrupt array's own CSRs
#define MIM             0xBC0   // machine mask of the 32 lines
#define MIP_ARRAY       0xFC0   // lines & MIM
#define SIM             0x9C0   // supervisor mask
#define SIP_ARRAY       0xDC0   // lines & SIM

#define STATUS_SIE      (1u << 1)
#define STATUS_MIE      (1u << 3)
#define STATUS_SPIE     (1u << 5)
#define STATUS_SPP      (1u << 8)
#define STATUS_MPP      (3u << 11)
#define STATUS_MPP_S    (1u << 11)
#define STATUS_MPRV     (1u << 17)
#define STATUS_SUM      (1u << 18)
#define STATUS_MXR      (1u << 19)

#define INTERRUPT_SSI   (1u << 1)
#define INTERRUPT_SEI   (1u << 9)
#define INTERRUPT_MEI   (1u << 11)

#define CAUSE_INTERRUPT (1u << 31)

static inline void wait_for_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }
static inline void fence_i(void) { __asm__ volatile("fence.i" ::: "memory"); }
static inline void flush_data_cache(void) { __asm__ volatile(".word 0x500F" ::: "memory"); }
