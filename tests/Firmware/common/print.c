// A small formatted print over the console that was chosen at build time.

#include <stdarg.h>

#include "bao1x.h"
#include "console.h"
#include "csr.h"

#ifdef DUART

void console_start(void) {}

void console_write(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        while (DUART_SR != 0)
            ;
        DUART_TXD = (unsigned char)bytes[i];
    }
}

#else

void console_start(void) { uart2_start(); }
void console_write(const char *bytes, size_t count) { uart2_write(bytes, count); }

#endif

// Collects text so that one print is one DMA block, unless it is longer than a block.
struct line { char text[128]; size_t length; };

static void put(struct line *line, char c)
{
    if (line->length == sizeof line->text) {
        console_write(line->text, line->length);
        line->length = 0;
    }
    line->text[line->length++] = c;
}

static void put_number(struct line *line, uint32_t value, uint32_t base, int width, char fill)
{
    char digits[10];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (int i = count; i < width; i++)
        put(line, fill);
    while (count > 0)
        put(line, digits[--count]);
}

void print(const char *format, ...)
{
    struct line line;
    line.length = 0;

    va_list arguments;
    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format == '\n') {
            put(&line, '\r');
            put(&line, '\n');
            continue;
        }
        if (*format != '%') {
            put(&line, *format);
            continue;
        }

        format++;
        char fill = ' ';
        int width = 0;
        if (*format == '0')
            fill = *format++;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (*format++ - '0');

        switch (*format) {
        case 'u':
            put_number(&line, va_arg(arguments, uint32_t), 10, width, fill);
            break;
        case 'x':
            put_number(&line, va_arg(arguments, uint32_t), 16, width, fill);
            break;
        case 'd': {
            int32_t value = va_arg(arguments, int32_t);
            if (value < 0)
                put(&line, '-');
            put_number(&line, value < 0 ? 0u - (uint32_t)value : (uint32_t)value, 10, width, fill);
            break;
        }
        case 's':
            for (const char *text = va_arg(arguments, const char *); *text != '\0'; text++)
                put(&line, *text);
            break;
        case 'c':
            put(&line, (char)va_arg(arguments, int));
            break;
        default:
            put(&line, *format);
            break;
        }
    }
    va_end(arguments);
    console_write(line.text, line.length);
}

void die_of_trap(void)
{
    print("unexpected trap: mcause=%08x mepc=%08x mtval=%08x\n",
          (unsigned)csr_read(mcause), (unsigned)csr_read(mepc), (unsigned)csr_read(mtval));
    halt();
}
