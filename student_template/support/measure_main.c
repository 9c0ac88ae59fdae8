/* gradus trainer: measures what the planner promised, on a GPU or as a rehearsal on the CPU.  Knows
 * what people ask for and what they are told.
 *
 *   trainer [--net 18] [--precision fp32|tf32|bf16] [--levers NAME,NAME,...] [--data FOLDER]
 *           [--seed N] [--epochs N] [--cpu yes] [--quick yes] [--speed BATCH] -- FOLDER */
#include "measure_files.h"
#include "measure_ledger.h"
#include "measure_report.h"
#include "measure_yours.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DONE = 0, FOUND = 1, UNABLE = 2, STOPPED = 130 };

struct asked {
    struct measure_options options;
    int64_t speed; /* only so fast is this batch; 0: everything */
    const char *folder;
};

/* --- What is asked for --- */

static bool refuse(const char *option, const char *text, const char *allowed) {
    fprintf(stderr, "%s=%s: it has to be %s.\n", option, text, allowed);
    return false;
}

static bool read_number(const char *option, const char *text, int64_t most, int64_t *number) {
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > most) {
        fprintf(stderr, "%s=%s: it has to be a whole number from 1 to %lld.\n", option, text,
                (long long)most);
        return false;
    }
    *number = value;
    return true;
}

static bool read_answer(const char *option, const char *text, bool *yes) {
    *yes = strcmp(text, "yes") == 0;
    return *yes || strcmp(text, "no") == 0 || refuse(option, text, "no or yes");
}

static bool read_precision(const char *text, struct measure_options *o) {
    static const char *const words[] = {"fp32", "tf32", "bf16"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, words[i]) == 0) {
            o->numbers = (enum numbers)i;
            o->numbers_chosen = true;
            return true;
        }
    return refuse("PRECISION", text, "fp32, tf32 or bf16");
}

static bool read_levers(const char *text, unsigned *levers) {
    static const char *const names[] = {"renormalise", "reproject", "checkpoint", "fused-update"};
    static const unsigned bits[] = {STEP_RENORMALISE, STEP_REPROJECT, STEP_CHECKPOINT,
                                    STEP_FUSED_UPDATE};
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < 4 && (strlen(names[i]) != length || strncmp(names[i], at, length) != 0))
            i++;
        if (i == 4)
            return refuse("LEVERS", text,
                          "names with commas between: renormalise, reproject, checkpoint, "
                          "fused-update");
        *levers |= bits[i];
        at += length + (at[length] == ',');
    }
    return true;
}

static bool read_option(const char *name, const char *text, struct asked *a) {
    struct measure_options *o = &a->options;
    int64_t number = 0;
    if (strcmp(name, "--net") == 0) {
        struct resnet_plan plan;
        if (read_number("NET", text, 1000, &number) && resnet_find((int)number, &plan)) {
            o->depth = (int)number;
            return true;
        }
        return number > 0 && refuse("NET", text, "one of 18, 34, 50, 101, 152");
    }
    if (strcmp(name, "--epochs") == 0) {
        bool good = read_number("EPOCHS", text, MEASURE_EPOCHS, &number);
        o->epochs = (int)number;
        return good;
    }
    if (strcmp(name, "--seed") == 0) {
        bool good = read_number("SEED", text, INT64_MAX, &number);
        o->seed = (uint64_t)number;
        return good;
    }
    if (strcmp(name, "--data") == 0) {
        o->data = text;
        return true;
    }
    if (strcmp(name, "--precision") == 0)
        return read_precision(text, o);
    if (strcmp(name, "--levers") == 0)
        return read_levers(text, &o->levers);
    if (strcmp(name, "--cpu") == 0)
        return read_answer("CPU", text, &o->cpu);
    if (strcmp(name, "--quick") == 0)
        return read_answer("QUICK", text, &o->quick);
    if (strcmp(name, "--speed") == 0)
        return read_number("BATCH", text, 1 << 20, &a->speed);
    fprintf(stderr, "trainer: there is no %s; the first lines of measure_main.c list what is.\n",
            name);
    return false;
}

static bool read_options(int count, char **words, struct asked *a) {
    int i = 1;
    *a = (struct asked){.options = {.depth = 18, .seed = 1}};
    for (; i + 1 < count && strcmp(words[i], "--") != 0; i += 2)
        if (!read_option(words[i], words[i + 1], a))
            return false;
    if (i + 2 != count) {
        fprintf(stderr, "trainer: one folder is needed, after --.\n");
        return false;
    }
    a->folder = words[i + 1];
    return true;
}

/* --- What is told --- */

struct telling {
    const struct measurement *m;
    bool terminal;
    double told; /* share at the last line */
};

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

static void tell_device(const struct telling *to) {
    const struct measure_record *d = &to->m->device;
    const struct measure_scale s = measure_scale_of(to->m->options, d);
    static const char *const precisions[] = {"fp32", "tf32", "bf16"};
    const char *precision = precisions[measure_numbers(to->m->options, d)];
    if (s.blocks > 0)
        printf("This is a rehearsal (%s): the same parts on %s, with networks of one block a "
               "stage, %d channels and images of %d x %d.\n",
               d->no_gpu, d->facts.name, s.width, s.pixels, s.pixels);
    else
        printf("%s, driver %s, %s\n", d->facts.name, d->facts.driver, d->facts.libraries);
    printf("%s: %lld images to train with; %s; into %s\n", d->data, (long long)d->training_images,
           precision, to->m->folder);
}

static void tell_start(void *context, const struct measure_piece *p, bool known) {
    struct telling *to = context;
    to->told = 0;
    if (!p)
        tell_device(to);
    else if (known)
        printf("  %-14s measured before\n", p->name);
    fflush(stdout);
}

static void tell_share(void *context, const struct measure_piece *p, double share, double left) {
    struct telling *to = context;
    char time[48] = "";
    if (left >= 0)
        snprintf(time, sizeof time, ", %s left in all", describe_time(left));
    if (to->terminal)
        printf("\r  %-14s %3.0f %%%s \033[K", p->name, 100 * share, time);
    else if (share >= to->told + 0.25 && share < 1) {
        to->told = share;
        printf("  %-14s %3.0f %%%s\n", p->name, 100 * share, time);
    }
    fflush(stdout);
}

static bool write_report(const struct measurement *m, bool drawn, struct trouble *t) {
    char *text = measure_report(m, drawn);
    bool done = text ? measure_write(m->folder, "gpu_report.json", text, strlen(text), t)
                     : trouble_tell(t, TROUBLE_DISK, "there is no memory for the report");
    free(text);
    return done;
}

static void tell_end(void *context, const struct measurement *m, const struct measure_piece *p,
                     const struct measure_record *r) {
    const struct telling *to = context;
    struct trouble ignored = {TROUBLE_NONE, 0, 0, ""}; /* the last report is told about */
    if (to->terminal)
        printf("\r\033[K");
    if (r->trouble.kind != TROUBLE_NONE)
        printf("  %-14s failed: %s.\n", p->name, r->trouble.words);
    else if (r->epoch_count > 0)
        printf("  %-14s %8.1f MiB, %.1f s, accuracy %.1f %%\n", p->name,
               (double)r->at[MOMENT_PEAK].seen / (1 << 20), r->seconds,
               100 * r->epochs[r->epoch_count - 1].accuracy);
    else
        printf("  %-14s %8.1f MiB\n", p->name,
               (double)r->at[p->kind == MEASURE_CONTEXT ? MOMENT_LOADED : MOMENT_PEAK].seen /
                   (1 << 20));
    fflush(stdout);
    write_report(m, false, &ignored);
}

/* --- What is done --- */

/* What exists is written in any case; an exit code of the first trouble. */
static int conclude(const struct measurement *m, enum measure_outcome outcome, struct trouble *t) {
    struct trouble late = {TROUBLE_NONE, 0, 0, ""};
    bool drawn = false, any = m->count > 0;
    if (any && outcome != MEASURED_UNSAVED) {
        bool written = measure_plot(m, &drawn, &late) && write_report(m, drawn, &late) &&
                       measure_write_printed(m->folder, "ledger.txt", ledger_print, m, &late);
        if (!written)
            fprintf(stderr, "%s.\n", late.words);
    }
    if (any) {
        printf("\n");
        ledger_print(m, stdout);
        printf("\n");
        measure_print_yours(m);
    }
    if (t->kind != TROUBLE_NONE)
        fprintf(stderr, "%s.\n", t->words);
    if (outcome == MEASURED_NOTHING && !m->device.facts.gpu && t->kind != TROUBLE_DATA &&
        t->kind != TROUBLE_PLAN)
        fprintf(stderr, "CPU=yes rehearses without the GPU.\n");
    if (outcome == MEASURE_STOPPED)
        printf("Stopped.  The same command goes on after the last piece that was measured.\n");
    if (any && !drawn && outcome != MEASURED_UNSAVED)
        printf(
            "No plots: there is no gnuplot (Debian, Ubuntu: gnuplot-nox), or nothing to draw.\n");
    if (any && late.kind == TROUBLE_NONE && outcome != MEASURED_UNSAVED)
        printf("%s/gpu_report.json\n", m->folder);
    if (outcome == MEASURE_STOPPED)
        return STOPPED;
    if (outcome == MEASURED_NOTHING || outcome == MEASURED_UNSAVED || late.kind != TROUBLE_NONE)
        return UNABLE;
    return outcome == MEASURED ? DONE : FOUND;
}

static void ignore_share(void *context, double share) {
    (void)context;
    (void)share;
}

/* Only the speed of one batch, as JSON. */
static int do_speed(const struct asked *a) {
    static struct measure_record device, found;
    const struct measure_piece find = {.kind = MEASURE_DEVICE, .name = "device"};
    if (!measure_apart(measure_do, &a->options, NULL, &find, ignore_share, NULL, &device))
        return STOPPED;
    if (device.trouble.kind == TROUBLE_NONE) {
        const struct measure_piece speed = measure_speed(&a->options, &device, a->speed);
        if (!measure_apart(measure_do, &a->options, &device, &speed, ignore_share, NULL, &found))
            return STOPPED;
    }
    const struct trouble *t = device.trouble.kind ? &device.trouble : &found.trouble;
    if (t->kind != TROUBLE_NONE) {
        fprintf(stderr, "%s.\n", t->words);
        return UNABLE;
    }
    char *text = measure_describe(&found);
    if (text)
        printf("%s\n", text);
    free(text);
    return text ? DONE : UNABLE;
}

static void stop(int number) {
    (void)number;
    measure_stop();
}

int main(int count, char **words) {
    static struct measurement m;
    struct asked a;
    struct trouble t = {TROUBLE_NONE, 0, 0, ""};
    if (!read_options(count, words, &a))
        return UNABLE;
    /* Asked twice, it ends at once, whatever it waits for. */
    struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (a.speed > 0)
        return do_speed(&a);
    if (measure_enter(a.folder, &t) < 0) {
        fprintf(stderr, "%s.\n", t.words);
        return UNABLE;
    }
    m.options = &a.options;
    m.folder = a.folder;
    struct telling telling = {&m, isatty(STDOUT_FILENO), 0};
    const struct measure_news news = {tell_start, tell_share, tell_end, &telling};
    enum measure_outcome outcome = measure_run(&m, measure_do, &news, &t);
    return conclude(&m, outcome, &t);
}
