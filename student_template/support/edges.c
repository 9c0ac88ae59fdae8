/* Draws the pictures of problem 6, as the edge-detection notebook describes them.  Where the
 * notebook rotates with splines, this interpolates between four neighbours: the bands of a diagonal
 * are a little softer.  Refuses to know who looks at the pictures. */
#include "edges.h"

#include "draws.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = EDGES_SIDE, WIDEST = 4, WIDEST_DIAGONAL = 2 /* below 4 / sqrt(2) */ };
enum { PURPOSE_PICTURES, PURPOSE_PERMUTATION };

struct drawing {
    struct draws *draws;
    const struct edges_recipe *recipe;
    double background, at[SIDE][SIDE];
};

/* --- Bands --- */

/* A band across the picture: rows, or with `upright` columns. */
static void draw_band(struct drawing *d, bool upright, int widest) {
    static const struct {
        int first, end;
    } places[] = {[EDGES_ANYWHERE] = {0, SIDE},
                  [EDGES_FIRST_HALF] = {0, SIDE / 2},
                  [EDGES_SECOND_HALF] = {SIDE / 2, SIDE}};
    int first = places[d->recipe->place].first, end = places[d->recipe->place].end;
    double intensity = draws_uniform(d->draws, 0.25, 1);
    int width = 1 + draws_below(d->draws, widest);
    int start = first + draws_below(d->draws, end - width - first);
    for (int across = start; across < start + width; across++)
        for (int along = 0; along < SIDE; along++)
            *(upright ? &d->at[along][across] : &d->at[across][along]) = intensity;
}

/* --- Diagonals --- */

static double pixel(const struct drawing *d, int row, int column) {
    bool inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
    return inside ? d->at[row][column] : d->background;
}

static double between(double from, double to, double share) {
    return fma(share, to - from, from);
}

static double interpolate(const struct drawing *d, double row, double column) {
    int r = (int)floor(row), c = (int)floor(column);
    double above = between(pixel(d, r, c), pixel(d, r, c + 1), column - c);
    double below = between(pixel(d, r + 1, c), pixel(d, r + 1, c + 1), column - c);
    return between(above, below, row - r);
}

/* Around the middle of the picture, by 30, 45, 120 or 135 degrees.  The numbers stand here because
 * the last bits of a library's sine differ from machine to machine. */
static void rotate(struct drawing *d) {
    static const double half = 0.5, root2 = 0x1.6a09e667f3bcdp-1, root3 = 0x1.bb67ae8584caap-1;
    const struct {
        double sine, cosine;
    } angles[] = {{half, root3}, {root2, root2}, {root3, -half}, {root2, -root2}};
    int choice = draws_below(d->draws, sizeof angles / sizeof *angles);
    double sine = angles[choice].sine, cosine = angles[choice].cosine;
    const double middle = (SIDE - 1) / 2.0;
    double turned[SIDE][SIDE];
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++) {
            double y = row - middle, x = column - middle;
            turned[row][column] = interpolate(d, fma(cosine, y, fma(sine, x, middle)),
                                              fma(cosine, x, fma(-sine, y, middle)));
        }
    for (int i = 0; i < EDGES_PIXELS; i++)
        d->at[i / SIDE][i % SIDE] = turned[i / SIDE][i % SIDE];
}

/* --- Classes --- */

static void draw_horizontal(struct drawing *d, int index) {
    (void)index;
    draw_band(d, false, WIDEST);
}

static void draw_vertical(struct drawing *d, int index) {
    (void)index;
    draw_band(d, true, WIDEST);
}

static void draw_diagonal(struct drawing *d, int index) {
    draw_band(d, index % 2 == 1, WIDEST_DIAGONAL);
    rotate(d);
}

static void draw_both(struct drawing *d, int index) {
    draw_horizontal(d, index);
    draw_vertical(d, index);
}

static void draw_none(struct drawing *d, int index) {
    (void)d;
    (void)index;
}

struct class {
    const char *name;
    void (*draw)(struct drawing *d, int index /* within its class */);
};

static const struct class *class_of(int classes, int label) {
    static const struct class horizontal = {"horizontal", draw_horizontal},
                              vertical = {"vertical", draw_vertical},
                              diagonal = {"diagonal", draw_diagonal}, both = {"both", draw_both},
                              none = {"none", draw_none};
    static const struct class *three[] = {&horizontal, &vertical, &none};
    static const struct class *five[] = {&horizontal, &vertical, &diagonal, &both, &none};
    return classes == EDGES_THREE ? three[label] : five[label];
}

const char *edges_class_name(int classes, int label) {
    return class_of(classes, label)->name;
}

/* --- A set of pictures --- */

static void draw(struct drawing *d, const struct class *class, int index) {
    d->background = draws_uniform(d->draws, 0, 0.2);
    for (int i = 0; i < EDGES_PIXELS; i++)
        d->at[i / SIDE][i % SIDE] = d->background;
    class->draw(d, index);
}

struct edges *edges_make(const struct edges_recipe *recipe, int per_class, uint64_t seed) {
    int count = recipe->classes * per_class;
    struct edges *e = malloc(sizeof *e);
    *e = (struct edges){.count = count,
                        .classes = recipe->classes,
                        .pixels = malloc(sizeof *e->pixels * EDGES_PIXELS * (size_t)count),
                        .labels = malloc(sizeof *e->labels * (size_t)count)};
    int from[EDGES_PIXELS];
    for (int i = 0; i < EDGES_PIXELS; i++)
        from[i] = i;
    if (recipe->permutation) {
        struct draws draws = draws_from(recipe->permutation, PURPOSE_PERMUTATION);
        draws_shuffle(&draws, from, EDGES_PIXELS);
    }
    struct draws draws = draws_from(seed, PURPOSE_PICTURES);
    struct drawing d = {.draws = &draws, .recipe = recipe};
    for (int n = 0; n < count; n++) {
        e->labels[n] = n / per_class;
        draw(&d, class_of(recipe->classes, e->labels[n]), n % per_class);
        for (int i = 0; i < EDGES_PIXELS; i++) {
            double grey = d.at[from[i] / SIDE][from[i] % SIDE];
            e->pixels[(size_t)n * EDGES_PIXELS + i] = (float)(int)(255 * grey) / 255.0F;
        }
    }
    return e;
}

void edges_free(struct edges *e) {
    if (!e)
        return;
    free(e->pixels);
    free(e->labels);
    free(e);
}
