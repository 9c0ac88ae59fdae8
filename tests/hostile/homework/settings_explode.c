/* The largest rate that is tried: every weight soon is infinite, or no number. */
#include "homework.h"

static void set(tensor *s, double kernel) {
    s->at[0] = 3;
    s->at[1] = 10;
    s->at[2] = kernel;
}
void settings_few_images(tensor *s) {
    set(s, 27);
}
void settings_shifted_edges(tensor *s) {
    set(s, 1);
}
