/* What judge and worker both see: two memory files of the same layout, one page of header and then
 * the slots, one an argument.  The judge writes the input file and believes nothing in the output
 * file; the worker can write the output file only.
 *
 *     header | slot 0 | guard | slot 1 | guard | ...
 *
 * An argument's numbers end at the end of its slot, rounded up to 16 bytes, so that one number too
 * many meets the guard at once, or the canary that fills the rounding.  Another canary lies before
 * them.  Guards are wide, because a wrong stride jumps far; they cost address space, not memory.
 * The files lie at the same addresses in every worker, so the judge can tell what a faulting
 * address means, and pointers that a student prints do not change from run to run. */
#ifndef GRADUS_WIRE_H
#define GRADUS_WIRE_H

#include "public/call.h"

#include <stdatomic.h>
#include <stdint.h>

#define WIRE_INPUTS  0x600000000000UL
#define WIRE_OUTPUTS 0x610000000000UL

enum {
    WIRE_INPUT_FILE = 3, /* descriptors of the worker */
    WIRE_OUTPUT_FILE = 4,
    WIRE_HELLO = 1, /* the first reply, to no request; calls are numbered from 2 */
    WIRE_HEADER = 4096,
    WIRE_SLOTS = CALL_TENSORS,
    WIRE_SLOT = 4 << 20,
    WIRE_GUARD = 1 << 20,
    WIRE_FILE = WIRE_HEADER + WIRE_SLOTS * (WIRE_SLOT + WIRE_GUARD),
    WIRE_CANARY = 64, /* bytes before the numbers */
    WIRE_ROUNDING = 16,
    WIRE_ROOM = WIRE_SLOT - WIRE_CANARY, /* for the numbers of one argument */
    WIRE_OVERHEAD_MIB = (2 * WIRE_FILE >> 20) + 1
};

/* A signalling NaN, and no plausible integer: any arithmetic on it changes it, and is found out. */
#define WIRE_CANARY_WORD 0x7ff4c0dec0dec0deUL

struct wire_argument {
    int32_t kind; /* enum call_kind */
    int32_t slot, rank, dim[TENSOR_RANK];
    int32_t bytes;
    union {
        int64_t integer;
        double real;
    } scalar;
};

/* The header of the input file. */
struct wire_request {
    _Atomic uint32_t sequence; /* of the call that is wanted; changed last, with a wake-up */
    _Atomic uint32_t asleep;   /* the judge waits for a wake-up */
    uint32_t spin;             /* both sides own a processor */
    int32_t function, count;
    struct wire_argument argument[CALL_PARAMETERS];
};

/* What a crashing worker says last: used for wording only. */
struct wire_note {
    int32_t signal, code; /* si_code */
    int32_t no_memory;    /* the last library call had failed for want of memory */
    uint64_t address, stack_pointer, stack_base;
};

/* The header of the output file. */
struct wire_reply {
    _Atomic uint32_t sequence; /* of the call that was done */
    _Atomic uint32_t asleep;   /* the worker waits for a wake-up */
    int32_t missing;           /* the function is not in the submission */
    union {
        int64_t integer;
        double real;
    } result;
    struct wire_note note;
};

/* Where the numbers of an argument begin, relative to the file: they end a little before the slot,
 * or at it. */
static inline uint64_t wire_slot_end(int slot) {
    return WIRE_HEADER + (uint64_t)slot * (WIRE_SLOT + WIRE_GUARD) + WIRE_SLOT;
}
static inline uint64_t wire_begin(int slot, int32_t bytes) {
    uint64_t rounded = ((uint64_t)bytes + WIRE_ROUNDING - 1) / WIRE_ROUNDING * WIRE_ROUNDING;
    return wire_slot_end(slot) - rounded;
}

#endif
