/* From Valgrind's XML to findings (memory.h).  The XML was written in a process that held student
 * code, so it may be anything: expat parses it in a box that holds nothing else, a document type
 * (and with it every entity) ends it, and what comes back is a struct of fixed size whose numbers
 * are compared with what there is before they are believed. */
#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "memory/stage.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What crosses.  Files and tests are indices, or -1. */
struct found {
    int32_t kind, block, file, line, origin, origin_line, test;
    int64_t count, bytes, block_bytes;
    char function[MEMORY_NAME];
};
enum answer_state { ANSWERED_WHOLE, ANSWERED_CUT, ANSWERED_NOTHING };
struct answer {
    int32_t state, count, left_out;
    struct found found[MEMORY_FINDINGS];
};

/* --- In the box --- */

enum { READER_IN = 3, READER_OUT = 4, TEXT = 1024, FOUND = 1000, CHUNK = 64 * KIB };

struct frame {
    int file, line;
    bool ours; /* of the submission */
    char function[MEMORY_NAME];
};

struct reading {
    const struct intake *intake;
    const struct problem *problem;
    const char *sources;
    XML_Parser parser;
    bool seen; /* there is something */
    char text[TEXT];
    size_t length;
    /* The frame, the stack (1 is where it happened, 2 where the block comes from) and the error
     * that are being read. */
    struct frame frame, top[3];
    int stack;
    struct found now;
    uint64_t unique, counted;
    int64_t count;
    /* All so far; `of` says of which finding an error is one. */
    struct found found[FOUND];
    int found_count, error_count;
    struct {
        uint64_t unique;
        int of;
    } errors[FOUND];
};

static const struct {
    const char *name;
    enum memory_kind kind;
} kinds[] = {{"InvalidRead", MEMORY_READ},        {"InvalidWrite", MEMORY_WRITE},
             {"InvalidJump", MEMORY_JUMP},        {"InvalidFree", MEMORY_FREE},
             {"MismatchedFree", MEMORY_FREE},     {"Overlap", MEMORY_OVERLAP},
             {"UninitCondition", MEMORY_UNSET},   {"UninitValue", MEMORY_UNSET},
             {"SyscallParam", MEMORY_UNSET},      {"FishyValue", MEMORY_SIZE},
             {"Leak_DefinitelyLost", MEMORY_LEAK}};

static int64_t number(const char *text) {
    long long n = strtoll(text, NULL, 10);
    return n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : n;
}

static int64_t number_after(const char *text, const char *words) {
    const char *at = strstr(text, words);
    return at ? number(at + strlen(words)) : 0;
}

static void end_kind(struct reading *r) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(r->text, kinds[i].name) == 0)
            r->now.kind = (int32_t)kinds[i].kind;
}

static void end_what(struct reading *r) {
    r->now.bytes = number_after(r->text, "of size ");
    if (r->now.kind == MEMORY_UNSET && strstr(r->text, "unaddressable"))
        r->now.kind = MEMORY_READ;
}

/* "Address 0x4a8a0a8 is 0 bytes after a block of size 24 alloc'd"; the stack follows. */
static void end_auxiliary(struct reading *r) {
    if (r->stack != 1)
        return;
    r->now.block = strstr(r->text, " free'd")           ? MEMORY_FREED
                   : strstr(r->text, " after a block")  ? MEMORY_BEHIND
                   : strstr(r->text, " before a block") ? MEMORY_BEFORE
                                                        : MEMORY_NOWHERE;
    if (r->now.block != MEMORY_NOWHERE)
        r->now.block_bytes = number_after(r->text, " block of size ");
}

static void end_unique(struct reading *r) {
    r->unique = strtoull(r->text, NULL, 0);
}
static void end_count(struct reading *r) {
    r->count = number(r->text);
}
static void end_leaked_bytes(struct reading *r) {
    r->now.bytes = number(r->text);
}
static void end_leaked_blocks(struct reading *r) {
    r->now.count = number(r->text);
}
static void end_line(struct reading *r) {
    r->frame.line = (int)number(r->text);
}
static void end_function(struct reading *r) {
    memcpy(r->frame.function, r->text, sizeof r->frame.function - 1);
}
static void end_directory(struct reading *r) {
    r->frame.ours = strncmp(r->text, r->sources, strlen(r->sources)) == 0;
}
static void end_file(struct reading *r) {
    for (int i = 0; i < r->intake->file_count; i++) {
        const struct intake_file *f = &r->intake->files[i];
        bool taken = f->fate == INTAKE_TAKEN || f->fate == INTAKE_HELPER;
        if (taken && strcmp(f->name, r->text) == 0)
            r->frame.file = i;
    }
}

/* The suite's function of a test is called NAME__body. */
static int find_test(const struct problem *p, const char *function) {
    static const char ending[] = "__body";
    const char *at = strstr(function, ending);
    for (int i = 0; at && i < p->block_count; i++)
        if (p->blocks[i].role == ROLE_TEST && !at[sizeof ending - 1] &&
            strlen(p->blocks[i].name) == (size_t)(at - function) &&
            strncmp(p->blocks[i].name, function, (size_t)(at - function)) == 0)
            return i;
    return -1;
}

static void end_frame(struct reading *r) {
    struct frame *top = &r->top[r->stack <= 2 ? r->stack : 0];
    if (r->frame.ours && r->frame.file >= 0 && top->file < 0)
        *top = r->frame;
    if (r->stack == 1 && r->now.test < 0)
        r->now.test = find_test(r->problem, r->frame.function);
}

/* One finding a kind and line. */
static int place(struct reading *r) {
    for (int i = 0; i < r->found_count; i++) {
        struct found *f = &r->found[i];
        if (f->kind != r->now.kind || f->file != r->now.file || f->line != r->now.line)
            continue;
        f->count += r->now.count;
        if (f->kind == MEMORY_LEAK)
            f->bytes += r->now.bytes;
        return i;
    }
    if (r->found_count == FOUND)
        return -1;
    r->found[r->found_count] = r->now;
    return r->found_count++;
}

/* What no line of the submission did or made is none of its mistakes.  A value that was never set
 * is often noticed only when a test compares it: then the line that made it counts. */
static void end_error(struct reading *r) {
    const struct frame *at = &r->top[1], *from = &r->top[2];
    bool made = r->now.kind == MEMORY_UNSET || r->now.block != MEMORY_NOWHERE;
    if (at->file < 0 && r->now.kind == MEMORY_UNSET) {
        at = from;
        made = false;
        r->now.kind = MEMORY_HANDED;
    }
    if (r->now.kind < 0 || at->file < 0)
        return;
    r->now.file = at->file;
    r->now.line = at->line;
    memcpy(r->now.function, at->function, sizeof r->now.function);
    if (made && from->file >= 0) {
        r->now.origin = from->file;
        r->now.origin_line = from->line;
    }
    int of = place(r);
    if (of >= 0 && r->error_count < FOUND) {
        r->errors[r->error_count].unique = r->unique;
        r->errors[r->error_count++].of = of;
    }
}

/* At the end stands how often each error happened; leaks count in blocks instead. */
static void end_pair(struct reading *r) {
    for (int i = 0; i < r->error_count; i++) {
        struct found *f = &r->found[r->errors[i].of];
        if (r->errors[i].unique == r->unique && f->kind != MEMORY_LEAK)
            f->count += r->count;
    }
}

static const struct {
    const char *name;
    void (*ended)(struct reading *r);
} elements[] = {{"kind", end_kind},
                {"what", end_what},
                {"auxwhat", end_auxiliary},
                {"unique", end_unique},
                {"count", end_count},
                {"leakedbytes", end_leaked_bytes},
                {"leakedblocks", end_leaked_blocks},
                {"fn", end_function},
                {"dir", end_directory},
                {"file", end_file},
                {"line", end_line},
                {"frame", end_frame},
                {"error", end_error},
                {"pair", end_pair}};

static void XMLCALL begin_element(void *context, const XML_Char *name,
                                  const XML_Char **attributes) {
    (void)attributes;
    struct reading *r = context;
    if (strcmp(name, "error") == 0) {
        r->now = (struct found){.kind = -1, .origin = -1, .test = -1};
        r->stack = 0;
        for (int i = 0; i < 3; i++)
            r->top[i].file = -1;
    } else if (strcmp(name, "stack") == 0) {
        r->stack++;
    } else if (strcmp(name, "frame") == 0) {
        r->frame = (struct frame){.file = -1};
    }
    r->length = 0;
}

static void XMLCALL end_element(void *context, const XML_Char *name) {
    struct reading *r = context;
    memset(r->text + r->length, 0, sizeof r->text - r->length);
    r->length = 0;
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(name, elements[i].name) == 0)
            elements[i].ended(r);
}

static void XMLCALL take_text(void *context, const XML_Char *bytes, int count) {
    struct reading *r = context;
    size_t room = sizeof r->text - 1 - r->length;
    size_t taken = (size_t)count < room ? (size_t)count : room;
    memcpy(r->text + r->length, bytes, taken);
    r->length += taken;
}

static void XMLCALL refuse_type(void *context, const XML_Char *name, const XML_Char *system,
                                const XML_Char *public, int internal) {
    (void)name, (void)system, (void)public, (void)internal;
    XML_StopParser(((struct reading *)context)->parser, XML_FALSE);
}

static bool parse(struct reading *r) {
    static char chunk[CHUNK];
    for (off_t at = 0;;) {
        ssize_t count = pread(READER_IN, chunk, sizeof chunk, at);
        r->seen = r->seen || count > 0;
        if (count < 0 || XML_Parse(r->parser, chunk, (int)count, count == 0) != XML_STATUS_OK)
            return false;
        if (count == 0)
            return true;
        at += count;
    }
}

static int reader(void *context) {
    struct reading *r = context;
    static struct answer answer;
    r->parser = XML_ParserCreate("UTF-8");
    if (!r->parser)
        return EXIT_FAULT;
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(r->parser, take_text);
    XML_SetStartDoctypeDeclHandler(r->parser, refuse_type);
    bool whole = parse(r);
    answer.state = whole ? ANSWERED_WHOLE : r->seen ? ANSWERED_CUT : ANSWERED_NOTHING;
    answer.count = r->found_count < MEMORY_FINDINGS ? r->found_count : MEMORY_FINDINGS;
    answer.left_out = r->found_count - answer.count;
    memcpy(answer.found, r->found, (size_t)answer.count * sizeof answer.found[0]);
    return write(READER_OUT, &answer, sizeof answer) == sizeof answer ? EXIT_DONE : EXIT_FAULT;
}

/* --- Outside --- */

static const char *name_of(const struct intake *intake, int file) {
    return file < 0 ? NULL : intake->files[file].name;
}

/* False where it is nothing that the reader could have found. */
static bool accept(const struct memory_job *order, const struct found *f,
                   struct memory_problem *result) {
    const struct problem *p = result->problem;
    int files = order->intake->file_count;
    if (f->kind < 0 || f->kind >= MEMORY_KINDS || f->block < 0 || f->block >= MEMORY_BLOCKS ||
        f->file < 0 || f->file >= files || f->line < 0 || f->origin < -1 || f->origin >= files ||
        f->origin_line < 0 || f->test < -1 || f->test >= p->block_count || f->count < 0 ||
        f->bytes < 0 || f->block_bytes < 0 || f->function[MEMORY_NAME - 1] != '\0' ||
        (f->test >= 0 && p->blocks[f->test].role != ROLE_TEST))
        return false;
    struct memory_finding *finding = &result->finding[result->finding_count++];
    *finding = (struct memory_finding){.kind = (enum memory_kind)f->kind,
                                       .block = (enum memory_block)f->block,
                                       .file = name_of(order->intake, f->file),
                                       .line = f->line,
                                       .count = f->count,
                                       .bytes = f->bytes,
                                       .block_bytes = f->block_bytes,
                                       .origin = name_of(order->intake, f->origin),
                                       .origin_line = f->origin_line,
                                       .test = f->test < 0 ? NULL : &p->blocks[f->test]};
    memcpy(finding->function, f->function, sizeof finding->function);
    return true;
}

static void take(const struct memory_job *order, const struct answer *answer,
                 struct memory_problem *result) {
    bool fits = answer->state >= ANSWERED_WHOLE && answer->state <= ANSWERED_NOTHING &&
                answer->count >= 0 && answer->count <= MEMORY_FINDINGS && answer->left_out >= 0;
    for (int i = 0; fits && i < answer->count; i++)
        fits = accept(order, &answer->found[i], result);
    result->left_out = answer->left_out;
    if (!fits)
        result->finding_count = result->left_out = 0;
    if (!fits || (answer->state == ANSWERED_CUT && result->end == MEMORY_WHOLE))
        result->end = MEMORY_UNREAD;
    /* Valgrind itself did not begin. */
    if (fits && answer->state == ANSWERED_NOTHING && result->end != MEMORY_TIME)
        result->end = MEMORY_HINDERED;
}

void read_findings(const struct memory_job *order, const char *sources, const struct watch *w) {
    struct reading *reading = allocate(1, sizeof *reading);
    *reading = (struct reading){
        .intake = order->intake, .problem = w->result->problem, .sources = sources};
    int out = memfd_create("findings", MFD_CLOEXEC);
    struct box box = {
        .kind = BOX_READER,
        .entry = reader,
        .context = reading,
        .pass = {w->xml, out},
        .pass_count = 2,
        .limits = {.cpu_seconds = 5,
                   .wall_seconds = 20,
                   .memory_mib = 512,
                   .stack_mib = 8,
                   .output_kib = 16},
        .file_kib = sizeof(struct answer) / KIB + 1,
        .cpu = -1,
    };
    struct boxed boxed;
    struct fate fate = {.kind = FATE_SETUP};
    if (out >= 0 && box_start(&box, &boxed, &fate)) {
        box_wait(&boxed, &fate);
        close(boxed.output);
    }
    struct answer answer;
    bool answered = fate.kind == FATE_EXITED && fate.code == EXIT_DONE &&
                    pread(out, &answer, sizeof answer, 0) == sizeof answer;
    if (answered)
        take(order, &answer, w->result);
    else
        w->result->end = fate.kind == FATE_SETUP ? MEMORY_HINDERED : MEMORY_UNREAD;
    if (out >= 0)
        close(out);
    free(reading);
}
