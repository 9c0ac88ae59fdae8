/* What the fuzz harnesses share.  Each NAME_fuzz.c defines fuzz_one, which hands hostile bytes to
 * one part of the grader and then demands what must be true of the outcome, whatever they were.
 *
 * The grader's own fault() and refuse() need no stand-in: they leave by exit, which libFuzzer
 * reports as a finding, and that is right, since no byte from outside may make a fault of ours.
 * Leaks, reads and writes out of bounds, and undefined behaviour are found by the sanitizers.
 * Processes are not started: boxes.c and judges of verdicts_fuzz.c stand behind the names of what
 * would start them (the linker's --wrap), so that all else is the code that grades. */
#ifndef GRADUS_FUZZ_H
#define GRADUS_FUZZ_H

#include "base/text.h"
#include "box/box.h"
#include "score/card.h"

#include <stdint.h>

/* Bytes of one run; they are at `bytes` and end after `count`. */
void fuzz_one(const uint8_t *bytes, size_t count);
/* Called once, before the first run; harnesses that need nothing do not define it. */
void fuzz_begin(void);

/* --- Demands --- */

#define DEMAND(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *demand);

/* Valid UTF-8 without controls and format characters but LF and TAB, found out in another way than
 * text_add_clean does. */
void demand_clean(const char *bytes, size_t count);
/* The same, and no LF and TAB either. */
void demand_line(const char *bytes);
/* In one run of eight, every exporter's whole output for this card: clean, JSON where it should be,
 * colours closed, and the sum of the points as they are shown equal to the total. */
void demand_exports(const struct card *card);

/* --- Parts of the input --- */

struct input {
    const uint8_t *at;
    size_t left;
};
uint8_t input_byte(struct input *in); /* 0 at the end */
/* Fills `count` bytes at `out`, with zeros behind the end. */
void input_fill(struct input *in, void *out, size_t count);
/* A string of at most `room` - 1 bytes, ended in the input by a NUL or its end. */
void input_string(struct input *in, char *out, size_t room);

/* --- Files --- */

/* A memory file with these bytes, and the path under which this process can open it. */
int memory_file(const void *bytes, size_t count);
const char *memory_path(int file);
/* A private folder in memory where there is one; removed when the harness ends. */
const char *fuzz_folder(void);
/* Writes FOLDER/NAME; folders on the way are made. */
void folder_put(const char *name, const void *bytes, size_t count);

/* --- Boxes (boxes.c) --- */

/* What the next box does, in this process: NULL stands for running the reader's own entry. */
typedef void box_deed(const struct box *box, struct boxed *boxed, struct fate *fate);
extern box_deed *box_deed_next;
/* What a worker does while its judge waits; where it has not replied then, it has come to `fate`.
 */
extern void (*box_resumed)(struct fate *fate);

#endif
