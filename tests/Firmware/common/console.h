// Text output of every program: UART2, or DUART when built with -DDUART.
#pragma once

#include <stddef.h>
#include <stdint.h>

void console_start(void);

// Writes text; "\n" goes out as CR LF. Understands %u %d %x (with width and zero fill), %s %c %%.
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Writes bytes as they are. Returns when the transmitter has taken them, which may be before they are out.
void console_write(const char *bytes, size_t count);

void uart2_start(void);
void uart2_write(const char *bytes, size_t count);
int uart2_read(void);       // the next received byte, or -1
void uart2_drain(void);     // returns when the last byte has left the transmitter

// Prints what happened and halts: for traps that a program does not expect.
void die_of_trap(void) __attribute__((noreturn));

void halt(void) __attribute__((noreturn));
