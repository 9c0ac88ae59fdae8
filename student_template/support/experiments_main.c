/* make experiments: carries out the studies of problem 6 and leaves numbers, figures and a page in
 * a folder.  Knows what people ask for and what they are told; not how networks learn.
 *
 *   experiments --layers ours|yours [--study N] [--seeds N] [--jobs N] [--quick yes] -- FOLDER */
#include "studies_files.h"
#include "studies_findings.h"
#include "studies_plots.h"
#include "studies_pool.h"
#include "studies_ready.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DONE = 0, FOUND = 1, CALLED_WRONGLY = 2, STOPPED = 130 };
enum { PATIENCE = 180 /* seconds */ };

struct options {
    bool yours, quick;
    int study, seeds, jobs; /* 0: all; as many as each study needs; all processors */
    const char *folder;
};

/* --- What is asked for --- */

static bool read_number(const char *name, const char *text, int most, int *number) {
    char *end = NULL;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > most) {
        fprintf(stderr, "%s=%s: it has to be a whole number from 1 to %d.\n", name, text, most);
        return false;
    }
    *number = (int)value;
    return true;
}

static bool read_word(const char *name, const char *text, const char *no, const char *yes,
                      bool *is) {
    *is = strcmp(text, yes) == 0;
    if (*is || strcmp(text, no) == 0)
        return true;
    fprintf(stderr, "%s=%s: it has to be %s or %s.\n", name, text, no, yes);
    return false;
}

static bool read_option(struct options *o, const char *name, const char *value) {
    if (!strcmp(name, "--study"))
        return read_number("STUDY", value, STUDIES, &o->study);
    if (!strcmp(name, "--seeds"))
        return read_number("SEEDS", value, STUDY_SEEDS, &o->seeds);
    if (!strcmp(name, "--jobs"))
        return read_number("JOBS", value, POOL_MOST, &o->jobs);
    if (!strcmp(name, "--layers"))
        return read_word("LAYERS", value, "ours", "yours", &o->yours);
    if (!strcmp(name, "--quick"))
        return read_word("QUICK", value, "no", "yes", &o->quick);
    fprintf(stderr, "experiments: there is no %s.\n", name);
    return false;
}

static bool read_options(int count, char **words, struct options *o) {
    int i = 1;
    for (; i + 1 < count && strcmp(words[i], "--") != 0; i += 2)
        if (!read_option(o, words[i], words[i + 1]))
            return false;
    if (i + 2 != count) {
        fprintf(stderr, "experiments: one folder is needed, after --.\n");
        return false;
    }
    o->folder = words[i + 1];
    if (!o->jobs) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        o->jobs = processors < 1 ? 1 : processors > POOL_MOST ? POOL_MOST : (int)processors;
    }
    return true;
}

/* Makes the folder, and the folders above it, and goes there. */
static bool enter_folder(const char *folder) {
    char *path = strdup(folder);
    for (char *slash = path; path && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    free(path);
    bool there = mkdir(folder, 0777) == 0 || errno == EEXIST;
    bool entered = there && chdir(folder) == 0;
    FILE *trial = entered ? fopen("results.json", "a") : NULL;
    if (!trial) {
        fprintf(stderr, "OUT=%s: cannot write there: %s.\n", folder, strerror(errno));
        return false;
    }
    fclose(trial);
    return true;
}

/* --- What is told --- */

/* "40 seconds", "12 minutes" */
static const char *describe_time(double seconds) {
    static char text[32];
    if (seconds < 1.5)
        snprintf(text, sizeof text, "a second");
    else if (seconds < 90)
        snprintf(text, sizeof text, "%.0f seconds", seconds);
    else
        snprintf(text, sizeof text, "%.0f minutes", seconds / 60);
    return text;
}

static void tell_plan(const struct options *o, double seconds) {
    if (o->study)
        printf("Study %d", o->study);
    else
        printf("Studies 1 to %d", STUDIES);
    printf(" through %s layers: about %s on %d processor%s.\n", o->yours ? "your" : "our fast",
           describe_time(seconds), o->jobs, o->jobs > 1 ? "s" : "");
    if (o->yours && seconds > PATIENCE)
        printf("STUDY=1 does one of them, QUICK=yes a tenth of the epochs; LAYERS=ours is some ten "
               "times faster.\n");
}

struct progress {
    const struct study *study;
    bool terminal;
    double expected, told; /* seconds this study will take; share at the last line */
};

static void show_progress(void *context, const struct pool_progress *p) {
    enum { WIDTH = 30 };
    static const char full[] = "##############################";
    struct progress *shown = context;
    /* What the first steps promised counts until the study itself says better. */
    double left =
        p->share < 0.05 ? shown->expected * (1 - p->share) : p->seconds * (1 - p->share) / p->share;
    if (shown->terminal) {
        printf("\rStudy %d  [%-*.*s] %d of %d trainings, %s left \033[K", shown->study->number,
               WIDTH, (int)(p->share * WIDTH), full, p->finished, p->count, describe_time(left));
        fflush(stdout);
    } else if (p->share >= shown->told + 0.25 && p->share < 1) {
        shown->told = p->share;
        printf("Study %d: %d of %d trainings, %s left\n", shown->study->number, p->finished,
               p->count, describe_time(left));
        fflush(stdout);
    }
}

static void tell_findings(const struct study_runs *runs) {
    struct study_verdict v;
    printf("Study %d, %s: %s\n", runs->study->number, runs->study->part, runs->study->title);
    for (int i = 0; studies_judge(runs, i, &v); i++)
        printf("  %s: %s\n    %s\n", studies_outcome_words(v.outcome), v.claim, v.found);
    fflush(stdout);
}

/* --- What is done --- */

struct work {
    struct study_runs *runs;
    double *seconds, total;
};

static int count_seeds(const struct options *o, const struct study *study) {
    /* Through layers that are much slower one seed has to do. */
    return o->seeds ? o->seeds : o->yours ? 1 : study->seeds;
}

static bool plan_study(const struct options *o, const struct model_engine *engine,
                       const struct study_settings *settings, int number, struct work *w) {
    w->runs = studies_plan(number, count_seeds(o, &studies[number - 1]), o->quick, settings);
    w->seconds = w->runs ? calloc((size_t)w->runs->count + 1, sizeof *w->seconds) : NULL;
    if (!w->seconds || !ready_estimate(w->runs, engine, w->seconds))
        return false;
    for (int i = 0; i < w->runs->count; i++)
        w->total += w->seconds[i];
    return true;
}

static bool do_study(const struct options *o, const struct model_engine *engine, struct work *w,
                     bool plot) {
    struct progress shown = {w->runs->study, isatty(STDOUT_FILENO), w->total / o->jobs, 0};
    struct pool pool = {engine, o->jobs, w->seconds, show_progress, &shown};
    enum pool_outcome outcome = pool_run(w->runs, &pool);
    if (shown.terminal)
        printf("\r\033[K");
    if (outcome == POOL_FAILED)
        fprintf(stderr, "Study %d: a training failed: %s.\n", w->runs->study->number,
                pool_trouble());
    int finished = 0;
    for (int i = 0; i < w->runs->count; i++)
        finished += w->runs->run[i].finished;
    if (!finished)
        return false;
    struct study_report report = {w->runs, o->yours ? "your layers" : "our fast layers", o->quick,
                                  false};
    if (!files_write_study(&report, plot) || !files_combine())
        exit(CALLED_WRONGLY);
    tell_findings(w->runs);
    return outcome == POOL_DONE;
}

static int do_studies(const struct options *o, const bool chosen[STUDIES],
                      const struct model_engine *engine) {
    struct study_settings settings;
    struct work work[STUDIES] = {0};
    ready_ask_settings(chosen, &settings);
    double total = 0;
    bool good = true, plot = plots_available();
    for (int i = 0; i < STUDIES && good; i++)
        if (chosen[i]) {
            good = plan_study(o, engine, &settings, i + 1, &work[i]);
            total += work[i].total;
        }
    if (good)
        tell_plan(o, total / o->jobs);
    if (!plot)
        printf("There is no gnuplot (Debian, Ubuntu: gnuplot-nox): numbers and page, no plots.\n");
    fflush(stdout);
    for (int i = 0; i < STUDIES && good && !pool_stopped(); i++)
        if (chosen[i])
            good = do_study(o, engine, &work[i], plot) && good;
    for (int i = 0; i < STUDIES; i++) {
        studies_release(work[i].runs);
        free(work[i].seconds);
    }
    return pool_stopped() ? STOPPED : good ? DONE : FOUND;
}

static void stop(int number) {
    (void)number;
    pool_stop();
}

int main(int count, char **words) {
    struct options o = {0};
    if (!read_options(count, words, &o) || !enter_folder(o.folder))
        return CALLED_WRONGLY;
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    bool chosen[STUDIES];
    for (int i = 0; i < STUDIES; i++)
        chosen[i] = !o.study || o.study == i + 1;
    if (o.yours && !ready_check_functions(chosen)) {
        fprintf(stderr, "Until then LAYERS=ours runs the studies with our layers.\n");
        return FOUND;
    }
    int code = do_studies(&o, chosen, o.yours ? &layers_engine : &fast_engine);
    if (code == STOPPED)
        printf("Stopped.  What had finished is kept.\n");
    if (code == DONE || code == STOPPED)
        printf("%s/index.html\n", o.folder);
    return code;
}
