// The memory functions that the compiler itself may call.

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t count)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    while (count-- > 0)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, size_t count)
{
    unsigned char *t = to;
    while (count-- > 0)
        *t++ = (unsigned char)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t count)
{
    const unsigned char *l = left, *r = right;
    for (; count > 0; count--, l++, r++)
        if (*l != *r)
            return *l - *r;
    return 0;
}
