// Follows a linked list of 65536 nodes of 16 bytes in random order: one dependent load after another over 1 MiB.

#include "kernel.h"

#define NODES 65536

DEFAULT_ROUNDS(380);

struct node { struct node *next; uint32_t value; uint32_t padding[2]; };

static struct node nodes[NODES];
static uint16_t order[NODES];

uint32_t kernel(uint32_t rounds)
{
    // Sattolo's shuffle: one cycle through all nodes.
    uint32_t random = 31337;
    for (uint32_t i = 0; i < NODES; i++)
        order[i] = (uint16_t)i;
    for (uint32_t i = NODES - 1; i > 0; i--) {
        uint32_t j = next_random(&random) % i;
        uint16_t swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    for (uint32_t i = 0; i < NODES; i++) {
        nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
        nodes[order[i]].value = next_random(&random);
    }

    uint32_t checksum = 0;
    struct node *at = nodes;
    for (uint32_t round = 0; round < rounds; round++)
        for (uint32_t step = 0; step < NODES; step++) {
            checksum = (checksum << 1 | checksum >> 31) + at->value;
            at = at->next;
        }
    return checksum;
}
