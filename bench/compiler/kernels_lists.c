// Intrusive lists as a scheduler has them: nodes linked by pointers, sorted, walked, unlinked.
// The twin of Kernels.Lists.cs.

#include "kernels.h"

typedef struct Node Node;
struct Node {
    Node *next;
    uint32_t key;
};

// A node of a ring whose head is a node too.
typedef struct DoubleNode DoubleNode;
struct DoubleNode {
    DoubleNode *next;
    DoubleNode *previous;
    uint32_t key;
};

// Before the first node with a key as great.
KERNEL void ListInsert(Node **head, Node *node)
{
    Node **link = head;
    while (*link != NULL && (*link)->key < node->key)
        link = &(*link)->next;

    node->next = *link;
    *link = node;
}

uint32_t RunListInsert(void)
{
    Node *nodes = (Node *)memory;
    Node *head = NULL;
    uint32_t key = 12345;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 8; round++) {
        head = NULL;
        for (int32_t i = 0; i < 64; i++) {
            nodes[i].key = key;
            key += 0x9e3779b9;
            ListInsert(&head, nodes + i);
        }

        sum = (sum * 31) + head->key;
    }

    for (Node *node = head; node != NULL; node = node->next)
        sum = (sum * 31) + node->key;

    return sum;
}

KERNEL uint32_t ListWalk(Node *head)
{
    uint32_t sum = 0;
    for (Node *node = head; node != NULL; node = node->next)
        sum = ((sum << 1) | (sum >> 31)) + node->key;

    return sum;
}

uint32_t RunListWalk(void)
{
    Node *nodes = (Node *)memory;
    uint32_t key = 1;
    for (int32_t i = 0; i < 128; i++) {
        nodes[i].next = &nodes[(i + 45) & 127];
        nodes[i].key = key;
        key += 0x9e3779b9;
    }

    nodes[83].next = NULL;
    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++)
        sum = (sum * 31) + ListWalk(nodes + (i & 3));

    return sum;
}

// Finds the node from the head on, as a list of one direction must. 1 if it was there.
KERNEL uint32_t ListRemove(Node **head, Node *node)
{
    Node **link = head;
    while (*link != NULL) {
        if (*link == node) {
            *link = node->next;
            node->next = NULL;
            return 1;
        }

        link = &(*link)->next;
    }

    return 0;
}

uint32_t RunListRemove(void)
{
    Node *nodes = (Node *)memory;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 3; round++) {
        Node *head = nodes;
        for (int32_t i = 0; i < 128; i++) {
            nodes[i].next = nodes + i + 1;
            nodes[i].key = (uint32_t)i;
        }

        nodes[127].next = NULL;
        for (int32_t i = 0; i < 120; i++) {
            sum = (sum * 31) + ListRemove(&head, nodes + (((i * 37) + round) & 127));
            sum += head->key;
        }

        sum = (sum * 31) + ListRemove(&head, nodes + (round & 127));
    }

    return sum;
}

// After the last node with a key no greater, found from the end.
KERNEL void DoubleInsert(DoubleNode *head, DoubleNode *node)
{
    DoubleNode *at = head->previous;
    while (at != head && at->key > node->key)
        at = at->previous;

    node->previous = at;
    node->next = at->next;
    at->next->previous = node;
    at->next = node;
}

uint32_t RunDoubleInsert(void)
{
    DoubleNode *nodes = (DoubleNode *)memory;
    DoubleNode *head = nodes + 64;
    uint32_t key = 54321;
    uint32_t sum = 0;
    for (int32_t round = 0; round < 8; round++) {
        head->next = head;
        head->previous = head;
        for (int32_t i = 0; i < 64; i++) {
            nodes[i].key = key;
            key += 0x9e3779b9;
            DoubleInsert(head, nodes + i);
        }

        sum = (sum * 31) + head->next->key;
    }

    for (DoubleNode *node = head->next; node != head; node = node->next) {
        sum = (sum * 31) + node->key;
        sum = (sum * 31) + node->next->previous->key;
    }

    return sum;
}

// Forwards, with a check of every link back; all ones if one is wrong.
KERNEL uint32_t DoubleWalk(DoubleNode *head)
{
    uint32_t sum = 0;
    DoubleNode *at = head;
    do {
        if (at->next->previous != at)
            return 0xffffffff;

        at = at->next;
        sum = ((sum << 1) | (sum >> 31)) + at->key;
    } while (at != head);
    return sum;
}

uint32_t RunDoubleWalk(void)
{
    DoubleNode *nodes = (DoubleNode *)memory;
    uint32_t key = 7;
    for (int32_t i = 0; i < 128; i++) {
        nodes[i].next = &nodes[(i + 45) & 127];
        nodes[i].previous = &nodes[(i - 45) & 127];
        nodes[i].key = key;
        key += 0x9e3779b9;
    }

    uint32_t sum = 0;
    for (int32_t i = 0; i < 32; i++)
        sum = (sum * 31) + DoubleWalk(nodes + (i & 7));

    nodes[64].previous = nodes;
    return (sum * 31) + DoubleWalk(nodes);
}

// Unlinks the first node with that key, or gives null.
KERNEL DoubleNode *DoubleRemove(DoubleNode *head, uint32_t key)
{
    for (DoubleNode *at = head->next; at != head; at = at->next) {
        if (at->key == key) {
            at->previous->next = at->next;
            at->next->previous = at->previous;
            at->next = at;
            at->previous = at;
            return at;
        }
    }

    return NULL;
}

uint32_t RunDoubleRemove(void)
{
    DoubleNode *nodes = (DoubleNode *)memory;
    DoubleNode *head = nodes + 128;
    uint32_t sum = 0;
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 129; i++) {
            nodes[i].next = nodes + i + 1;
            nodes[i + 1].previous = nodes + i;
            nodes[i].key = i;
        }

        head->next = nodes;
        nodes[0].previous = head;
        for (uint32_t i = 0; i < 120; i++) {
            DoubleNode *removed = DoubleRemove(head, ((i * 37) + round) & 127);
            sum = (sum * 31) + removed->key + head->previous->key;
        }

        sum = (sum * 31) + (DoubleRemove(head, round) == NULL ? 1u : 0u);
    }

    return sum;
}
