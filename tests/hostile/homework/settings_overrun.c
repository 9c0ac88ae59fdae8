/* Writes more settings than there are, and before them. */
#include "homework.h"

void settings_few_images(tensor *s) {
    for (int i = 0; i < 100000; i++)
        s->at[i] = 1;
}
void settings_shifted_edges(tensor *s) {
    for (int i = 2; i > -100000; i--)
        s->at[i] = 1;
}
