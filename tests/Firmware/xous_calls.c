// Five small processes under a stand-in Xous kernel send each other every kind of message.
//
// Shows:   what can be told of a Xous from its calls alone: processes with and without names, servers by fixed and by
//          registered names, connections that are made at once, by polling and for others, each kind of message received
//          at once or from a queue, answered at once, later, from an interrupt handler or never; threads that start, end
//          and are joined; a stack page that is there once it is touched; a process that ends and one that is killed.
// Proof:   "nothing can go on", with the calls that each process made; OS awareness must have seen the rest.

#include <stdint.h>

#include "bao1x.h"
#include "console.h"
#include "xous_abi.h"
#include "xous_kernel.h"

#define CLOCK       "ticktimer-server"
#define NAMES       "xous-name-server"
#define BRIEF       "brief-and-simple"
#define WORKER      "worker's own server"

#define CLOCK_ELAPSED   0
#define CLOCK_SLEEP     1
#define NAMES_REGISTER  0
#define NAMES_TRY_CONNECT 7
#define WORKER_QUIT     99

#define SOFT            (1u << 15)      // a source of IRQARRAY11 that software raises
#define NOT_MAPPED      0x00100000u

// The programs run from this image at another address, in U mode: they have their stack and USER_DATA, and no globals.

typedef struct { uint32_t a[8]; } words;

static inline __attribute__((always_inline)) words ecall(words in)
{
    register uint32_t a0 __asm__("a0") = in.a[0];
    register uint32_t a1 __asm__("a1") = in.a[1];
    register uint32_t a2 __asm__("a2") = in.a[2];
    register uint32_t a3 __asm__("a3") = in.a[3];
    register uint32_t a4 __asm__("a4") = in.a[4];
    register uint32_t a5 __asm__("a5") = in.a[5];
    register uint32_t a6 __asm__("a6") = in.a[6];
    register uint32_t a7 __asm__("a7") = in.a[7];
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6), "+r"(a7) :: "memory");
    return (words){ { a0, a1, a2, a3, a4, a5, a6, a7 } };
}

#define CALL(...) ecall((words){ { __VA_ARGS__ } })

typedef struct { uint32_t word[4]; } sid;

static sid sid_of(const char *text)
{
    sid id = { { 0 } };
    for (unsigned i = 0; i < 16; i++)
        id.word[i / 4] |= (uint32_t)(unsigned char)text[i] << 8 * (i % 4);
    return id;
}

#define SID(id) (id).word[0], (id).word[1], (id).word[2], (id).word[3]

static uint32_t connect(sid id) { return CALL(XOUS_CONNECT, SID(id)).a[1]; }

static words send(uint32_t cid, uint32_t kind, uint32_t id, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t w3)
{
    return CALL(XOUS_SEND_MESSAGE, cid, kind + 1, id, w0, w1, w2, w3);
}

static void put_text(uint32_t address, const char *text, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        ((volatile char *)address)[i] = text[i];
}

// ------------------------------------------------------------------------------------------- the clock: PID 2, "clock"

struct sleeper { uint32_t sender, interrupts; };

static void clock_interrupt(uint32_t line, volatile struct sleeper *sleeper)
{
    (void)line;
    EV_PENDING(USER_DEVICE) = SOFT;
    sleeper->interrupts++;
    CALL(XOUS_RETURN_SCALAR1, sleeper->sender, 0);
}

static void clock_main(void)
{
    sid own = sid_of(CLOCK);
    volatile struct sleeper sleeper = { 0, 0 };
    CALL(XOUS_CREATE_SERVER_WITH_ADDRESS, SID(own));
    EV_ENABLE(USER_DEVICE) = SOFT;
    CALL(XOUS_CLAIM_INTERRUPT, 11, (uint32_t)clock_interrupt, (uint32_t)&sleeper);
    for (;;) {
        words message = CALL(XOUS_RECEIVE_MESSAGE, SID(own));
        if (message.a[3] == CLOCK_ELAPSED) {
            CALL(XOUS_RETURN_SCALAR2, message.a[1], 1234, 0);
        } else {
            sleeper.sender = message.a[1];
            EV_SOFT(USER_DEVICE) = SOFT;             // the interrupt comes now, and answers
        }
    }
}

// --------------------------------------------------------------------------------------- the name server: PID 3, "names"

static void names_main(void)
{
    sid own = sid_of(NAMES), registered = { { 0 } };
    int known = 0;
    CALL(XOUS_CREATE_SERVER_WITH_ADDRESS, SID(own));
    for (;;) {
        words message = CALL(XOUS_RECEIVE_MESSAGE, SID(own));
        volatile uint32_t *page = (volatile uint32_t *)message.a[4];
        if (message.a[3] == NAMES_REGISTER) {
            words made = CALL(XOUS_CREATE_SERVER_ID);
            page[0] = 2;
            for (unsigned i = 0; i < 4; i++)
                page[1 + i] = registered.word[i] = made.a[1 + i];
            known = 1;
        } else if (known) {
            page[0] = 0;
            page[1] = CALL(XOUS_CONNECT_FOR_PROCESS, message.a[1] >> 24, SID(registered)).a[1];
        } else {
            page[0] = 1;
            page[1] = 5;
        }
        CALL(XOUS_RETURN_MEMORY, message.a[1], message.a[4], message.a[5], 20, 0);
    }
}

// -------------------------------------------------------------------------------------------- the worker: PID 4, "worker"

// Answers with the call that also receives. What needs no answer ends the chain, and a plain receive begins a new one.
static uint32_t worker_thread(const sid *own)
{
    words message = CALL(XOUS_RECEIVE_MESSAGE, SID(*own));
    for (;;) {
        uint32_t kind = message.a[2];
        if (kind == XOUS_SCALAR || kind == XOUS_MOVE) {
            message = CALL(XOUS_RECEIVE_MESSAGE, SID(*own));
        } else if (kind == XOUS_BLOCKING_SCALAR && message.a[3] == WORKER_QUIT) {
            CALL(XOUS_RETURN_SCALAR1, message.a[1], 7);
            return 42;
        } else {
            uint32_t type = kind == XOUS_BLOCKING_SCALAR ? 1 : 0xFFFFFFFF;
            message = CALL(XOUS_REPLY_AND_RECEIVE_NEXT, message.a[1], message.a[3], message.a[4] + 1, message.a[5],
                           message.a[6], message.a[7], type);
        }
    }
}

static void worker_main(void)
{
    uint32_t names = connect(sid_of(NAMES));
    uint32_t brief = connect(sid_of(BRIEF));
    send(brief, XOUS_BLOCKING_SCALAR, 1, 0, 0, 0, 0);

    // The name in front, and at the end of what is used: its length, the way back to it, no limit of connections.
    put_text(USER_DATA, WORKER, sizeof WORKER - 1);
    volatile uint32_t *record = (volatile uint32_t *)(USER_DATA + 20);
    record[0] = (sizeof WORKER - 1) | 0x80;
    record[1] = (uint32_t)-20;
    record[2] = record[3] = 0;
    send(names, XOUS_MUTABLE_BORROW, NAMES_REGISTER, USER_DATA, 0x1000, 36, 0x1000);
    sid own;
    for (unsigned i = 0; i < 4; i++)
        own.word[i] = ((volatile uint32_t *)USER_DATA)[1 + i];

    CALL(XOUS_CREATE_SERVER_WITH_ADDRESS, SID(own));
    words made = CALL(XOUS_CREATE_THREAD, (uint32_t)worker_thread, STACK(1), STACK_SIZE, (uint32_t)&own);
    CALL(XOUS_JOIN_THREAD, made.a[1]);
    CALL(XOUS_WAIT_EVENT);
}

// --------------------------------------------------------------------------------------------- a client without a name: PID 5

static void __attribute__((noinline)) use_much_stack(void)
{
    volatile char room[STACK_SIZE - 0x800];
    room[0] = 1;
    (void)room[0];
}

static void client_main(void)
{
    uint32_t clock = connect(sid_of(CLOCK)), names = connect(sid_of(NAMES)), worker = 0;
    send(clock, XOUS_BLOCKING_SCALAR, CLOCK_ELAPSED, 1, 2, 3, 4);
    send(clock, XOUS_BLOCKING_SCALAR, CLOCK_SLEEP, 10, 0, 0, 0);
    while (worker == 0) {
        volatile uint32_t *page = (volatile uint32_t *)USER_DATA;
        put_text(USER_DATA, WORKER, sizeof WORKER - 1);
        send(names, XOUS_MUTABLE_BORROW, NAMES_TRY_CONNECT, USER_DATA, 0x1000, 0, sizeof WORKER - 1);
        worker = page[0] == 0 ? page[1] : 0;
        if (worker == 0)
            CALL(XOUS_YIELD);
    }

    use_much_stack();
    for (uint32_t i = 0; i < 5; i++)    // one more than the queue has room for
        send(worker, XOUS_SCALAR, 1, i, 0, 0, 0);
    send(worker, XOUS_BORROW, 2, USER_DATA, 0x1000, 3, 4);
    send(worker, XOUS_MUTABLE_BORROW, 3, USER_DATA, 0x1000, 5, 6);
    send(worker, XOUS_MOVE, 4, USER_DATA + 0x1000, 0x1000, 0, 0);
    send(worker, XOUS_BLOCKING_SCALAR, 5, 100, 0, 0, 0);
    CALL(XOUS_TRY_SEND_MESSAGE, 20, XOUS_SCALAR + 1, 6, 0, 0, 0, 0);
    send(worker, XOUS_BLOCKING_SCALAR, WORKER_QUIT, 0, 0, 0, 0);
    *(volatile uint32_t *)NOT_MAPPED = 0;
}

// ----------------------------------------------------------------------------------- a server that goes away: PID 6, "brief"

static void brief_main(void)
{
    sid own = sid_of(BRIEF);
    CALL(XOUS_CREATE_SERVER_WITH_ADDRESS, SID(own));
    words message = CALL(XOUS_RECEIVE_MESSAGE, SID(own));
    CALL(XOUS_RETURN_SCALAR1, message.a[1], 1);
    CALL(XOUS_TERMINATE_PROCESS, 0);
}

int main(void)
{
    static const struct xous_program programs[] = {
        { "clock", clock_main }, { "names", names_main }, { "worker", worker_main }, { 0, client_main },
        { "brief", brief_main },
    };
    console_start();
    xous_boot(programs, sizeof programs / sizeof programs[0]);
}
