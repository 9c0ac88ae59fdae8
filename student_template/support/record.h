/* The last call to each function of the homework, as it was before it was made: what a student is
 * shown when a test fails, and what tells whether an input was changed or an output was left alone.
 */
#ifndef GRADUS_RECORD_H
#define GRADUS_RECORD_H

#include "call.h"

#include <stdbool.h>

struct record {
    int function; /* its number */
    bool known;   /* false: it was not called yet */
    union call_value result;
    union call_value made[CALL_PARAMETERS];     /* as the caller passed them */
    union call_value argument[CALL_PARAMETERS]; /* tensors are copies from before the call */
    tensor tensor[CALL_PARAMETERS];
    ints ints[CALL_PARAMETERS];
    void *room[CALL_PARAMETERS]; /* memory of the copies, kept from call to call */
    size_t size[CALL_PARAMETERS];
};

/* Fills the outputs with NaN and INT64_MIN, then remembers function and arguments; the caller sets
 * `result`.  What the arguments point to must stay until record_forget.  Failing to allocate ends
 * the program. */
struct record *record_take(int function, const union call_value *argument);
const struct record *record_last(void); /* NULL: no call yet */
/* The call that was given this tensor or ints to write to, or else the last one of all. */
const struct record *record_writing(const void *output);
void record_forget(void); /* no call yet */

/* The number of a const parameter whose numbers are no longer those of before the call, or -1. */
int record_changed_input(const struct record *r);
/* The call returned nothing and every output holds what it held before: nothing was done at all. */
bool record_did_nothing(const struct record *r);
/* All outputs of the call as numbers, then its result: what `out` (or NULL) receives, up to `room`.
 * Returns how many there are. */
int64_t record_outputs(const struct record *r, double *out, int64_t room);

#endif
