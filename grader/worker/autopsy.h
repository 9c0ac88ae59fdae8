/* From the end of a worker to a verdict. */
#ifndef GRADUS_AUTOPSY_H
#define GRADUS_AUTOPSY_H

#include "box/box.h"
#include "judge/verdict.h"
#include "worker/wire.h"

/* Before its hello: a constructor, or start-up itself. */
void autopsy_before_main(const struct fate *fate, const struct limits *limits, struct verdict *v);

/* In a call: `note` is a copy of what the worker said last and only chooses words; `request` is our
 * own, and says which argument lay in which slot. */
void autopsy_in_call(const struct fate *fate, const struct limits *limits,
                     const struct wire_note *note, const struct wire_request *request,
                     const struct call_function *f, struct verdict *v);

#endif
