// What happens to a trap in S that a program did not expect.

#include "console.h"
#include "csr.h"
#include "supervisor.h"

void supervisor_died(void)
{
    print("unexpected trap in S: scause=%08x sepc=%08x stval=%08x\n",
          (unsigned)csr_read(scause), (unsigned)csr_read(sepc), (unsigned)csr_read(stval));
    supervisor_halt();
}
