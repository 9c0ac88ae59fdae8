/* Updates of weights on the CPU (cpu_parts.h), as PyTorch's optimisers compute them. */
#include "cpu_parts.h"

#include <math.h>
#include <string.h>

static void update_sgd(const struct step_settings *s, int64_t count, const float *gradient,
                       float *state, float *weights) {
    (void)state;
    for (int64_t i = 0; i < count; i++)
        weights[i] -= s->rate * gradient[i];
}

static void update_momentum(const struct step_settings *s, int64_t count, const float *gradient,
                            float *state, float *weights) {
    for (int64_t i = 0; i < count; i++) {
        state[i] = s->momentum * state[i] + gradient[i];
        weights[i] -= s->rate * state[i];
    }
}

static void update_adam(const struct step_settings *s, int64_t count, const float *gradient,
                        float *state, float *weights) {
    float *mean = state, *square = state + count;
    const float rate = s->rate / s->mean_correction, deviation = sqrtf(s->square_correction);
    for (int64_t i = 0; i < count; i++) {
        const float g = gradient[i];
        mean[i] += (1 - s->mean_decay) * (g - mean[i]);
        square[i] = s->square_decay * square[i] + (1 - s->square_decay) * g * g;
        weights[i] -= rate * mean[i] / (sqrtf(square[i]) / deviation + s->epsilon);
    }
}

void cpu_update(const struct work *w) {
    static void (*const updates[STEP_OPTIMISERS])(const struct step_settings *, int64_t,
                                                  const float *, float *, float *) = {
        update_sgd, update_momentum, update_adam};
    const int64_t count = w->bytes[ROLE_WEIGHTS] / (int64_t)sizeof(float);
    updates[w->optimiser](w->at[ROLE_SETTINGS], count, w->at[ROLE_GRADIENT], w->at[ROLE_STATE],
                          w->at[ROLE_WEIGHTS]);
    if (w->gathers)
        memset(w->at[ROLE_GRADIENT], 0, (size_t)w->bytes[ROLE_GRADIENT]);
}
