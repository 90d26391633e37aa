// Intrusive lists as a scheduler has them: nodes linked by pointers, sorted, walked, unlinked.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    public struct Node
    {
        public Node* Next;
        public uint Key;
    }

    /// <summary>A node of a ring whose head is a node too.</summary>
    public struct DoubleNode
    {
        public DoubleNode* Next;
        public DoubleNode* Previous;
        public uint Key;
    }

    // Before the first node with a key as great.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ListInsert(Node** head, Node* node)
    {
        Node** link = head;
        while (*link != null && (*link)->Key < node->Key)
        {
            link = &(*link)->Next;
        }

        node->Next = *link;
        *link = node;
    }

    public static uint RunListInsert()
    {
        Node* nodes = (Node*)Memory;
        Node* head = null;
        uint key = 12345;
        uint sum = 0;
        for (int round = 0; round < 8; round++)
        {
            head = null;
            for (int i = 0; i < 64; i++)
            {
                nodes[i].Key = key;
                key += 0x9e3779b9;
                ListInsert(&head, nodes + i);
            }

            sum = (sum * 31) + head->Key;
        }

        for (Node* node = head; node != null; node = node->Next)
        {
            sum = (sum * 31) + node->Key;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ListWalk(Node* head)
    {
        uint sum = 0;
        for (Node* node = head; node != null; node = node->Next)
        {
            sum = ((sum << 1) | (sum >> 31)) + node->Key;
        }

        return sum;
    }

    public static uint RunListWalk()
    {
        Node* nodes = (Node*)Memory;
        uint key = 1;
        for (int i = 0; i < 128; i++)
        {
            nodes[i].Next = &nodes[(i + 45) & 127];
            nodes[i].Key = key;
            key += 0x9e3779b9;
        }

        nodes[83].Next = null;
        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            sum = (sum * 31) + ListWalk(nodes + (i & 3));
        }

        return sum;
    }

    // Finds the node from the head on, as a list of one direction must. 1 if it was there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ListRemove(Node** head, Node* node)
    {
        Node** link = head;
        while (*link != null)
        {
            if (*link == node)
            {
                *link = node->Next;
                node->Next = null;
                return 1;
            }

            link = &(*link)->Next;
        }

        return 0;
    }

    public static uint RunListRemove()
    {
        Node* nodes = (Node*)Memory;
        uint sum = 0;
        for (int round = 0; round < 3; round++)
        {
            Node* head = nodes;
            for (int i = 0; i < 128; i++)
            {
                nodes[i].Next = nodes + i + 1;
                nodes[i].Key = (uint)i;
            }

            nodes[127].Next = null;
            for (int i = 0; i < 120; i++)
            {
                sum = (sum * 31) + ListRemove(&head, nodes + (((i * 37) + round) & 127));
                sum += head->Key;
            }

            sum = (sum * 31) + ListRemove(&head, nodes + (round & 127));
        }

        return sum;
    }

    // After the last node with a key no greater, found from the end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DoubleInsert(DoubleNode* head, DoubleNode* node)
    {
        DoubleNode* at = head->Previous;
        while (at != head && at->Key > node->Key)
        {
            at = at->Previous;
        }

        node->Previous = at;
        node->Next = at->Next;
        at->Next->Previous = node;
        at->Next = node;
    }

    public static uint RunDoubleInsert()
    {
        DoubleNode* nodes = (DoubleNode*)Memory;
        DoubleNode* head = nodes + 64;
        uint key = 54321;
        uint sum = 0;
        for (int round = 0; round < 8; round++)
        {
            head->Next = head;
            head->Previous = head;
            for (int i = 0; i < 64; i++)
            {
                nodes[i].Key = key;
                key += 0x9e3779b9;
                DoubleInsert(head, nodes + i);
            }

            sum = (sum * 31) + head->Next->Key;
        }

        for (DoubleNode* node = head->Next; node != head; node = node->Next)
        {
            sum = (sum * 31) + node->Key;
            sum = (sum * 31) + node->Next->Previous->Key;
        }

        return sum;
    }

    // Forwards, with a check of every link back; all ones if one is wrong.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint DoubleWalk(DoubleNode* head)
    {
        uint sum = 0;
        DoubleNode* at = head;
        do
        {
            if (at->Next->Previous != at)
            {
                return 0xffffffff;
            }

            at = at->Next;
            sum = ((sum << 1) | (sum >> 31)) + at->Key;
        }
        while (at != head);
        return sum;
    }

    public static uint RunDoubleWalk()
    {
        DoubleNode* nodes = (DoubleNode*)Memory;
        uint key = 7;
        for (int i = 0; i < 128; i++)
        {
            nodes[i].Next = &nodes[(i + 45) & 127];
            nodes[i].Previous = &nodes[(i - 45) & 127];
            nodes[i].Key = key;
            key += 0x9e3779b9;
        }

        uint sum = 0;
        for (int i = 0; i < 32; i++)
        {
            sum = (sum * 31) + DoubleWalk(nodes + (i & 7));
        }

        nodes[64].Previous = nodes;
        return (sum * 31) + DoubleWalk(nodes);
    }

    // Unlinks the first node with that key, or gives null.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DoubleNode* DoubleRemove(DoubleNode* head, uint key)
    {
        for (DoubleNode* at = head->Next; at != head; at = at->Next)
        {
            if (at->Key == key)
            {
                at->Previous->Next = at->Next;
                at->Next->Previous = at->Previous;
                at->Next = at;
                at->Previous = at;
                return at;
            }
        }

        return null;
    }

    public static uint RunDoubleRemove()
    {
        DoubleNode* nodes = (DoubleNode*)Memory;
        DoubleNode* head = nodes + 128;
        uint sum = 0;
        for (uint round = 0; round < 3; round++)
        {
            for (uint i = 0; i < 129; i++)
            {
                nodes[i].Next = nodes + i + 1;
                nodes[i + 1].Previous = nodes + i;
                nodes[i].Key = i;
            }

            head->Next = nodes;
            nodes[0].Previous = head;
            for (uint i = 0; i < 120; i++)
            {
                DoubleNode* removed = DoubleRemove(head, ((i * 37) + round) & 127);
                sum = (sum * 31) + removed->Key + head->Previous->Key;
            }

            sum = (sum * 31) + (DoubleRemove(head, round) == null ? 1u : 0u);
        }

        return sum;
    }
}
