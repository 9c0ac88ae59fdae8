/* Sentences on the use of memory (sentence.h): what Valgrind saw, as advice.  Knows kinds of
 * mistakes; no points. */
#include "score/sentence.h"

#include <inttypes.h>

/* `what` is told after the place; READ and WRITE tell where as well. */
static const struct {
    const char *id, *what, *made;
} kinds[] = {
    [MEMORY_READ] = {"invalid_read", "reads", "allocated"},
    [MEMORY_WRITE] = {"invalid_write", "writes", "allocated"},
    [MEMORY_JUMP] = {"invalid_jump", "calls an address that holds no function", "allocated"},
    [MEMORY_FREE] = {"invalid_free",
                     "frees what cannot be freed: not what malloc gave, or freed before",
                     "allocated"},
    [MEMORY_OVERLAP] = {"overlap",
                        "copies between two places that overlap: use memmove instead of memcpy",
                        "allocated"},
    [MEMORY_UNSET] = {"uninitialised", "uses a value that was never set", "made"},
    [MEMORY_HANDED] = {"uninitialised_result",
                       "makes a value that is never set and that the test then uses", "made"},
    [MEMORY_SIZE] = {"impossible_size", "asks for a negative number of bytes", "made"},
    [MEMORY_LEAK] = {"leak", "allocates what nothing frees and nothing points to any more",
                     "allocated"},
};

/* With the size of the block in between. */
static const struct {
    const char *before, *after;
} blocks[] = {
    [MEMORY_NOWHERE] = {"at an address where nothing of yours is", ""},
    [MEMORY_BEHIND] = {"behind the end of a block", ""},
    [MEMORY_BEFORE] = {"before the beginning of a block", ""},
    [MEMORY_FREED] = {"in a block", " that was freed"},
};

/* Completes "Problem 3, Title, …". */
static const char *const ends[] = {
    [MEMORY_WHOLE] = "",
    [MEMORY_TIME] = "was stopped because it took too long, so that leaks and the tests after that "
                    "were not seen",
    [MEMORY_OUTPUT] =
        "was stopped because it printed or wrote too much, so that leaks and the tests after "
        "that were not seen",
    [MEMORY_EARLY] = "ended before its last test, by a crash, an endless loop or exit, so that "
                     "the tests after that were not seen",
    [MEMORY_UNREAD] = "disturbed what Valgrind writes, so that not all of it could be read",
    [MEMORY_UNBUILT] = "has no program that could be watched",
    [MEMORY_UNLINKED] = "does not link with the public tests: make check says why",
    [MEMORY_HINDERED] = "was not watched: there was no time left, or the machine failed us",
};

const char *sentence_memory_id(enum memory_kind kind) {
    return kinds[kind].id;
}

const char *sentence_memory_state_id(const struct memory_problem *p) {
    return p->finding_count > 0 ? "findings" : p->end == MEMORY_WHOLE ? "clean" : "not_checked";
}

static void add_count(struct text *out, int64_t count, const char *one) {
    text_add(out, "%" PRId64 " %s%s", count, one, count == 1 ? "" : "s");
}

static void add_where(const struct memory_finding *f, struct text *out) {
    text_add(out, " ");
    if (f->bytes > 0) {
        add_count(out, f->bytes, "byte");
        text_add(out, " ");
    }
    text_add(out, "%s", blocks[f->block].before);
    if (f->block_bytes > 0) {
        text_add(out, " of ");
        add_count(out, f->block_bytes, "byte");
    }
    text_add(out, "%s", blocks[f->block].after);
}

void sentence_memory(const struct memory_finding *f, struct text *out) {
    bool leak = f->kind == MEMORY_LEAK;
    sentence_add_line(out, f->file);
    text_add(out, ":%d", f->line);
    if (f->function[0]) {
        text_add(out, ", in ");
        sentence_add_line(out, f->function);
    }
    text_add(out, ": %s", kinds[f->kind].what);
    if (f->kind == MEMORY_READ || f->kind == MEMORY_WRITE)
        add_where(f, out);
    if (leak) {
        text_add(out, ": ");
        add_count(out, f->bytes, "byte");
        text_add(out, " in ");
        add_count(out, f->count, "block");
    }
    if (f->origin) {
        text_add(out, " (%s at ", f->block == MEMORY_FREED ? "freed" : kinds[f->kind].made);
        sentence_add_line(out, f->origin);
        text_add(out, ":%d)", f->origin_line);
    }
    if (!leak && f->count > 1)
        text_add(out, ", %" PRId64 " times", f->count);
    if (f->test)
        text_add(out, ", %sin the test %s", f->count > 1 ? "first " : "", f->test->name);
    text_add(out, ".");
}

void sentence_memory_problem(const struct memory_problem *p, struct text *out) {
    text_add(out, "Problem %d, %s%s%s", p->problem->number, p->problem->title,
             p->end == MEMORY_WHOLE ? "" : ", ", ends[p->end]);
    if (p->finding_count > 0) {
        text_add(out, ": ");
        add_count(out, (int64_t)p->finding_count + p->left_out, "line");
        text_add(out, " to look at%s.", p->left_out > 0 ? ", of which these come first" : "");
    } else {
        text_add(out, "%s", p->end == MEMORY_WHOLE ? ": nothing found." : ".");
    }
}

void sentence_memory_note(const struct memory *m, struct text *out) {
    static const char *const notes[] = {
        [MEMORY_LACKS_NOTHING] =
            "Memory (advice, no points): Valgrind watched your code in the public tests. It sees "
            "nothing of what code asks it not to see.",
        [MEMORY_LACKS_VALGRIND] = "Memory (advice, no points): not looked at, because this machine "
                                  "has no Valgrind.",
        [MEMORY_LACKS_LAYERS] =
            "Memory (advice, no points): not looked at, because this machine lacks Landlock, which "
            "would confine what Valgrind runs.",
    };
    text_add(out, "%s", notes[m->lack]);
}

void sentence_memory_all(const struct memory *m, struct text *out) {
    sentence_memory_note(m, out);
    text_add(out, "\n");
    for (int i = 0; i < m->problem_count; i++) {
        const struct memory_problem *p = &m->problems[i];
        text_add(out, "  ");
        sentence_memory_problem(p, out);
        text_add(out, "\n");
        for (int k = 0; k < p->finding_count; k++) {
            text_add(out, "    ");
            sentence_memory(&p->finding[k], out);
            text_add(out, "\n");
        }
    }
}
