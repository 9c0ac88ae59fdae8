/* Memos on a student's machine (memo.h): nothing is remembered. */
#include "memo.h"

bool memo_find(const char *key, int count, double *numbers) {
    (void)key;
    (void)count;
    (void)numbers;
    return false;
}

void memo_keep(const char *key, int count, const double *numbers) {
    (void)key;
    (void)count;
    (void)numbers;
}
