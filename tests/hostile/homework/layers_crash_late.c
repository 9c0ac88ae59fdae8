/* Every layer is quick and wrong, and in the third step of a training the program ends in the
 * middle of the homework's own support code. */
#include "homework.h"

#include <string.h>

static void fill(tensor *t, double number) {
    int64_t count = 1;
    for (int i = 0; i < t->rank; i++)
        count *= t->dim[i];
    for (int64_t i = 0; i < count; i++)
        t->at[i] = number;
}
void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    (void)x, (void)w, (void)b;
    fill(y, 1e308);
}
void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    (void)x, (void)w, (void)dy;
    fill(dx, 1e308);
    fill(dw, -1e308);
    fill(db, 1e308);
}
double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    static int call;
    (void)labels;
    fill(dz, 0);
    if (z->dim[0] > 2 && z->dim[1] == 3 && ++call == 3)
        *(volatile int *)8 = call;
    return 1e308;
}
void settings_few_images(tensor *s) { /* judged as ever, behind the crash */
    memcpy(s->at, (const double[]){1, 0.01, 7}, 3 * sizeof *s->at);
}
