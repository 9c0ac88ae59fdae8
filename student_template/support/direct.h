/* What direct.c leaves for main.c: Check runs each test in a process of its own, so this lies in
 * memory that both share. */
#ifndef GRADUS_DIRECT_H
#define GRADUS_DIRECT_H

enum { DIRECT_TEXT = 3400, DIRECT_ATTACHED = 1800, DIRECT_AWAITED = 200 };

struct direct_note {
    int share, of;          /* what the test awarded; of = 0 when it did not */
    char text[DIRECT_TEXT]; /* why it failed; Check's own messages are cut at 1 KiB on some systems
                             */
    int attached_count;
    char attached[DIRECT_ATTACHED]; /* the files that it attached */
    char awaited[DIRECT_AWAITED];   /* what it awaits, or "" */
};

extern struct direct_note *direct_notes; /* one for each test of the suite, in order */

/* Of the test that is running, and its name. */
struct direct_note *direct_note(void);
const char *direct_test(void);

/* Ends the test that is running, which has not failed. */
_Noreturn void direct_leave(void);

/* Makes the notes and watches for crashes inside the student's functions. */
void direct_begin(void);

#endif
