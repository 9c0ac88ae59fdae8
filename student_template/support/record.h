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
    bool idle;       /* it returned nothing and left every output as it was */
    bool worked;     /* it has come back otherwise since everything was forgotten */
    bool unfinished; /* it said that it is not written yet, and left every output as it was */
    bool missing;    /* there is no such function: whoever carries the call out sets it */
    double *outputs; /* all outputs as numbers, then the result */
    size_t output_count, output_room;
};

/* Fills the outputs with NaN and INT64_MIN, then remembers function and arguments; the caller sets
 * `result`.  Failing to allocate ends the program. */
struct record *record_take(int function, const union call_value *argument);
/* Behind the call: remembers what it did.  From here on nothing looks at the arguments again but to
 * compare addresses: a support function's may be gone when its test fails. */
void record_finish(struct record *r);
const struct record *record_last(void); /* NULL: no call yet */
/* The call that was given this tensor or ints to write to, or else the last one of all. */
const struct record *record_writing(const void *output);
void record_forget(void); /* no call yet */

/* Right behind the call: the number of a const parameter whose numbers it changed, or -1. */
int record_changed_input(const struct record *r);
/* The call returned nothing and every output holds what it held before, and so it was each time:
 * nothing was done at all.  (What is fed NaN and updates NaN in place has worked before.) */
bool record_did_nothing(const struct record *r);
/* The function that is to blame for a finding about `output`: record_writing, unless another one
 * that was called is missing or unfinished, as where support code calls on and adds up. */
const struct record *record_blamed(const void *output);

#endif
