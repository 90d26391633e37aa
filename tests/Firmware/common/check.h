// Checks with one line of output each, and a count at the end.
#pragma once

#include <stdint.h>

// Prints "NAME: ok" or "NAME: FAIL got X want Y" (hexadecimal).
void check(const char *name, uint32_t got, uint32_t want);

// Prints "PROGRAM: N ok, M failed".
void check_summary(const char *program);
