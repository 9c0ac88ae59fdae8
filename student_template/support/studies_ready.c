/* Tries functions before studies begin (studies_ready.h).  A function may crash or never come back:
 * each is tried in a process of its own. */
#include "studies_ready.h"

#include "homework.h"
#include "inputs.h"
#include "settings.h"
#include "studies_pool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { PATIENCE = 20, POOL_STUDY = 6 }; /* seconds; the study that needs the average pool */

/* Memory that a process leaves its answer in. */
static void *share(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* --- Is it written? --- */

static bool is_number(const tensor *t) {
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        if (isnan(t->at[i]))
            return false;
    return true;
}

/* What came of one call: its status, or UNFINISHED where an output is as it was. */
static int judge_outputs(int status, const tensor *a, const tensor *b, const tensor *c) {
    bool written = is_number(a) && (!b || is_number(b)) && (!c || is_number(c));
    return status != OK ? status : written ? OK : UNFINISHED;
}

static tensor *make(shape s) {
    return random_integers(s, 3);
}

static int try_reflect_conv2d(void) {
    tensor *y = tensor_new(SHAPE(1, 2, 5, 5));
    int status =
        reflect_conv2d(make(SHAPE(1, 1, 5, 5)), make(SHAPE(2, 1, 3, 3)), make(SHAPE(2)), y);
    return judge_outputs(status, y, NULL, NULL);
}
static int try_reflect_conv2d_backward(void) {
    tensor *dx = tensor_new(SHAPE(1, 1, 5, 5)), *dw = tensor_new(SHAPE(2, 1, 3, 3));
    tensor *db = tensor_new(SHAPE(2));
    int status = reflect_conv2d_backward(make(SHAPE(1, 1, 5, 5)), make(SHAPE(2, 1, 3, 3)),
                                         make(SHAPE(1, 2, 5, 5)), dx, dw, db);
    return judge_outputs(status, dx, dw, db);
}
static int try_max_pool(void) {
    tensor *y = tensor_new(SHAPE(1, 1, 2, 2));
    return judge_outputs(max_pool(make(SHAPE(1, 1, 4, 4)), 2, 2, y), y, NULL, NULL);
}
static int try_max_pool_backward(void) {
    tensor *dx = tensor_new(SHAPE(1, 1, 4, 4));
    int status = max_pool_backward(make(SHAPE(1, 1, 4, 4)), make(SHAPE(1, 1, 2, 2)), 2, 2, dx);
    return judge_outputs(status, dx, NULL, NULL);
}
static int try_average_pool(void) {
    tensor *y = tensor_new(SHAPE(1, 1, 2, 2));
    return judge_outputs(average_pool(make(SHAPE(1, 1, 4, 4)), 2, 2, y), y, NULL, NULL);
}
static int try_average_pool_backward(void) {
    tensor *dx = tensor_new(SHAPE(1, 1, 4, 4));
    return judge_outputs(average_pool_backward(make(SHAPE(1, 1, 2, 2)), 2, 2, dx), dx, NULL, NULL);
}
static int try_relu(void) {
    tensor *y = tensor_new(SHAPE(2, 3));
    relu(make(SHAPE(2, 3)), y);
    return judge_outputs(OK, y, NULL, NULL);
}
static int try_relu_backward(void) {
    tensor *dx = tensor_new(SHAPE(2, 3));
    relu_backward(make(SHAPE(2, 3)), make(SHAPE(2, 3)), dx);
    return judge_outputs(OK, dx, NULL, NULL);
}
static int try_global_average(void) {
    tensor *y = tensor_new(SHAPE(1, 2));
    global_average(make(SHAPE(1, 2, 3, 3)), y);
    return judge_outputs(OK, y, NULL, NULL);
}
static int try_global_average_backward(void) {
    tensor *dx = tensor_new(SHAPE(1, 2, 3, 3));
    global_average_backward(make(SHAPE(1, 2)), dx);
    return judge_outputs(OK, dx, NULL, NULL);
}
static int try_linear(void) {
    tensor *y = tensor_new(SHAPE(2, 4));
    linear(make(SHAPE(2, 3)), make(SHAPE(4, 3)), make(SHAPE(4)), y);
    return judge_outputs(OK, y, NULL, NULL);
}
static int try_linear_backward(void) {
    tensor *dx = tensor_new(SHAPE(2, 3)), *dw = tensor_new(SHAPE(4, 3));
    tensor *db = tensor_new(SHAPE(4));
    linear_backward(make(SHAPE(2, 3)), make(SHAPE(4, 3)), make(SHAPE(2, 4)), dx, dw, db);
    return judge_outputs(OK, dx, dw, db);
}
static int try_softmax_cross_entropy(void) {
    tensor *dz = tensor_new(SHAPE(2, 3));
    double loss = softmax_cross_entropy(make(SHAPE(2, 3)), ints_of(SHAPE(2), 0, 2), dz);
    return isnan(loss) ? UNFINISHED : judge_outputs(OK, dz, NULL, NULL);
}
static int try_momentum_step(void) {
    tensor *w = tensor_filled(SHAPE(3), 1);
    momentum_step(w, tensor_filled(SHAPE(3), 1), tensor_filled(SHAPE(3), 1), 0.5, 0.5);
    return w->at[0] == 1 ? UNFINISHED : judge_outputs(OK, w, NULL, NULL);
}

static const struct trial {
    const char *name;
    int (*call)(void); /* returns OK, IMPOSSIBLE or UNFINISHED */
    int study;         /* the only one that needs it; 0: all do */
} trials[] = {
    {"reflect_conv2d", try_reflect_conv2d, 0},
    {"reflect_conv2d_backward", try_reflect_conv2d_backward, 0},
    {"max_pool", try_max_pool, 0},
    {"max_pool_backward", try_max_pool_backward, 0},
    {"average_pool", try_average_pool, POOL_STUDY},
    {"average_pool_backward", try_average_pool_backward, POOL_STUDY},
    {"relu", try_relu, 0},
    {"relu_backward", try_relu_backward, 0},
    {"global_average", try_global_average, 0},
    {"global_average_backward", try_global_average_backward, 0},
    {"linear", try_linear, 0},
    {"linear_backward", try_linear_backward, 0},
    {"softmax_cross_entropy", try_softmax_cross_entropy, 0},
    {"momentum_step", try_momentum_step, 0},
};

struct attempt {
    const struct trial *trial;
    int status;
};

static void attempt(void *context) {
    struct attempt *a = context;
    random_seed(1);
    a->status = a->trial->call();
}

static bool try_function(struct attempt *a) {
    const char *death = pool_try(attempt, a, PATIENCE);
    if (death)
        fprintf(stderr, "%s fails on a small example: %s.  `make debug-6` shows where.\n",
                a->trial->name, death);
    else if (a->status == UNFINISHED)
        fprintf(stderr, "%s is not written yet.\n", a->trial->name);
    else if (a->status != OK)
        fprintf(stderr, "%s refuses an example that is possible.\n", a->trial->name);
    return !death && a->status == OK;
}

bool ready_check_functions(const bool chosen[STUDIES]) {
    struct attempt *a = share(sizeof *a);
    bool ready = a != NULL;
    for (size_t i = 0; a && i < sizeof trials / sizeof trials[0]; i++) {
        int study = trials[i].study;
        if (study && !chosen[study - 1])
            continue;
        *a = (struct attempt){&trials[i], UNFINISHED};
        ready = try_function(a) && ready;
    }
    if (a)
        munmap(a, sizeof *a);
    return ready;
}

/* --- Settings that somebody chose --- */

static const struct question {
    const char *name;
    void (*ask)(tensor *s);
    enum settings_task task;
    enum study_choice choice;
    int study;
} questions[] = {
    {"settings_few_images", settings_few_images, SETTINGS_FEW_IMAGES, STUDY_FEW, 3},
    {"settings_shifted_edges", settings_shifted_edges, SETTINGS_SHIFTED_EDGES, STUDY_SHIFT, 4},
};

struct reply {
    const struct question *question;
    double settings[SETTINGS_COUNT];
};

static void ask(void *context) {
    struct reply *r = context;
    tensor *s = tensor_new(SHAPE(SETTINGS_COUNT));
    r->question->ask(s);
    memcpy(r->settings, s->at, sizeof r->settings);
}

static void take_reply(struct reply *r, double *settings) {
    const char *death = pool_try(ask, r, PATIENCE);
    const char *why = death ? death : settings_objection(r->question->task, r->settings);
    if (!death && isnan(r->settings[0]) && isnan(r->settings[1]) && isnan(r->settings[2]))
        why = "not written yet";
    if (why)
        fprintf(stderr, "Study %d goes without the settings of %s: %s\n", r->question->study,
                r->question->name, why);
    else
        memcpy(settings, r->settings, sizeof r->settings);
}

void ready_ask_settings(const bool chosen[STUDIES], struct study_settings *settings) {
    *settings = (struct study_settings){0};
    struct reply *r = share(sizeof *r);
    for (size_t i = 0; r && i < sizeof questions / sizeof questions[0]; i++) {
        const struct question *q = &questions[i];
        *r = (struct reply){q, {NAN, NAN, NAN}};
        if (chosen[q->study - 1])
            take_reply(r, settings->chosen[q->choice]);
    }
    if (r)
        munmap(r, sizeof *r);
}
