/* Settings that would be trained until the course is over, or that no cast survives. */
#include "homework.h"

static void set(tensor *s, double epochs, double rate, double kernel) {
    s->at[0] = epochs;
    s->at[1] = rate;
    s->at[2] = kernel;
}
void settings_few_images(tensor *s) {
    set(s, 1e308, 0.01, 7);
}
void settings_shifted_edges(tensor *s) {
    set(s, 4294967297.0, 0x1p-1074, 4294967299.0);
}
