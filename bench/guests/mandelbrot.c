// The Mandelbrot set in double precision on a core without floating point: the compiler's soft-float routines.

#include "kernel.h"

DEFAULT_ROUNDS(11);

#define WIDTH  32
#define HEIGHT 24
#define LIMIT  64

uint32_t kernel(uint32_t rounds)
{
    uint32_t checksum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        double scale = 3.0 / (WIDTH + (double)(round & 7));
        for (int py = 0; py < HEIGHT; py++)
            for (int px = 0; px < WIDTH; px++) {
                double cx = px * scale - 2.25, cy = py * scale - 1.125;
                double x = 0, y = 0;
                uint32_t steps = 0;
                while (steps < LIMIT) {
                    double xx = x * x, yy = y * y;
                    if (xx + yy > 4.0)
                        break;
                    y = 2.0 * x * y + cy;
                    x = xx - yy + cx;
                    steps++;
                }
                checksum = mix(checksum, steps);
            }
    }
    return checksum;
}
