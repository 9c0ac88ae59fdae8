/* The layers of a box, shared by the files of this folder only.  What runs in the child between
 * clone and exec shares its parent's memory: it calls the kernel directly, allocates nothing and
 * leaves by _exit. */
#ifndef GRADUS_BOX_LAYERS_H
#define GRADUS_BOX_LAYERS_H

#include "box.h"

/* Descriptors of the child.  From EXECUTABLE on they are closed by the exec (a reader closes them
 * itself), which is what makes it safe that the filter still allows execveat and sendmsg on these
 * two numbers: afterwards nothing can open a descriptor again. */
enum {
    SLOT_PASSED = 3,
    SLOT_EXECUTABLE = SLOT_PASSED + BOX_PASSED,
    SLOT_REPORT,
    SLOT_RULESET,
    SLOT_EMPTY,
    SLOT_COUNT
};

/* The step at which a box fails once the run is over (base/deadline.h). */
#define RUN_IS_OVER "the end of the run"

/* --- filter.c --- */

/* Installs the allow-list, or a tool's list of the denied.  Returns the listener of refused calls,
 * 0 when `notify` is false (a refused call then ends the process with SIGSYS), or -1. */
int filter_install(enum box_kind kind, bool notify);
/* For a guarded tool: what is not allowed fails. */
bool filter_guard(void);
/* The only path that a box's execveat may be given. */
extern const char filter_empty_path[1];

/* --- landlock.c --- */

/* The newest version of which the kernel takes a ruleset, or 0. */
int landlock_version(void);
/* A ruleset of that version that allows the box's paths and nothing else, or -1. */
int landlock_ruleset(const struct box *box, int version);
bool landlock_enforce(int ruleset); /* in the child, after no_new_privs */
/* In the child: its own folder of /proc, which only it can name. */
bool landlock_add_self(int ruleset);

/* --- identity.c --- */

/* The next user id that no process has. */
unsigned identity_next(void);
bool identity_assume(unsigned uid); /* in the child: user, group, no supplementary groups */
/* Ends and reaps every process with this user id, however often they fork meanwhile. */
void identity_sweep(unsigned uid);

/* --- level.c --- */

int level_empty_directory(void); /* a directory that holds nothing and cannot, or -1 */
/* Whether box_level() is an answer: a momentary lack of processes leaves it without one, which must
 * not pass for a machine without layers. */
bool level_is_known(void);

#endif
