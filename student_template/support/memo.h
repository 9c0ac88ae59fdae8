/* Remembering what took long to find out: numbers under a key.  Provided by the runner: the judge
 * keeps them in a directory of the grader's own, from submission to submission; on a laptop nothing
 * is remembered.  What support code stores must depend on its key alone. */
#ifndef GRADUS_MEMO_H
#define GRADUS_MEMO_H

#include <stdbool.h>

enum { MEMO_KEY = 512, MEMO_NUMBERS = 64 };

/* True when `count` numbers are remembered under just this key. */
bool memo_find(const char *key, int count, double *numbers);
void memo_keep(const char *key, int count, const double *numbers);

#endif
