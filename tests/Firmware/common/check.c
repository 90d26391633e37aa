// See check.h.

#include "check.h"
#include "console.h"

static unsigned ok, failed;

void check(const char *name, uint32_t got, uint32_t want)
{
    if (got == want) {
        ok++;
        print("%s: ok\n", name);
    } else {
        failed++;
        print("%s: FAIL got %x want %x\n", name, (unsigned)got, (unsigned)want);
    }
}

void check_summary(const char *program)
{
    print("%s: %u ok, %u failed\n", program, ok, failed);
}
