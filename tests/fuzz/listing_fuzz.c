/* What comes out of the box that reads archives: it read hostile bytes, so what it says of them is
 * hostile, too.  The first byte of the input is how it ends. */
#include "taking.h"

#include <unistd.h>

static struct input in;

static void write_frames(const struct box *box, struct boxed *boxed, struct fate *fate) {
    (void)boxed;
    enum { READ_ALL = 100, READ_GREEDY = 106 };
    uint8_t end = input_byte(&in);
    if (end >= 0x80)
        *fate = (struct fate){.kind = end % FATE_IMAGE, .code = end % 64};
    else
        fate->code = READ_ALL + end % 8;
    taking_fault = fate->kind == FATE_EXITED && (fate->code < READ_ALL || fate->code > READ_GREEDY);
    DEMAND(write(box->pass[1], in.at, in.left) == (ssize_t)in.left);
}

void fuzz_begin(void) {
    taking_begin();
    box_deed_next = write_frames;
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    in = (struct input){bytes, count};
    taking_fault = false;
    taking_demand("an archive", 10);
}
