/* Writes gnuplot scripts (studies_plots.h).  They stay beside the figures, so that whoever wants
 * another font or size changes two lines and draws again. */
#include "studies_plots.h"

#include "studies_findings.h"
#include "studies_grids.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Okabe and Ito's colours, which the colour-blind can tell apart, and a point of its own for each:
 * a model looks the same in all figures. */
static const struct look {
    const char *series, *colour;
    int point;
} looks[] = {
    {"cnn", "0072B2", 7},    {"max", "0072B2", 7},     {"k7", "0072B2", 7},
    {"mlp", "D55E00", 5},    {"frozen", "009E73", 9},  {"average", "009E73", 9},
    {"chosen", "009E73", 9}, {"faster", "E69F00", 11}, {"deeper", "CC79A7", 13},
    {"wider", "56B4E9", 4},  {"k3", "E69F00", 11},     {"k13", "CC79A7", 13},
    {"k21", "56B4E9", 4},
};

static const struct look *find_look(const char *series) {
    size_t last = sizeof looks / sizeof looks[0] - 1, i = 0;
    while (i < last && strcmp(looks[i].series, series) != 0)
        i++;
    return &looks[i];
}

static const char *find_title(const struct study_runs *runs, const char *name) {
    const struct study_series *s = studies_find(runs, name);
    return s ? s->title : name;
}

static int find_classes(const struct study_runs *runs) {
    return runs->study->data == STUDY_FIVE ? EDGES_FIVE : EDGES_THREE;
}

/* --- What all figures share --- */

/* Both passes begin afresh.  A point of a PNG's font is 4/3 pixels, of an SVG's one pixel. */
static void begin_script(FILE *script, int width, int height) {
    fprintf(script,
            "do for [format in \"svg png\"] {\n"
            "reset\n"
            "if (format eq \"svg\") {\n"
            "set terminal svg size %d,%d font \"sans-serif,13\" background \"white\"\n"
            "LARGE = \",16\"; MIDDLE = \",14\"; SMALL = \",12\"\n"
            "} else {\n"
            "set terminal pngcairo size %d,%d font \"sans,10\" fontscale %d linewidth %d "
            "pointscale %d background \"white\"\n"
            "LARGE = \",12\"; MIDDLE = \",10.5\"; SMALL = \",9\"\n"
            "}\n"
            "set encoding utf8\n"
            "set datafile separator comma\n"
            "set datafile missing NaN\n"
            "set border 3 linecolor rgb \"#444444\"\n"
            "set tics nomirror out scale 0.6\n"
            "set grid ytics linecolor rgb \"#DDDDDD\" linetype 1\n"
            "set key Left reverse samplen 2.5 vertical\n"
            "set output NAME.\".\".format\n",
            width, height, PLOT_SCALE * width, PLOT_SCALE * height, PLOT_SCALE, PLOT_SCALE,
            PLOT_SCALE);
}

static void end_script(FILE *script) {
    fprintf(script, "unset output\n}\n");
}

static void draw_chance(FILE *script, int classes, bool left) {
    fprintf(script,
            "set arrow 1 from graph 0, first %.4f to graph 1, first %.4f nohead dashtype 3 "
            "linecolor rgb \"#888888\" back\n"
            "set label 1 \"a guess\" at graph %d, first %.4f %s offset %s,-0.6 "
            "textcolor rgb \"#666666\" font SMALL\n",
            100.0 / classes, 100.0 / classes, !left, 100.0 / classes, left ? "left" : "right",
            left ? "0.5" : "-0.5");
}

static void percent_axis(FILE *script, const char *label) {
    fprintf(script,
            "set ylabel \"%s (%%)\"\n"
            "set yrange [0:104]\n"
            "set ytics 0,20,100\n",
            label);
}

/* --- Curves --- */

enum { SAMPLE = 3, TRAIN_LOSS = 0, TRAIN_ACCURACY, VALIDATION_LOSS, VALIDATION_ACCURACY, CURVES };

/* The CSV's column of a series' median; lowest and highest follow. */
static int find_column(int series, int curve) {
    return 2 + (series * CURVES + curve) * SAMPLE;
}

static void draw_lines(const struct figure *f, const struct study_runs *runs, FILE *script,
                       int training, int validation) {
    fprintf(script, "plot ");
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
        const char *colour = find_look(f->series[s])->colour;
        int v = find_column(s, validation);
        if (runs->seed_count > 1)
            fprintf(script,
                    "DATA using 1:%d:%d with filledcurves linecolor rgb \"#D0%s\" notitle, \\\n",
                    v + 1, v + 2, colour);
        fprintf(script,
                "DATA using 1:%d with lines dashtype 2 linewidth 1.3 linecolor rgb \"#%s\" "
                "notitle, \\\n"
                "DATA using 1:%d with lines linewidth 2.2 linecolor rgb \"#%s\" title \"%s\", \\\n",
                find_column(s, training), colour, v, colour, find_title(runs, f->series[s]));
    }
    fprintf(script, "keyentry with lines dashtype 2 linewidth 1.3 linecolor rgb \"#666666\" title "
                    "\"training\", \\\n"
                    "keyentry with lines linewidth 2.2 linecolor rgb \"#666666\" title "
                    "\"validation\"\n");
}

static void write_curves(const struct figure *f, const struct study_runs *runs, FILE *script) {
    begin_script(script, 900, 400);
    fprintf(script,
            "set datafile columnheaders\n"
            "set multiplot\n"
            "set xlabel \"epochs\"\n"
            "set tmargin at screen 0.80\n"
            "set bmargin at screen 0.14\n"
            "set lmargin at screen 0.08\n"
            "set rmargin at screen 0.48\n"
            "set label 9 \"%s: %d images per class\" at screen 0.5, screen 0.965 center "
            "font LARGE\n"
            "set ylabel \"loss (mean cross-entropy)\"\n"
            "set yrange [0:*]\n"
            "unset key\n",
            runs->study->title, f->images);
    draw_lines(f, runs, script, TRAIN_LOSS, VALIDATION_LOSS);
    fprintf(script, "unset label 9\n"
                    "set lmargin at screen 0.58\n"
                    "set rmargin at screen 0.98\n"
                    "set key at screen 0.5, screen 0.93 center top vertical maxrows 2 Left "
                    "reverse samplen 2.5 font MIDDLE\n");
    percent_axis(script, "accuracy");
    draw_chance(script, find_classes(runs), false);
    draw_lines(f, runs, script, TRAIN_ACCURACY, VALIDATION_ACCURACY);
    fprintf(script, "unset multiplot\n");
    end_script(script);
}

/* --- Accuracy of one series beside another --- */

static void write_sizes(const struct figure *f, const struct study_runs *runs, FILE *script) {
    begin_script(script, 640, 420);
    const struct study_series *first = studies_find(runs, f->series[0]);
    fprintf(script,
            "set datafile columnheaders\n"
            "set label 9 \"%s\" at screen 0.54, screen 0.95 center font LARGE\n"
            "set xlabel \"training images per class\"\n"
            "set xrange [0:108]\n"
            "set xtics (",
            runs->study->title);
    for (int i = 0; i < STUDY_SIZES && first->images[i]; i++)
        fprintf(script, "%s%d", i ? ", " : "", first->images[i]);
    fprintf(script,
            ")\nset key at screen 0.54, screen 0.91 center top vertical maxrows 2 font MIDDLE\n"
            "set tmargin at screen 0.78\n");
    percent_axis(script, "validation accuracy");
    draw_chance(script, find_classes(runs), false);
    fprintf(script, "plot ");
    /* Side by side, so that no range hides another. */
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
        const struct look *look = find_look(f->series[s]);
        int column = 2 + s * SAMPLE;
        double aside = 0.7 * (s - 1);
        fprintf(script,
                "DATA using ($1%+.1f):%d:%d:%d with yerrorlines linewidth 1.8 pointtype %d "
                "pointsize 0.9 linecolor rgb \"#%s\" title \"%s\"%s",
                aside, column, column + 1, column + 2, look->point, look->colour,
                find_title(runs, f->series[s]),
                s + 1 < FIGURE_SERIES && f->series[s + 1] ? ", \\\n" : "\n");
    }
    end_script(script);
}

/* A title that does not fit under one tick goes on below its comma. */
static void write_tick(FILE *script, const char *title, int place) {
    fprintf(script, "%s\"", place ? ", " : "");
    for (; *title; title++)
        if (title[0] == ',' && title[1] == ' ') {
            fprintf(script, "\\n");
            title++;
        } else
            fputc(*title, script);
    fprintf(script, "\" %d", place);
}

static void write_compared(const struct figure *f, const struct study_runs *runs, FILE *script) {
    const char *shown[FIGURE_SERIES];
    int count = 0;
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
        if (studies_sample(runs, f->series[s], f->images, STUDY_ACCURACY).count)
            shown[count++] = f->series[s];
    begin_script(script, 640, 400);
    fprintf(script,
            "set datafile columnheaders\n"
            "set title \"%s: %d images per class\" font LARGE\n"
            "unset key\n"
            "unset xlabel\n"
            "set xrange [-0.5:%d.5]\n"
            "set bmargin at screen 0.15\n"
            "set xtics (",
            f->caption, f->images, count - 1);
    for (int s = 0; s < count; s++)
        write_tick(script, find_title(runs, shown[s]), s);
    fprintf(script, ")\n");
    percent_axis(script, "validation accuracy");
    draw_chance(script, find_classes(runs), true);
    fprintf(script, "plot ");
    for (int s = 0; s < count; s++) {
        const struct look *look = find_look(shown[s]);
        fprintf(script,
                "DATA every ::%d::%d using (%d):2:3:4 with yerrorbars linewidth 2 pointtype %d "
                "pointsize 1.2 linecolor rgb \"#%s\", \\\n"
                "DATA every ::%d::%d using (%d):2:(sprintf(\"%%.0f %%%%\", $2)) with labels "
                "left offset 1.2,0%s",
                s, s, s, look->point, look->colour, s, s, s, s + 1 < count ? ", \\\n" : "\n");
    }
    end_script(script);
}

/* --- Answers --- */

enum { PANEL = 250, PANEL_LEFT = 100, PANEL_TOP = 90, PANEL_BOTTOM = 90, PANEL_GAP = 110 };

static void draw_answers(FILE *script, const char *title, int classes, int block, int panels) {
    double width = PANEL_LEFT + panels * (PANEL + PANEL_GAP);
    double height = PANEL_TOP + PANEL + PANEL_BOTTOM;
    double left = PANEL_LEFT + block * (PANEL + PANEL_GAP);
    fprintf(script,
            "set lmargin at screen %.5f\n"
            "set rmargin at screen %.5f\n"
            "set bmargin at screen %.5f\n"
            "set tmargin at screen %.5f\n"
            "set title \"%s\" offset 0,-0.4 font MIDDLE\n"
            "set ylabel \"%s\"\n",
            left / width, (left + PANEL) / width, PANEL_BOTTOM / height,
            (PANEL_BOTTOM + PANEL) / height, title, block ? "" : "truth");
    int first = block * classes * classes, last = first + classes * classes - 1;
    fprintf(script,
            "plot DATA every ::%d::%d using (int($0) %% %d):(int($0) / %d):5 with image, \\\n"
            "DATA every ::%d::%d using (int($0) %% %d):(int($0) / %d):(sprintf(\"%%.0f\", $5)):"
            "($5 > 50 ? 0xFFFFFF : 0x222222) with labels font MIDDLE textcolor rgb variable\n",
            first, last, classes, classes, first, last, classes, classes);
}

static void write_confusion(const struct figure *f, const struct study_runs *runs, FILE *script) {
    const char *shown[FIGURE_SERIES];
    int panels = 0, classes = find_classes(runs), block = 0;
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
        if (figures_count_answers(f, runs, f->series[s]).runs)
            shown[panels++] = f->series[s];
    begin_script(script, PANEL_LEFT + panels * (PANEL + PANEL_GAP),
                 PANEL_TOP + PANEL + PANEL_BOTTOM);
    fprintf(script,
            "set datafile columnheaders\n"
            "set multiplot\n"
            "set label 9 \"Answers in %% of the truth, %d images per class\" at screen 0.5, screen "
            "0.95 center font LARGE\n"
            "unset grid\n"
            "unset key\n"
            "unset colorbox\n"
            "set border 0\n"
            "set tics scale 0\n"
            "set palette defined (0 \"#F7FBFF\", 50 \"#6BAED6\", 100 \"#08306B\")\n"
            "set cbrange [0:100]\n"
            "set xlabel \"answer\"\n"
            "set xrange [-0.5:%d.5]\n"
            "set yrange [%d.5:-0.5]\n",
            f->images, classes - 1, classes - 1);
    for (int axis = 0; axis < 2; axis++) {
        fprintf(script, axis ? "set ytics (" : "set xtics (");
        for (int i = 0; i < classes; i++)
            fprintf(script, "%s\"%s\" %d", i ? ", " : "", edges_class_name(classes, i), i);
        fprintf(script, axis ? ")\n" : ")%s\n", classes > EDGES_THREE ? " rotate by -35" : "");
    }
    for (; block < panels; block++) {
        draw_answers(script, find_title(runs, shown[block]), classes, block, panels);
        fprintf(script, "unset label 9\n");
    }
    fprintf(script, "unset multiplot\n");
    end_script(script);
}

/* --- Tables of pictures: every number is a square of whole pixels --- */

enum { GRID_LEFT = 130, GRID_RIGHT = 125, GRID_TOP = 76, GRID_BOTTOM = 16, GRID_WIDTH = 700 };

static void write_grid_labels(const struct figure *f, const struct study_runs *runs,
                              const struct grid *g, FILE *script) {
    fprintf(script, "set ytics (");
    for (int row = 0; row < g->rows; row++) {
        char title[64];
        grids_title(f, runs, g, row, title, sizeof title);
        fprintf(script, "%s\"%s\" %.1f", row ? ", " : "", title,
                grids_row(g, row) + (g->side - 1) / 2.0);
    }
    fprintf(script, ")\nset x2tics (");
    for (int group = 0; group < 2; group++)
        fprintf(script, "%s\"%s\" %.1f", group ? ", " : "", g->group[group],
                (grids_column(g, group, 0) + grids_column(g, group, g->across) - 2) / 2.0);
    fprintf(script, ")\n");
}

static void write_grid(const struct figure *f, const struct study_runs *runs, FILE *script) {
    struct grid g;
    if (!grids_arrange(f, runs, &g))
        return;
    int columns = grids_width(&g), rows = grids_height(&g), dot = GRID_WIDTH / columns;
    double width = GRID_LEFT + dot * columns + GRID_RIGHT;
    double height = GRID_TOP + dot * rows + GRID_BOTTOM;
    bool kernels = f->kind == FIGURE_KERNELS;
    begin_script(script, (int)width, (int)height);
    fprintf(script,
            "set lmargin at screen %.8f\n"
            "set rmargin at screen %.8f\n"
            "set bmargin at screen %.8f\n"
            "set tmargin at screen %.8f\n"
            "unset key\nunset grid\n"
            "set border 0\nset tics scale 0\nunset xtics\n"
            "set title \"%s\" font LARGE offset 0,0.6\n"
            "set xrange [-0.5:%d.5]\nset x2range [-0.5:%d.5]\nset yrange [%d.5:-0.5]\n"
            "set cbrange [%.6g:%.6g]\nset cblabel \"%s\"\n"
            "set palette defined (%s)\n",
            GRID_LEFT / width, (GRID_LEFT + dot * columns) / width, GRID_BOTTOM / height,
            (GRID_BOTTOM + dot * rows) / height, f->caption, columns - 1, columns - 1, rows - 1,
            g.lowest, g.highest, kernels ? "weight / largest" : "brightness",
            kernels ? "-1 \"#B35806\", 0 \"#F7F7F7\", 1 \"#053061\"" : "0 \"black\", 1 \"white\"");
    write_grid_labels(f, runs, &g, script);
    fprintf(script, "plot DATA matrix using 1:2:3 with image\n");
    end_script(script);
}

/* --- From outside --- */

void plots_write_script(const struct figure *f, const struct study_runs *runs, FILE *script) {
    static void (*const writers[FIGURE_KINDS])(const struct figure *, const struct study_runs *,
                                               FILE *) = {
        [FIGURE_SAMPLES] = write_grid, [FIGURE_CURVES] = write_curves,
        [FIGURE_SIZES] = write_sizes,  [FIGURE_COMPARED] = write_compared,
        [FIGURE_KERNELS] = write_grid, [FIGURE_CONFUSION] = write_confusion,
    };
    char name[FIGURE_NAME];
    figures_name(f, name);
    fprintf(script, "\nNAME = \"%s\"\nDATA = NAME.\".csv\"\n", name);
    writers[f->kind](f, runs, script);
}

/* Without what gnuplot has to say: its version, and that there is nothing between the pictures of a
 * grid, are nobody's news. */
static bool run_gnuplot(const char *argument) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
            execlp("gnuplot", "gnuplot", argument, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool plots_available(void) {
    return run_gnuplot("--version");
}

bool plots_draw(const char *script) {
    return run_gnuplot(script);
}
