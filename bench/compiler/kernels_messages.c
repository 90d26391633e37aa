// Messages as a microkernel passes them: a ring buffer of bytes, and structs by value to a server's switch.
// The twin of Kernels.Messages.cs.

#include "kernels.h"

// What was ever put and got; the buffer's length is a power of two.
typedef struct {
    uint32_t put;
    uint32_t got;
} Ring;

// 24 bytes.
typedef struct {
    uint32_t sender;
    uint32_t id;
    uint32_t first;
    uint32_t second;
    uint32_t third;
    uint32_t fourth;
} Message;

typedef struct {
    uint32_t count;
    uint32_t errors;
    uint32_t total;
    uint32_t last;
} Server;

// As much of the source as there is room for; gives how much that was.
KERNEL int32_t RingPut(Ring *ring, uint8_t *buffer, int32_t bufferLength, const uint8_t *source, int32_t sourceLength)
{
    uint32_t mask = (uint32_t)bufferLength - 1;
    int32_t count = 0;
    while (count < sourceLength && ring->put - ring->got <= mask) {
        buffer[(int32_t)(ring->put & mask)] = source[count];
        ring->put++;
        count++;
    }

    return count;
}

uint32_t RunRingPut(void)
{
    Fill((uint32_t *)memory, 64, 131);
    const uint8_t *source = memory;
    uint8_t *buffer = memory + 4096;
    Ring ring = { 0 };
    uint32_t sum = 0;
    for (int32_t i = 0; i < 80; i++) {
        sum = (sum * 31) + (uint32_t)RingPut(&ring, buffer, 128, source + i, 20 + (i & 63));
        sum = (sum * 31) + buffer[i & 127];
        ring.got = ring.put - (uint32_t)(i & 47);
    }

    return sum + Checksum((uint32_t *)(memory + 4096), 32);
}

// As much as there is and the target holds; gives how much that was.
KERNEL int32_t RingGet(Ring *ring, const uint8_t *buffer, int32_t bufferLength, uint8_t *target, int32_t targetLength)
{
    uint32_t mask = (uint32_t)bufferLength - 1;
    int32_t count = 0;
    while (count < targetLength && ring->put != ring->got) {
        target[count] = buffer[(int32_t)(ring->got & mask)];
        ring->got++;
        count++;
    }

    return count;
}

uint32_t RunRingGet(void)
{
    Fill((uint32_t *)memory, 64, 141);
    Fill((uint32_t *)(memory + 4096), 32, 142);
    uint8_t *target = memory;
    const uint8_t *buffer = memory + 4096;
    Ring ring = { 0 };
    uint32_t sum = 0;
    for (int32_t i = 0; i < 80; i++) {
        ring.put = ring.got + (uint32_t)(40 + (i & 63));
        sum = (sum * 31) + (uint32_t)RingGet(&ring, buffer, 128, target + i, 90 - (i & 31));
        sum = (sum * 31) + target[i];
    }

    return sum + Checksum((uint32_t *)memory, 64);
}

KERNEL uint32_t MessageHandle(Server *server, Message message)
{
    server->count++;
    switch (message.id) {
    case 0:
        server->total += message.first;
        return server->total;

    case 1: {
        uint32_t last = server->last;
        server->last = message.first ^ message.second;
        return last;
    }

    case 2:
        server->total = (server->total * message.first) + message.second;
        return server->total >> 3;

    case 3: {
        uint32_t end = message.first + message.second;
        if (end < message.first || end > message.third) {
            server->errors++;
            return 0xffffffff;
        }

        return end;
    }

    case 4: {
        uint32_t greatest = message.first;
        if (message.second > greatest)
            greatest = message.second;

        if (message.third > greatest)
            greatest = message.third;

        if (message.fourth > greatest)
            greatest = message.fourth;

        return greatest;
    }

    case 5: {
        uint32_t bits = 0;
        for (uint32_t rest = message.first; rest != 0; rest >>= 1)
            bits += rest & 1;

        return bits;
    }

    case 6:
        server->total = server->total > message.fourth ? server->total - message.fourth : 0;
        return server->total;

    case 7: {
        uint32_t mixed = RotateLeft(message.first, 7) ^ RotateLeft(message.second, 13);
        mixed = (mixed + RotateLeft(message.third, 19)) ^ (message.fourth * message.sender);
        server->last = mixed;
        return mixed;
    }

    default:
        server->errors++;
        return ~message.id;
    }
}

uint32_t RunMessageHandle(void)
{
    Message message = { 0 };
    message.sender = 5;
    message.third = 0xc0000000;
    Server server = { 0 };
    uint32_t sum = 0;
    uint32_t state = 151;
    for (uint32_t i = 0; i < 700; i++) {
        state += 0x9e3779b9;
        message.id = state >> 29;
        message.first = state;
        message.second ^= state;
        message.fourth += state;
        sum = (sum * 31) + MessageHandle(&server, message);
    }

    return sum ^ server.count ^ server.errors ^ server.total ^ server.last;
}

// Hands every message over; gives the answers folded into one.
KERNEL uint32_t MessageDispatch(Server *server, const Message *queue, int32_t queueLength)
{
    uint32_t sum = 0;
    for (int32_t i = 0; i < queueLength; i++)
        sum = (sum * 31) + MessageHandle(server, queue[i]);

    return sum;
}

uint32_t RunMessageDispatch(void)
{
    Fill((uint32_t *)memory, 64 * 6, 161);
    Message *queue = (Message *)memory;
    for (int32_t i = 0; i < 64; i++)
        queue[i].id = (uint32_t)i % 9;

    Server server = { 0 };
    uint32_t sum = 0;
    for (int32_t i = 0; i < 16; i++)
        sum = (sum * 31) + MessageDispatch(&server, queue + i, 48);

    return sum ^ server.count ^ server.errors ^ server.total ^ server.last;
}
