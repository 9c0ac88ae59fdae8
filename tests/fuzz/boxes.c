/* Boxes that are none (fuzz.h): what would run in a process of its own runs in this one, where the
 * sanitizers see it, or a harness plays its part.  The linker's --wrap puts these behind the names
 * of the box; how real boxes hold is tested elsewhere. */
#include "fuzz.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

box_deed *box_deed_next;

static struct fate fated;

enum { FIRST_PASSED = 3 };

/* What lay where the box has its descriptors is put back behind it. */
static int run_entry(const struct box *box) {
    int kept[BOX_PASSED];
    for (int i = 0; i < box->pass_count; i++) {
        kept[i] = dup(FIRST_PASSED + i);
        DEMAND(lseek(box->pass[i], 0, SEEK_SET) == 0);
    }
    int sources[BOX_PASSED];
    for (int i = 0; i < box->pass_count; i++)
        sources[i] = dup(box->pass[i]);
    for (int i = 0; i < box->pass_count; i++) {
        DEMAND(dup2(sources[i], FIRST_PASSED + i) >= 0);
        close(sources[i]);
    }
    int code = box->entry(box->context);
    for (int i = 0; i < box->pass_count; i++) {
        if (kept[i] >= 0)
            dup2(kept[i], FIRST_PASSED + i);
        else
            close(FIRST_PASSED + i);
        if (kept[i] >= 0)
            close(kept[i]);
    }
    return code;
}

bool __wrap_box_start(const struct box *box, struct boxed *boxed, struct fate *why_not);
void __wrap_box_wait(struct boxed *boxed, struct fate *fate);

bool __wrap_box_start(const struct box *box, struct boxed *boxed, struct fate *why_not) {
    *boxed = (struct boxed){.output = -1, .limits = box->limits};
    fated = (struct fate){.kind = FATE_EXITED};
    if (box_deed_next)
        box_deed_next(box, boxed, &fated);
    else
        fated.code = run_entry(box);
    *why_not = fated;
    return fated.kind != FATE_SETUP;
}

/* --- Workers: their judge looks whether they have ended, after it let them go on --- */

void __wrap_box_resume(struct boxed *boxed);
bool __wrap_box_ended(struct boxed *boxed, struct fate *fate);
void __wrap_box_kill(struct boxed *boxed, struct fate *fate);

void (*box_resumed)(struct fate *fate);

void __wrap_box_resume(struct boxed *boxed) {
    (void)boxed;
    box_resumed(&fated);
}

bool __wrap_box_ended(struct boxed *boxed, struct fate *fate) {
    (void)boxed;
    *fate = fated;
    return true;
}

void __wrap_box_kill(struct boxed *boxed, struct fate *fate) {
    (void)boxed;
    *fate = (struct fate){.kind = FATE_SIGNALLED, .code = SIGKILL};
}

/* --- Readers --- */

void __wrap_box_wait(struct boxed *boxed, struct fate *fate) {
    boxed->output = boxed->output >= 0 ? boxed->output : memfd_create("output", MFD_CLOEXEC);
    *fate = fated;
}
