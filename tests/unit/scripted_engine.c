/* The engine that tests write the script for (scripted_engine.h).  It stops the test when it is
 * not treated as an engine must be. */
#include "scripted_engine.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct scripted *of(struct engine *e) {
    return (struct scripted *)e;
}

/* Notes the call; false when it is the one to fail. */
static bool note(struct engine *e, char event, struct trouble *t) {
    struct scripted *s = of(e);
    size_t length = strlen(s->events);
    ck_assert_uint_lt(length + 1, sizeof s->events);
    s->events[length] = event;
    s->after_trouble += s->fails_at && s->calls >= s->fails_at;
    s->calls++;
    return s->calls != s->fails_at || trouble_tell(t, TROUBLE_LOST, "call %d is lost", s->calls);
}

static int64_t half_of_records(const struct scripted *s) {
    return s->order->batch * (1 + (int64_t)s->order->record.channels * s->order->record.height *
                                      s->order->record.width);
}

static int64_t scripted_workspace(struct engine *e, const struct resnet *net, int64_t batch,
                                  enum numbers numbers, int64_t most, struct trouble *t) {
    ck_assert_int_gt(net->layer_count, 0);
    ck_assert_int_gt(batch, 0);
    (void)numbers;
    of(e)->most = most;
    return note(e, 'W', t) ? of(e)->takes : -1;
}

static bool scripted_prepare(struct engine *e, const struct work_order *order, struct trouble *t) {
    struct scripted *s = of(e);
    ck_assert_ptr_null(s->order);
    s->order = order;
    s->memory = malloc((size_t)order->arena->bytes);
    ck_assert_ptr_nonnull(s->memory);
    memset(s->memory, 0xA5, (size_t)order->arena->bytes);
    s->writes = calloc((size_t)order->step->tensor_count, sizeof *s->writes);
    ck_assert_ptr_nonnull(s->writes);
    for (int i = 0; i < 2; i++) {
        s->staged[i] = malloc((size_t)half_of_records(s));
        ck_assert_ptr_nonnull(s->staged[i]);
    }
    e->granted = order->arena->bytes;
    return note(e, 'P', t);
}

static bool scripted_write(struct engine *e, int tensor, const void *bytes, int64_t count,
                           struct trouble *t) {
    struct scripted *s = of(e);
    const struct step_tensor *to = &s->order->step->tensors[tensor];
    ck_assert(to->stays);
    ck_assert_int_eq(count, step_bytes(to, s->order->batch));
    memcpy(s->memory + s->order->arena->offset[tensor], bytes, (size_t)count);
    s->writes[tensor]++;
    return note(e, 'R', t);
}

static unsigned char *scripted_stage(struct engine *e, struct trouble *t) {
    struct scripted *s = of(e);
    unsigned char *staged = s->staged[s->steps % 2];
    memset(staged, 0xA5, (size_t)half_of_records(s));
    return note(e, 'S', t) ? staged : NULL;
}

static bool scripted_run(struct engine *e, enum engine_mode mode,
                         const struct step_settings *settings, struct trouble *t) {
    struct scripted *s = of(e);
    ck_assert_int_lt(s->steps - s->waited, 2);
    ck_assert_int_lt(s->steps, SCRIPTED_STEPS);
    ck_assert_int_le(s->order->batch, SCRIPTED_BATCH);
    int64_t record = half_of_records(s) / s->order->batch;
    for (int64_t i = 0; i < s->order->batch; i++) {
        const unsigned char *at = s->staged[s->steps % 2] + i * record;
        int image = at[1] << 8 | at[2];
        s->saw[s->steps][i] = at[0] == 255 ? -1 : image;
        for (int64_t k = 1; k < record && at[0] == 255; k++)
            ck_assert_int_eq(at[k], 0);
        if (at[0] != 255)
            ck_assert_int_eq(at[0], image % 10);
    }
    s->modes[s->steps] = mode;
    s->settings[s->steps] = *settings;
    s->steps++;
    return note(e, 'U', t);
}

static bool scripted_wait(struct engine *e, struct step_result *result, struct trouble *t) {
    struct scripted *s = of(e);
    ck_assert_int_lt(s->waited, s->steps);
    int images = 0, step = ++s->waited;
    for (int64_t i = 0; i < s->order->batch; i++)
        images += s->saw[step - 1][i] >= 0;
    *result = (struct step_result){(float)(step * images), step};
    if (step == s->not_finite_at)
        result->loss = step % 2 ? NAN : INFINITY;
    return note(e, 'A', t);
}

static const struct engine_class scripted_class = {.name = "script",
                                                   .workspace = scripted_workspace,
                                                   .prepare = scripted_prepare,
                                                   .write = scripted_write,
                                                   .stage = scripted_stage,
                                                   .run = scripted_run,
                                                   .wait = scripted_wait};

struct scripted *scripted_open(void) {
    struct scripted *s = calloc(1, sizeof *s);
    ck_assert_ptr_nonnull(s);
    s->engine.class = &scripted_class;
    s->takes = 1000;
    return s;
}

void scripted_close(struct scripted *s) {
    free(s->memory);
    free(s->writes);
    free(s->staged[0]);
    free(s->staged[1]);
    free(s);
}
