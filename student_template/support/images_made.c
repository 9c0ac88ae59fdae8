/* Pictures that no file has to hold: ten patterns in random colours, places and sizes, under noise.
 * Integers only: the same seed gives the same bytes on every machine. */
#include "draws.h"
#include "images_sources.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 32, CHANNELS = 3, TRAINING = 5000, TEST = 1000 };
/* Of colours, 0 to 255: how far the two of a picture differ at least, and how far noise goes. */
enum { CONTRAST = 60, NOISE = 48 };

struct pattern {
    int x, y; /* its middle; of stripes: where they begin */
    int size; /* half of it */
    int half; /* of a stripe's period */
};

/* In 0 ... count - 1. */
static int below(struct draws *d, int count) {
    return (int)((draws_bits(d) >> 32) * (uint64_t)count >> 32);
}

/* --- The patterns: is the pixel x, y from the middle within it? --- */

static bool stripe(const struct pattern *p, int at) {
    return (at + 4 * SIDE * p->half) / p->half % 2 == 0;
}
static bool level_stripes(const struct pattern *p, int x, int y) {
    (void)x;
    return stripe(p, y);
}
static bool upright_stripes(const struct pattern *p, int x, int y) {
    (void)y;
    return stripe(p, x);
}
static bool rising_stripes(const struct pattern *p, int x, int y) {
    return stripe(p, x + y);
}
static bool falling_stripes(const struct pattern *p, int x, int y) {
    return stripe(p, x - y);
}
static bool chequers(const struct pattern *p, int x, int y) {
    return stripe(p, x) != stripe(p, y);
}
static bool disc(const struct pattern *p, int x, int y) {
    return x * x + y * y <= p->size * p->size;
}
static bool ring(const struct pattern *p, int x, int y) {
    int inner = p->size - 3;
    return disc(p, x, y) && x * x + y * y > inner * inner;
}
static bool square(const struct pattern *p, int x, int y) {
    return abs(x) < p->size && abs(y) < p->size;
}
static bool cross(const struct pattern *p, int x, int y) {
    return square(p, x, y) && (abs(x) < 2 || abs(y) < 2);
}
static bool triangle(const struct pattern *p, int x, int y) {
    return y < p->size && 2 * abs(x) <= y + p->size;
}

static bool (*const patterns[])(const struct pattern *p, int x, int y) = {
    level_stripes, upright_stripes, rising_stripes, falling_stripes, chequers, disc,
    ring,          square,          cross,          triangle};
enum { CLASSES = sizeof patterns / sizeof *patterns };

/* --- Pictures --- */

static void draw_colours(struct draws *d, int colours[2][CHANNELS]) {
    int distance;
    do {
        distance = 0;
        for (int c = 0; c < CHANNELS; c++) {
            colours[0][c] = below(d, 256);
            colours[1][c] = below(d, 256);
            distance += abs(colours[0][c] - colours[1][c]);
        }
    } while (distance < CHANNELS * CONTRAST);
}

static void draw_picture(struct draws *d, int label, unsigned char *pixels) {
    int colours[2][CHANNELS];
    draw_colours(d, colours);
    struct pattern p = {.x = 10 + below(d, SIDE - 20), .y = 10 + below(d, SIDE - 20)};
    p.size = 6 + below(d, 4);
    p.half = 2 + below(d, 4);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            bool within = patterns[label](&p, x - p.x, y - p.y);
            for (int c = 0; c < CHANNELS; c++) {
                int value = colours[within][c] + below(d, 2 * NOISE + 1) - NOISE;
                value = value < 0 ? 0 : value > 255 ? 255 : value;
                pixels[(c * SIDE + y) * SIDE + x] = (unsigned char)value;
            }
        }
}

bool images_make_up(uint64_t seed, struct images *images, struct trouble *t) {
    *images = (struct images){.name = "made up",
                              .map = {CHANNELS, SIDE, SIDE},
                              .classes = CLASSES,
                              .count = {TRAINING, TEST}};
    if (!images_take(images, t))
        return false;
    for (int part = 0; part < IMAGES_PARTS; part++) {
        struct draws d = draws_from(seed, (uint64_t)part);
        for (int64_t i = 0; i < images->count[part]; i++) {
            unsigned char *record = images->records[part] + i * images->record;
            record[0] = (unsigned char)(i % CLASSES);
            draw_picture(&d, record[0], record + 1);
        }
    }
    return true;
}
