/* The private directory of a process: what it writes while it works, and what nobody may find
 * afterwards.  It is wiped when the process lets go of it, and when it exits in any way that it
 * knows of.  A process that is killed leaves it behind, but no longer holds its lock: the next one
 * that makes a directory of its own wipes it. */
#ifndef GRADUS_PRIVATE_H
#define GRADUS_PRIVATE_H

#include <stdbool.h>

/* A fresh directory below $TMPDIR or /tmp, of mode 0700; a process holds at most one.  The name is
 * good until private_release. */
const char *private_hold(void);
/* False when something of it is left; the name is then still below $TMPDIR. */
bool private_release(void);

#endif
