// See xous_kernel.h. Facts: Xous's ABI: registers of calls and results, messages, threads, interrupts, kernel entry, tags.

#include "bao1x.h"
#include "console.h"
#include "csr.h"
#include "paging.h"
#include "supervisor.h"
#include "xous_abi.h"
#include "xous_kernel.h"

#define PROCESSES       8               // by PID: 0 and 1 are not programs
#define THREADS         12
#define SERVERS         8
#define QUEUE           4
#define CONNECTIONS     34
#define IMAGE           0x60060000u
#define IMAGE_PAGES     16
#define ARGUMENTS       0xFFC00000u
#define PTE_S           0x100u          // lent out

#define LEAF (PTE_V | PTE_U | PTE_A | PTE_D)

enum state { FREE, READY, RECEIVING, AWAITING_ANSWER, JOINING, ASLEEP };

struct thread {
    struct user user;
    uint8_t pid, tid;
    enum state state;
    unsigned server;                    // received from
};

struct message {
    struct thread *client;              // 0: free
    uint32_t kind, id, words[4];
    uint32_t client_address;
    int delivered;
};

struct server { uint32_t sid[4]; uint8_t pid; struct message queue[QUEUE]; };
struct process { pte *root; uint8_t connections[CONNECTIONS]; uint32_t messages, calls; uint8_t last_tid; };
struct claim { uint8_t pid; uint32_t handler, argument; };

static struct process processes[PROCESSES];
static struct thread threads[THREADS];
static struct server servers[SERVERS];
static struct claim claims[32];
static uint32_t frames[40][1024] __attribute__((aligned(4096)));
static unsigned used_frames;
static uint32_t next_random = 0x5EED0001;

// What the loader hands over, in one page of the kernel's.
static struct {
    uint32_t tags[64];
    struct { uint32_t satp, entry, sp, env; } initial[PROCESSES];
    uint8_t rpt[SRAM_SIZE / PAGE_SIZE];
    uint8_t xpt[4];
} handed_over __attribute__((aligned(4096)));

static uint32_t satp_of_process(unsigned pid) { return satp_of(processes[pid].root) | pid << 22; }

static void own(const void *page, unsigned pid) { handed_over.rpt[((uint32_t)page - SRAM) / PAGE_SIZE] = pid; }

static uint32_t new_frame(unsigned pid)
{
    uint32_t *frame = frames[used_frames++];
    own(frame, pid);
    return (uint32_t)frame;
}

static volatile pte *leaf_of(unsigned pid, uint32_t va)
{
    return (pte *)(processes[pid].root[va >> 22] >> 10 << 12) + (va >> 12 & 1023);
}

static struct thread *new_thread(unsigned pid, unsigned tid, uint32_t pc, uint32_t sp)
{
    for (struct thread *thread = threads; thread < threads + THREADS; thread++) {
        if (thread->state == FREE) {
            *thread = (struct thread){ .pid = pid, .tid = tid, .state = READY };
            thread->user.pc = pc;
            thread->user.x[REG_SP] = sp;
            return thread;
        }
    }
    return 0;
}

// ------------------------------------------------------------------------------------------ calls and their results

static uint32_t argument(const struct thread *thread, unsigned n) { return thread->user.x[REG_A0 + n]; }

static void result(struct thread *thread, uint32_t tag, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4, uint32_t a5)
{
    uint32_t *a = &thread->user.x[REG_A0];
    a[0] = tag;
    a[1] = a1;
    a[2] = a2;
    a[3] = a3;
    a[4] = a4;
    a[5] = a5;
    a[6] = a[7] = 0;
    thread->user.pc += 4;
}

static void error(struct thread *thread, uint32_t code) { result(thread, XOUS_ERROR, code, 0, 0, 0, 0); }

static struct server *find_server(const uint32_t *sid)
{
    for (struct server *server = servers; server < servers + SERVERS; server++)
        if (server->pid != 0 && server->sid[0] == sid[0] && server->sid[1] == sid[1]
            && server->sid[2] == sid[2] && server->sid[3] == sid[3])
            return server;
    return 0;
}

static uint32_t connect(unsigned pid, struct server *server)
{
    uint8_t *connections = processes[pid].connections;
    uint8_t entry = server - servers + 2;
    unsigned cid = 2;
    while (cid < CONNECTIONS - 1 && connections[cid] != entry && connections[cid] != 0)
        cid++;
    connections[cid] = entry;
    return cid;
}

static void create_server(struct thread *thread)
{
    for (struct server *server = servers; server < servers + SERVERS; server++) {
        if (server->pid == 0) {
            *server = (struct server){ .pid = thread->pid };
            for (unsigned i = 0; i < 4; i++)
                server->sid[i] = argument(thread, 1 + i);
            result(thread, XOUS_NEW_SERVER_ID, server->sid[0], server->sid[1], server->sid[2], server->sid[3],
                   connect(thread->pid, server));
            return;
        }
    }
    error(thread, XOUS_SERVER_NOT_FOUND);
}

// A page goes over to the server, for good or until it is returned.
static uint32_t pass_page(unsigned from, uint32_t va, unsigned to, uint32_t kind)
{
    volatile pte *leaf = leaf_of(from, va);
    uint32_t target = USER_MESSAGES + PAGE_SIZE * processes[to].messages++;
    map_page(processes[to].root, target, *leaf >> 10 << 12, LEAF | PTE_R | (kind == XOUS_BORROW ? 0 : PTE_W));
    if (kind == XOUS_MOVE)
        own((void *)(*leaf >> 10 << 12), to);
    *leaf = kind == XOUS_MOVE ? 0 : (*leaf & ~PTE_V) | PTE_S;
    return target;
}

static void deliver(struct thread *thread, struct message *message)
{
    struct server *server = &servers[thread->server];
    uint32_t sender = (uint32_t)message->client->pid << 24 | thread->server << 16 | (uint32_t)(message - server->queue);
    const uint32_t *words = message->words;
    uint32_t *a = &thread->user.x[REG_A0];
    result(thread, XOUS_MESSAGE_ENVELOPE, sender, message->kind, message->id, words[0], words[1]);
    a[6] = words[2];
    a[7] = words[3];
    thread->state = READY;
    message->delivered = 1;
    if (message->kind == XOUS_MOVE || message->kind == XOUS_SCALAR)
        message->client = 0;
}

static struct message *next_message(struct server *server)
{
    for (struct message *message = server->queue; message < server->queue + QUEUE; message++)
        if (message->client != 0 && !message->delivered)
            return message;
    return 0;
}

// Returns who runs next.
static struct thread *send(struct thread *thread, int tries)
{
    uint32_t cid = argument(thread, 1), kind = argument(thread, 2) - 1;
    uint8_t entry = cid < CONNECTIONS ? processes[thread->pid].connections[cid] : 0;
    if (entry < 2) {
        error(thread, XOUS_SERVER_NOT_FOUND);
        return thread;
    }

    struct server *server = &servers[entry - 2];
    struct message *message = server->queue;
    while (message < server->queue + QUEUE && message->client != 0)
        message++;
    if (message == server->queue + QUEUE) {
        if (tries)
            error(thread, XOUS_SERVER_QUEUE_FULL);
        return 0;                       // pc still stands at the call: it is made again
    }

    *message = (struct message){ .client = thread, .kind = kind, .id = argument(thread, 3) };
    for (unsigned i = 0; i < 4; i++)
        message->words[i] = argument(thread, 4 + i);
    message->client_address = message->words[0];
    if (kind <= XOUS_MOVE)
        message->words[0] = pass_page(thread->pid, message->client_address, server->pid, kind);

    int blocks = kind != XOUS_MOVE && kind != XOUS_SCALAR;
    if (blocks)
        thread->state = AWAITING_ANSWER;
    else
        result(thread, XOUS_OK, 0, 0, 0, 0, 0);
    for (struct thread *other = threads; other < threads + THREADS; other++) {
        if (other->state == RECEIVING && &servers[other->server] == server) {
            deliver(other, message);
            return blocks ? other : thread;
        }
    }
    return blocks ? 0 : thread;
}

static void receive(struct thread *thread, struct server *server, int tries)
{
    thread->server = server - servers;
    struct message *message = next_message(server);
    if (message != 0)
        deliver(thread, message);
    else if (tries)
        result(thread, XOUS_NONE, 0, 0, 0, 0, 0);
    else
        thread->state = RECEIVING;
}

// Gives the answer to the client, and returns it; 0 if there is no such message.
static struct thread *answer(uint32_t sender, uint32_t tag, const uint32_t *values)
{
    struct server *server = &servers[sender >> 16 & 7];
    struct message *message = &server->queue[sender & (QUEUE - 1)];
    struct thread *client = message->client;
    if (client == 0 || !message->delivered)
        return 0;
    if (message->kind <= XOUS_MOVE) {
        volatile pte *leaf = leaf_of(client->pid, message->client_address);
        *leaf = (*leaf | PTE_V) & ~PTE_S;
        *leaf_of(server->pid, message->words[0]) = 0;
    }
    result(client, tag, values[0], values[1], values[2], values[3], values[4]);
    client->state = READY;
    message->client = 0;
    return client;
}

static struct thread *reply(struct thread *thread, uint32_t tag, const uint32_t *values)
{
    struct thread *client = answer(argument(thread, 1), tag, values);
    if (client == 0)
        error(thread, XOUS_DOUBLE_FREE);
    else
        result(thread, XOUS_OK, 0, 0, 0, 0, 0);
    return client;
}

static struct thread *reply_and_receive(struct thread *thread)
{
    uint32_t sender = argument(thread, 1), type = argument(thread, 7);
    struct server *server = &servers[sender >> 16 & 7];
    uint32_t w[6] = { argument(thread, 2), argument(thread, 3), argument(thread, 4), argument(thread, 5), argument(thread, 6) };
    int memory = server->queue[sender & (QUEUE - 1)].kind <= XOUS_MOVE;
    struct thread *client = memory ? answer(sender, XOUS_MEMORY_RETURNED, w + 3)
        : type == 1 ? answer(sender, XOUS_SCALAR1, w + 1)
        : type == 2 ? answer(sender, XOUS_SCALAR2, w + 1)
        : answer(sender, XOUS_SCALAR5, w);
    receive(thread, server, 0);
    return client;
}

static void end_thread(struct thread *thread)
{
    for (struct thread *other = threads; other < threads + THREADS; other++) {
        if (other->state == JOINING && other->pid == thread->pid && argument(other, 1) == thread->tid) {
            result(other, XOUS_SCALAR1, argument(thread, 0), 0, 0, 0, 0);
            other->state = READY;
        }
    }
    thread->state = FREE;
}

static void end_process(unsigned pid)
{
    print("pid %u ends\n", pid);
    for (struct thread *thread = threads; thread < threads + THREADS; thread++)
        if (thread->pid == pid)
            thread->state = FREE;
    for (unsigned i = 0; i < SERVERS; i++) {
        for (unsigned p = 2; servers[i].pid == pid && p < PROCESSES; p++)
            for (unsigned cid = 2; cid < CONNECTIONS; cid++)
                if (processes[p].connections[cid] == i + 2)
                    processes[p].connections[cid] = 1;
        if (servers[i].pid == pid)
            servers[i].pid = 0;
    }
    for (unsigned page = 0; page < sizeof handed_over.rpt; page++)
        if (handed_over.rpt[page] == pid)
            handed_over.rpt[page] = 0;
}

// Does what a thread calls for, and returns who runs next: 0 is whoever's turn it is.
static struct thread *call(struct thread *thread, int in_handler)
{
    uint32_t *a = &thread->user.x[REG_A0];
    unsigned pid = thread->pid;
    struct server *server;
    processes[pid].calls++;
    switch (a[0]) {
    case XOUS_YIELD:
        result(thread, a[0], a[1], a[2], a[3], a[4], a[5]);
        return 0;
    case XOUS_CLAIM_INTERRUPT:
        claims[a[1]] = (struct claim){ pid, a[2], a[3] };
        csr_set(SIM, 1u << a[1]);
        result(thread, XOUS_OK, 0, 0, 0, 0, 0);
        return thread;
    case XOUS_WAIT_EVENT:
        thread->state = ASLEEP;
        return 0;
    case XOUS_CREATE_SERVER_WITH_ADDRESS:
        create_server(thread);
        return thread;
    case XOUS_RECEIVE_MESSAGE:
    case XOUS_TRY_RECEIVE_MESSAGE:
        receive(thread, find_server(a + 1), a[0] == XOUS_TRY_RECEIVE_MESSAGE);
        return thread->state == READY ? thread : 0;
    case XOUS_SEND_MESSAGE:
    case XOUS_TRY_SEND_MESSAGE:
        return send(thread, a[0] == XOUS_TRY_SEND_MESSAGE);
    case XOUS_CONNECT:
        server = find_server(a + 1);
        if (server == 0)
            return 0;                   // made again until the server is there
        result(thread, XOUS_CONNECTION_ID, connect(pid, server), 0, 0, 0, 0);
        return thread;
    case XOUS_CONNECT_FOR_PROCESS:
        server = find_server(a + 2);
        if (server == 0)
            return 0;
        result(thread, XOUS_CONNECTION_ID, connect(a[1], server), 0, 0, 0, 0);
        return thread;
    case XOUS_CREATE_THREAD: {
        struct thread *child = new_thread(pid, ++processes[pid].last_tid, a[1], (a[2] + a[3] - 16) & ~15u);
        child->user.x[REG(1)] = XOUS_EXIT_THREAD;
        for (unsigned i = 0; i < 4; i++)
            child->user.x[REG_A0 + i] = a[4 + i];
        result(thread, XOUS_THREAD_ID, child->tid, 0, 0, 0, 0);
        return child;
    }
    case XOUS_RETURN_MEMORY: {
        struct thread *client = reply(thread, XOUS_MEMORY_RETURNED, (uint32_t[5]){ a[4], a[5] });
        return in_handler ? thread : client;
    }
    case XOUS_RETURN_SCALAR1: {
        struct thread *client = reply(thread, XOUS_SCALAR1, (uint32_t[5]){ a[2] });
        return in_handler ? thread : client;
    }
    case XOUS_RETURN_SCALAR2: {
        struct thread *client = reply(thread, XOUS_SCALAR2, (uint32_t[5]){ a[2], a[3] });
        return in_handler ? thread : client;
    }
    case XOUS_REPLY_AND_RECEIVE_NEXT:
        return reply_and_receive(thread);
    case XOUS_TERMINATE_PROCESS:
        end_process(pid);
        return 0;
    case XOUS_CREATE_SERVER_ID:
        result(thread, XOUS_SERVER_ID, next_random, next_random + 0x1111, next_random + 0x2222, next_random + 0x3333, 0);
        next_random += 0x01010101;
        return thread;
    case XOUS_GET_THREAD_ID:
        result(thread, XOUS_THREAD_ID, thread->tid, 0, 0, 0, 0);
        return thread;
    case XOUS_JOIN_THREAD:
        thread->state = JOINING;
        return 0;
    default:
        error(thread, XOUS_UNHANDLED_SYSCALL);
        return thread;
    }
}

// ------------------------------------------------------------------------------------------------- traps of all kinds

static void enter_user(struct thread *thread)
{
    csr_write(satp, satp_of_process(thread->pid));
    sfence_vma();
    run_user(&thread->user);
}

// Whether a fault was for a page that is there once it is touched.
static int give_page(struct thread *thread)
{
    if (thread->user.cause != 13 && thread->user.cause != 15)
        return 0;
    uint32_t va = thread->user.tval;
    if (va - USER_STACKS >= 4 * STACK_SIZE)
        return 0;
    volatile pte *leaf = leaf_of(thread->pid, va);
    if ((*leaf & (PTE_V | PTE_R)) != PTE_R)
        return 0;
    *leaf = PTE(new_frame(thread->pid), LEAF | PTE_R | PTE_W);
    return 1;
}

// Runs the handler of the interrupt that is pending, in its process, on the stack of a thread there.
static void interrupt(void)
{
    uint32_t pending = csr_read(SIP_ARRAY), mask = csr_read(SIM);
    unsigned line = 0;
    while ((pending & 1u << line) == 0)
        line++;
    csr_write(SIM, 0);

    struct claim *claim = &claims[line];
    static struct thread handler;
    handler = (struct thread){ .pid = claim->pid, .tid = 0, .state = READY };
    handler.user.pc = claim->handler;
    handler.user.x[REG(1)] = XOUS_RETURN_FROM_INTERRUPT;
    handler.user.x[REG_A0] = line;
    handler.user.x[REG_A1] = claim->argument;
    for (struct thread *thread = threads; thread < threads + THREADS; thread++)
        if (thread->state != FREE && thread->pid == claim->pid)
            handler.user.x[REG_SP] = thread->user.x[REG_SP];
    for (;;) {
        enter_user(&handler);
        if (handler.user.cause == 8)
            call(&handler, 1);
        else if (handler.user.cause != 12 || handler.user.pc != XOUS_RETURN_FROM_INTERRUPT)
            print("the handler of line %u faults at %x\n", line, (unsigned)handler.user.pc);
        else
            break;
    }
    csr_write(SIM, mask);
}

static struct thread *run(struct thread *thread)
{
    enter_user(thread);
    if (thread->user.cause & CAUSE_INTERRUPT) {
        interrupt();
        return thread;
    }
    if (thread->user.cause == 8)
        return call(thread, 0);
    if (thread->user.cause == 12 && thread->user.pc == XOUS_EXIT_THREAD)
        end_thread(thread);
    else if (give_page(thread))
        return thread;
    else
        end_process(thread->pid);
    return 0;
}

static void kernel_main(void)
{
    csr_set(sie, INTERRUPT_SEI);
    int ready = 1;
    while (ready) {
        ready = 0;
        for (int i = THREADS - 1; i >= 0; i--) {
            struct thread *thread = threads[i].state == READY ? &threads[i] : 0;
            while (thread != 0) {
                ready = 1;
                thread = run(thread);
            }
        }
    }
    for (unsigned pid = 2; pid < PROCESSES && processes[pid].root != 0; pid++)
        print("pid %u made %u calls\n", pid, (unsigned)processes[pid].calls);
    print("nothing can go on\n");
}

// ------------------------------------------------------------------------------------------------------ the loader's part

static void make_process(unsigned pid, const struct xous_program *program)
{
    pte *root = new_table(), *window = new_table();
    own(root, pid);
    own(window, pid);
    processes[pid].root = root;
    processes[pid].last_tid = 2;
    map_supervisor(root);
    root[0] = PTE(window, PTE_V);
    for (uint32_t page = 0; page < IMAGE_PAGES; page++)
        map_page(root, USER_IMAGE + page * PAGE_SIZE, IMAGE + page * PAGE_SIZE, LEAF | PTE_R | PTE_X);
    for (uint32_t page = 0; page < 2; page++)
        map_page(root, USER_DATA + page * PAGE_SIZE, new_frame(pid), LEAF | PTE_R | PTE_W);
    if (pid == 2)
        map_page(root, USER_DEVICE, IRQARRAY11, LEAF | PTE_R | PTE_W);
    for (unsigned stack = 0; stack < 4; stack++) {
        map_page(root, STACK(stack), 0, PTE_U | PTE_R | PTE_W);
        map_page(root, STACK(stack) + PAGE_SIZE, stack == 0 ? new_frame(pid) : 0,
                 stack == 0 ? LEAF | PTE_R | PTE_W : PTE_U | PTE_R | PTE_W);
    }

    uint32_t entry = USER_IMAGE + ((uint32_t)program->main - IMAGE);
    handed_over.initial[pid - 1].satp = satp_of_process(pid);
    handed_over.initial[pid - 1].entry = entry;
    handed_over.initial[pid - 1].sp = STACK(0) + STACK_SIZE;
    new_thread(pid, 2, entry, STACK(0) + STACK_SIZE);
}

static unsigned put_tag(unsigned at, const char *name, unsigned words)
{
    handed_over.tags[at] = name[0] | name[1] << 8 | name[2] << 16 | name[3] << 24;
    handed_over.tags[at + 1] = words << 16;
    return at + 2;
}

static void put_tags(const struct xous_program *programs, unsigned count)
{
    uint32_t *tags = handed_over.tags;
    unsigned at = put_tag(0, "XArg", 5) + 5;
    tags[3] = 1;
    tags[4] = SRAM;
    tags[5] = SRAM_SIZE;
    for (unsigned i = 0; i < count; i++) {
        at = put_tag(at, "IniF", 2);
        tags[at + 1] = handed_over.initial[i + 1].entry;
        at += 2;
    }
    unsigned names = at;
    at += 2;
    for (unsigned i = 0; i <= count; i++) {
        const char *name = i == 0 ? "kernel" : programs[i - 1].name;
        if (name == 0)
            continue;
        unsigned length = 0;
        while (name[length] != 0) {
            ((char *)&tags[at + 2])[length] = name[length];
            length++;
        }
        tags[at] = i + 1;
        tags[at + 1] = length;
        at += 2 + (length + 3) / 4;
    }
    put_tag(names, "PNam", at - names - 2);
    tags[2] = at;
}

void xous_boot(const struct xous_program *programs, unsigned count)
{
    pte *kernel = new_table(), *window = new_table();
    processes[1].root = kernel;
    own(kernel, 1);
    own(window, 1);
    own(&handed_over, 1);
    map_supervisor(kernel);
    kernel[ARGUMENTS >> 22] = PTE(window, PTE_V);
    map_page(kernel, ARGUMENTS, (uint32_t)&handed_over, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    handed_over.initial[0].satp = satp_of_process(1);
    for (unsigned i = 0; i < count; i++) {
        make_process(i + 2, &programs[i]);
        processes[i + 2].root[ARGUMENTS >> 22] = kernel[ARGUMENTS >> 22];
    }
    put_tags(programs, count);

    uint32_t base = ARGUMENTS - (uint32_t)&handed_over;
    uint32_t arguments[4] = {
        base + (uint32_t)handed_over.tags, base + (uint32_t)handed_over.initial,
        base + (uint32_t)handed_over.rpt, base + (uint32_t)handed_over.xpt,
    };
    enter_supervisor_with(satp_of_process(1), kernel_main, arguments);
}
