/* Drawing a plan (plan_plot.h): a table and a script for gnuplot, which stay beside the picture, so
 * that whoever wants it otherwise changes a line and draws again. */
#include "plan_plot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, WIDTH = 860, HEIGHT = 430, SCALE = 2 };

static const double mib = 1 << 20;

/* From the bottom: what is always there first.  Okabe and Ito's colours, which the colour-blind can
 * tell apart. */
static const struct band {
    const char *name, *colour;
    unsigned kinds; /* a bit each */
} bands[] = {
    {"weights", "0072B2", 1U << STEP_WEIGHTS | 1U << STEP_COPY},
    {"optimiser", "56B4E9", 1U << STEP_STATE},
    {"gradients", "D55E00", 1U << STEP_GRADIENT},
    {"outputs", "009E73", 1U << STEP_OUTPUT},
    {"deltas", "E69F00", 1U << STEP_DELTA},
    {"rest", "999999",
     1U << STEP_RUNNING | 1U << STEP_BATCH | 1U << STEP_MOMENTS | 1U << STEP_CHOICES |
         1U << STEP_WORKSPACE},
};
enum { BANDS = sizeof bands / sizeof *bands };

static double sum_band(const struct plan_moment *m, const struct band *b) {
    int64_t bytes = 0;
    for (int kind = 0; kind < STEP_KINDS; kind++)
        if (b->kinds >> kind & 1)
            bytes += m->bytes[kind];
    return (double)bytes / mib;
}

static double sum_bands(const struct plan_moment *m) {
    double sum = 0;
    for (int b = 0; b < BANDS; b++)
        sum += sum_band(m, &bands[b]);
    return sum;
}

/* --- Phases --- */

enum phase { PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE, PHASES };
static const char *const phases[PHASES] = {"forward", "backward", "update"};

/* The operation with which each begins; behind the last stands their number. */
static void find_bounds(const struct plan_moment *moments, int count, int *bounds) {
    int loss = 0, update = count;
    while (loss < count && moments[loss].operation.kind != OPERATION_LOSS)
        loss++;
    while (update > loss && moments[update - 1].operation.kind == OPERATION_UPDATE)
        update--;
    bounds[PHASE_FORWARD] = 0;
    bounds[PHASE_BACKWARD] = loss;
    bounds[PHASE_UPDATE] = update;
    bounds[PHASES] = count;
}

/* --- Files --- */

struct drawing {
    const struct plan_order *order;
    const struct card *card;
    const struct plan_moment *moments;
    int count, bounds[PHASES + 1];
};

static void write_table(FILE *table, const struct drawing *d) {
    fprintf(table, "operation,phase");
    for (int b = 0; b < BANDS; b++)
        fprintf(table, ",%s_mib", bands[b].name);
    for (int o = 0, phase = 0; o < d->count; o++) {
        while (o >= d->bounds[phase + 1])
            phase++;
        fprintf(table, "\n%d,%s", o, phases[phase]);
        for (int b = 0; b < BANDS; b++)
            fprintf(table, ",%.3f", sum_band(&d->moments[o], &bands[b]));
    }
    fprintf(table, "\n");
}

/* Both passes begin afresh.  A point of a PNG's font is 4/3 pixels, of an SVG's one pixel. */
static void write_look(FILE *script, const struct drawing *d) {
    fprintf(script,
            "do for [format in \"svg png\"] {\n"
            "reset\n"
            "if (format eq \"svg\") {\n"
            "set terminal svg size %d,%d font \"sans-serif,13\" background \"white\"\n"
            "} else {\n"
            "set terminal pngcairo size %d,%d font \"sans,10\" fontscale %d linewidth %d "
            "background \"white\"\n"
            "}\n"
            "set output \"timeline.\".format\n"
            "set encoding utf8\n"
            "set datafile separator comma\n"
            "set border 3 linecolor rgb \"#444444\"\n"
            "set tics nomirror out scale 0.6\n"
            "set grid ytics linecolor rgb \"#DDDDDD\" linetype 1\n"
            "set style fill solid noborder\n"
            "set key outside right center Left reverse samplen 1.5\n"
            "set tmargin 4.5\n"
            "set format y \"%%.0f\"\n"
            "set title \"Live memory during one step: ResNet-%d, batch %lld\" offset 0,1.2\n"
            "set xlabel \"operation of the step\"\n"
            "set ylabel \"MiB\"\n"
            "set xrange [0:%d]\n",
            WIDTH, HEIGHT, SCALE * WIDTH, SCALE * HEIGHT, SCALE, SCALE, d->order->depth,
            (long long)(d->order->micro_batch ? d->order->micro_batch : d->order->batch),
            d->count - 1);
}

static void write_phases(FILE *script, const struct drawing *d) {
    for (int p = 0; p < PHASES; p++) {
        int begin = d->bounds[p], end = d->bounds[p + 1];
        if (p > 0)
            fprintf(script,
                    "set arrow from %d, graph 0 to %d, graph 1.06 nohead dashtype 2 "
                    "linecolor rgb \"#444444\" front\n",
                    begin, begin);
        if (end - begin > d->count / 16) /* else its name would not fit */
            fprintf(script,
                    "set label \"%s\" at %.1f, graph 1.04 center textcolor rgb "
                    "\"#444444\"\n",
                    phases[p], (begin + end) / 2.0);
    }
}

/* The peak, and the card's memory where that is not far away; returns the axis's end. */
static double write_marks(FILE *script, const struct drawing *d) {
    int at = 0;
    for (int o = 1; o < d->count; o++)
        if (sum_bands(&d->moments[o]) > sum_bands(&d->moments[at]))
            at = o;
    double peak = sum_bands(&d->moments[at]), end = peak;
    fprintf(script,
            "set label \"at most %.0f MiB\" at %d, first %.3f %s offset %s,0.6 point pointtype 7 "
            "pointsize 0.4 front\n",
            peak, at, peak, at < d->count / 2 ? "left" : "right",
            at < d->count / 2 ? "0.4" : "-0.4");
    double total = d->card ? (double)d->card->total_bytes / mib : 0;
    if (d->card && total < 2 * peak) {
        fprintf(script,
                "set arrow from graph 0, first %.1f to graph 1, first %.1f nohead dashtype 3 "
                "linewidth 1.5 linecolor rgb \"#AA0000\" front\n"
                "set label \"%s: %.0f MiB\" at graph 0.99, first %.1f right offset 0,0.6 "
                "textcolor rgb \"#AA0000\" front\n",
                total, total, d->card->name, total, total);
        end = total > peak ? total : peak;
    }
    return 1.1 * end;
}

/* A band lies between the sum of those below and its own: drawn and listed from the top. */
static void write_bands(FILE *script) {
    const char *separator = "plot";
    for (int b = BANDS; b-- > 0;) {
        fprintf(script, "%s \"timeline.csv\" skip 1 using 1:(0", separator);
        for (int below = 0; below < b; below++)
            fprintf(script, "+$%d", below + 3);
        fprintf(script, "):(0");
        for (int below = 0; below <= b; below++)
            fprintf(script, "+$%d", below + 3);
        fprintf(script, ") with filledcurves linecolor rgb \"#%s\" title \"%s\"", bands[b].colour,
                bands[b].name);
        separator = ", \\\n    ";
    }
    fprintf(script, "\nunset output\n}\n");
}

static void write_script(FILE *script, const struct drawing *d) {
    write_look(script, d);
    write_phases(script, d);
    fprintf(script, "set yrange [0:%.1f]\n", write_marks(script, d));
    write_bands(script);
}

static bool write_file(const char *directory, const char *name, const struct drawing *d,
                       void (*write)(FILE *file, const struct drawing *d)) {
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = length > 0 && length < PATH_ROOM ? fopen(path, "w") : NULL;
    if (!file)
        return false;
    write(file, d);
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}

static bool run_gnuplot(const char *directory) {
    pid_t child = fork();
    if (child == 0) {
        if (chdir(directory) == 0)
            execlp("gnuplot", "gnuplot", "timeline.gp", (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

const char *plan_plot(const struct plan_order *order, const struct card *card,
                      const char *directory, bool *drawn) {
    struct drawing d = {.order = order, .card = card};
    *drawn = false;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return "cannot be made";
    struct plan_moment *moments = plan_timeline(order, &d.count);
    if (!moments)
        return "no memory for drawing";
    d.moments = moments;
    find_bounds(moments, d.count, d.bounds);
    bool written = write_file(directory, "timeline.csv", &d, write_table) &&
                   write_file(directory, "timeline.gp", &d, write_script);
    free(moments);
    if (!written)
        return "cannot be written";
    *drawn = run_gnuplot(directory);
    return NULL;
}
