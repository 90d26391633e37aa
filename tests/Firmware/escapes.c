// Sends what a hostile guest would: terminal sequences that ask for answers, links, titles, markup.
//
// Shows:   a console is bytes; whoever shows them must not act on them, nor answer as if somebody had typed.
// Proof:   "before" and "after" on the console, and nothing ever received: the count after each PROG click is 0.

#include "board.h"
#include "console.h"

static const char *const hostile[] = {
    "\033[c", "\033[>c", "\033[=c", "\033[5n", "\033[6n", "\033[?6n", // device attributes, cursor position
    "\033[18t", "\033[21t", "\033[?1$p", "\033P$qm\033\\",            // window reports, modes, settings
    "\033]10;?\007", "\033]11;?\007", "\033]4;1;?\007",               // colours
    "\033[?1004h",                                                    // report focus
    "\033]0;hijacked title\007", "\033]52;c;aGlqYWNrZWQ=\007",        // title, clipboard
    "\033]8;;https://example.invalid/\007click me\033]8;;\007\n",       // a link
    "<img src=x onerror=alert(1)><script>alert(2)</script>\n",
};

int main(void)
{
    console_start();
    prog_button_start();
    print("before\n");
    for (unsigned i = 0; i < sizeof hostile / sizeof *hostile; i++)
        print("%s", hostile[i]);
    print("after\n");
    for (;;) {
        wait_for_prog_click();
        unsigned received = 0;
        while (uart2_read() >= 0)
            received++;
        print("received %u\n", received);
    }
}
