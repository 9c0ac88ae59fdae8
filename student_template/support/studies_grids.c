/* Lays pictures out in one matrix (studies_grids.h). */
#include "studies_grids.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 1, SAMPLES_ACROSS = 4 };

/* --- Where things are --- */

int grids_row(const struct grid *g, int row) {
    return row * (g->side + GAP);
}

/* The groups are further apart than the pictures in them. */
int grids_column(const struct grid *g, int group, int place) {
    return (group * g->across + place) * (g->side + GAP) + group * 2 * GAP;
}

int grids_height(const struct grid *g) {
    return grids_row(g, g->rows) - GAP;
}

int grids_width(const struct grid *g) {
    return grids_column(g, 1, g->across) - GAP;
}

static bool arrange_kernels(const struct figure *f, const struct study_runs *runs, struct grid *g) {
    g->group[0] = "untrained";
    g->group[1] = "trained";
    g->lowest = -1;
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
        for (int i = 0; i < runs->count; i++) {
            const struct study_run *r = &runs->run[i];
            if (!r->finished || r->seed || (f->images && r->images != f->images) ||
                strcmp(r->series->name, f->series[s]) != 0)
                continue;
            g->run[g->rows++] = r;
            g->across = r->series->plan.filters;
            if (r->series->plan.kernel > g->side)
                g->side = r->series->plan.kernel;
        }
    return g->rows > 0;
}

bool grids_arrange(const struct figure *f, const struct study_runs *runs, struct grid *g) {
    *g = (struct grid){.highest = 1};
    if (f->kind == FIGURE_KERNELS)
        return arrange_kernels(f, runs, g);
    g->rows = runs->study->data == STUDY_FIVE ? EDGES_FIVE : EDGES_THREE;
    g->across = SAMPLES_ACROSS;
    g->side = EDGES_SIDE;
    g->group[0] = "training";
    g->group[1] = "validation";
    return true;
}

void grids_title(const struct figure *f, const struct study_runs *runs, const struct grid *g,
                 int row, char *text, size_t size) {
    if (f->kind != FIGURE_KERNELS) {
        int classes = runs->study->data == STUDY_FIVE ? EDGES_FIVE : EDGES_THREE;
        snprintf(text, size, "%s", edges_class_name(classes, row));
    } else if (f->series[1])
        snprintf(text, size, "%s", g->run[row]->series->title);
    else
        snprintf(text, size, "%d per class", g->run[row]->images);
}

/* --- The matrix --- */

struct matrix {
    const struct grid *grid;
    double *at;
};

static struct matrix make_matrix(const struct grid *g) {
    size_t count = (size_t)grids_height(g) * (size_t)grids_width(g);
    struct matrix m = {g, calloc(count + 1, sizeof *m.at)};
    for (size_t i = 0; m.at && i < count; i++)
        m.at[i] = NAN;
    return m;
}

/* Puts a picture of `side` x `side` numbers into a cell: as many times larger as fits, in the
 * middle. */
static void place(struct matrix *m, int row, int group, int across, const double *picture,
                  int side) {
    int larger = m->grid->side / side, margin = (m->grid->side - side * larger) / 2;
    int top = grids_row(m->grid, row) + margin;
    int left = grids_column(m->grid, group, across) + margin;
    for (int i = 0; i < side * larger; i++)
        for (int j = 0; j < side * larger; j++)
            m->at[(top + i) * grids_width(m->grid) + left + j] =
                picture[i / larger * side + j / larger];
}

static void write_matrix(const struct matrix *m, FILE *csv) {
    int width = grids_width(m->grid);
    for (int i = 0; i < grids_height(m->grid); i++)
        for (int j = 0; j < width; j++) {
            double v = m->at[i * width + j];
            if (isnan(v))
                fprintf(csv, "NaN%c", j + 1 < width ? ',' : '\n');
            else
                fprintf(csv, "%.6g%c", v, j + 1 < width ? ',' : '\n');
        }
}

static void place_samples(struct matrix *m, int group, const struct edges *e) {
    double picture[EDGES_PIXELS] = {0};
    int placed[EDGES_FIVE] = {0};
    for (int i = 0; i < e->count; i++) {
        int label = e->labels[i];
        if (placed[label] == SAMPLES_ACROSS)
            continue;
        for (int k = 0; k < EDGES_PIXELS; k++)
            picture[k] = (double)e->pixels[(size_t)i * EDGES_PIXELS + (size_t)k];
        place(m, label, group, placed[label]++, picture, EDGES_SIDE);
    }
}

bool grids_write_samples(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    struct grid g;
    if (!grids_arrange(f, runs, &g))
        return false;
    struct matrix m = make_matrix(&g);
    if (!m.at)
        return false;
    struct edges *train = studies_training_pictures(runs, SAMPLES_ACROSS, 0);
    struct edges *validation = studies_validation_pictures(runs, 0);
    place_samples(&m, 0, train);
    place_samples(&m, 1, validation);
    edges_free(train);
    edges_free(validation);
    write_matrix(&m, csv);
    free(m.at);
    return true;
}

/* The kernels of one layer at one time share a scale, so that those that hardly learned look it;
 * what is trained has a scale of its own, or nothing of the untrained would be seen beside it. */
static bool place_kernels(struct matrix *m, int row, int group, const double *kernels,
                          const struct study_run *r) {
    double *scaled = calloc((size_t)r->kernel_count, sizeof *scaled), largest = 0;
    int side = r->series->plan.kernel;
    if (!scaled)
        return false;
    for (int i = 0; i < r->kernel_count; i++)
        largest = fmax(largest, fabs(kernels[i]));
    for (int i = 0; i < r->kernel_count; i++)
        scaled[i] = largest > 0 ? kernels[i] / largest : 0;
    for (int i = 0; i < m->grid->across; i++)
        place(m, row, group, i, scaled + (ptrdiff_t)i * side * side, side);
    free(scaled);
    return true;
}

bool grids_write_kernels(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    struct grid g;
    if (!grids_arrange(f, runs, &g))
        return false;
    struct matrix m = make_matrix(&g);
    bool placed = m.at != NULL;
    for (int row = 0; placed && row < g.rows && g.run[row]; row++)
        placed = place_kernels(&m, row, 0, g.run[row]->untrained, g.run[row]) &&
                 place_kernels(&m, row, 1, g.run[row]->kernel, g.run[row]);
    if (placed)
        write_matrix(&m, csv);
    free(m.at);
    return placed;
}
