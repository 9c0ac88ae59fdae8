/* Accuracy against time, and memory by batch, drawn by gnuplot from the tables that stay beside
 * them (measure_report.h). */
#include "measure_files.h"
#include "measure_ledger.h"
#include "measure_report.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WIDTH = 720, HEIGHT = 430, SCALE = 2 };

/* Okabe and Ito's colours, which the colour-blind can tell apart. */
static const char *const colours[] = {"0072B2", "D55E00", "009E73", "CC79A7"};
enum { COLOURS = sizeof colours / sizeof *colours };

/* A point of a PNG's font is 4/3 pixels, of an SVG's one pixel. */
static void begin(FILE *script, const char *name) {
    fprintf(script,
            "do for [format in \"svg png\"] {\n"
            "reset\n"
            "if (format eq \"svg\") {\n"
            "set terminal svg size %d,%d font \"sans-serif,13\" background \"white\"\n"
            "} else {\n"
            "set terminal pngcairo size %d,%d font \"sans,10\" fontscale %d linewidth %d "
            "background \"white\"\n"
            "}\n"
            "set output \"%s.\".format\n"
            "set encoding utf8\n"
            "set datafile separator comma\n"
            "set border 3 linecolor rgb \"#444444\"\n"
            "set tics nomirror out scale 0.6\n"
            "set grid ytics linecolor rgb \"#DDDDDD\" linetype 1\n",
            WIDTH, HEIGHT, SCALE * WIDTH, SCALE * HEIGHT, SCALE, SCALE, name);
}

static const char *device_of(const struct measurement *m) {
    return m->device.facts.gpu ? m->device.facts.name : "a rehearsal on the CPU";
}

static void print_accuracy(const struct measurement *m, FILE *script) {
    int row = 0;
    begin(script, "accuracy");
    fprintf(script,
            "set title \"Accuracy against time: ResNet-%d, %s\" noenhanced\n"
            "set xlabel \"seconds of training\"\n"
            "set ylabel \"accuracy in training (line) and test (points), %%\"\n"
            "set xrange [0:*]\nset yrange [0:100]\n"
            "set key outside right center Left reverse samplen 2\n"
            "plot 10 with lines dashtype 3 linecolor rgb \"#888888\" title \"guessing\"",
            m->options->depth, device_of(m));
    for (int i = 0; i < m->count; i++) {
        if (m->pieces[i].kind != MEASURE_BATCH || m->records[i].epoch_count == 0)
            continue;
        const char *colour = colours[row % COLOURS];
        const long long batch = m->pieces[i].batch;
        const int mark = 4 + 2 * row++;
        fprintf(script,
                ", \\\n    \"epochs.csv\" skip 1 using ($1==%lld?$3:NaN):(100*$5) with lines "
                "linewidth 2 linecolor rgb \"#%s\" title \"batch %lld\""
                ", \\\n    \"epochs.csv\" skip 1 using ($1==%lld?$3:NaN):(100*$6) with points "
                "pointtype %d pointsize 0.8 linecolor rgb \"#%s\" notitle",
                batch, colour, batch, batch, mark, colour);
    }
    fprintf(script, "\nunset output\n}\n");
}

static void print_memory(const struct measurement *m, FILE *script) {
    begin(script, "memory");
    fprintf(script,
            "set title \"Memory by batch: ResNet-%d, %s\" noenhanced\n"
            "set xlabel \"batch\"\nset ylabel \"MiB\"\n"
            "set logscale xy 2\nset format y \"%%.0f\"\nset xtics 4\n"
            "set xrange [2:*]\n"
            "set key left top Left reverse samplen 2\n"
            "plot \"memory.csv\" skip 1 using 1:($2/2**20) with lines dashtype 2 linewidth 2 "
            "linecolor rgb \"#%s\" title \"planned\", \\\n"
            "    \"\" skip 1 using 1:($4/2**20) with linespoints pointtype 7 pointsize 0.7 "
            "linewidth 2 linecolor rgb \"#%s\" title \"measured, %s\", \\\n"
            "    \"\" skip 1 using 1:($4/2**20):(sprintf(\"%%.0f\", $4/2**20)) with labels offset "
            "0,0.8 notitle\n"
            "unset output\n}\n",
            m->options->depth, device_of(m), colours[0], colours[1],
            m->device.facts.gpu ? "with its context" : "with its libraries");
}

static void print_script(const void *measurement, FILE *script) {
    const struct measurement *m = measurement;
    print_accuracy(m, script);
    print_memory(m, script);
}

/* Without what gnuplot has to say of points that are not of a row. */
static bool run_gnuplot(const char *folder) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (chdir(folder) == 0 && freopen("/dev/null", "w", stdout) &&
            freopen("/dev/null", "w", stderr))
            execlp("gnuplot", "gnuplot", "plots.gp", (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

bool measure_plot(const struct measurement *m, bool *drawn, struct trouble *t) {
    bool any = false;
    *drawn = false;
    for (int i = 0; i < m->count; i++)
        any = any || (m->pieces[i].kind == MEASURE_BATCH && measure_good(m, i));
    if (!measure_write_printed(m->folder, "ledger.csv", ledger_write_csv, m, t) ||
        !measure_write_printed(m->folder, "epochs.csv", ledger_write_epochs, m, t) ||
        !measure_write_printed(m->folder, "memory.csv", ledger_write_memory, m, t) ||
        !measure_write_printed(m->folder, "plots.gp", print_script, m, t))
        return false;
    *drawn = any && run_gnuplot(m->folder);
    return true;
}
