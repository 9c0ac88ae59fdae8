/* What students are not to see before they are graded. */
#ifndef CHOSEN_H
#define CHOSEN_H

int chosen_times(void);

#endif
