/* The C of api blocks: comments, enums and prototypes, nothing else.  A function is accepted only
 * when everything it takes and returns can cross to a worker (public/call.h); what it does is
 * nobody's business here. */
#include "document/reader.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* --- Words --- */

enum word_kind { WORD_END, WORD_NAME, WORD_NUMBER, WORD_SIGN, WORD_COMMENT, WORD_WRONG };

/* The word at hand, and where it stands. */
struct cursor {
    const struct reader *r;
    const struct block *block;
    const char *at; /* behind the word */
    int next_line;  /* the line of `at` */
    enum word_kind kind;
    const char *word;
    int length, line;
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char letters_and_digits[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

static void cursor_comment(struct cursor *c) {
    const char *end = c->at[1] == '*' ? strstr(c->at + 2, "*/") : strchr(c->at, '\n');
    c->kind = end ? WORD_COMMENT : WORD_WRONG;
    if (!end)
        end = c->at + strlen(c->at);
    else if (c->at[1] == '*')
        end += 2;
    for (; c->at < end; c->at++)
        c->next_line += *c->at == '\n';
}

static void cursor_step(struct cursor *c) {
    for (; *c->at && strchr(" \t\n", *c->at); c->at++)
        c->next_line += *c->at == '\n';
    c->word = c->at;
    c->line = c->next_line;
    if (!*c->at) {
        c->kind = WORD_END;
    } else if (c->at[0] == '/' && (c->at[1] == '*' || c->at[1] == '/')) {
        cursor_comment(c);
    } else if (strchr(letters, *c->at)) {
        c->kind = WORD_NAME;
        c->at += strspn(c->at, letters_and_digits);
    } else if (*c->at >= '0' && *c->at <= '9') {
        c->kind = WORD_NUMBER;
        c->at += strspn(c->at, letters_and_digits);
    } else {
        c->kind = strchr("(){}[];,*=+-<>|&~!%/^?:.", *c->at) ? WORD_SIGN : WORD_WRONG;
        c->at++;
    }
    c->length = (int)(c->at - c->word);
}

/* Like cursor_step, over comments too: inside a prototype or an enum they mean nothing to us. */
static void cursor_skip(struct cursor *c) {
    do
        cursor_step(c);
    while (c->kind == WORD_COMMENT);
}

static bool cursor_is(const struct cursor *c, const char *word) {
    return (c->kind == WORD_NAME || c->kind == WORD_SIGN) && (size_t)c->length == strlen(word) &&
           strncmp(c->word, word, strlen(word)) == 0;
}

/* Steps over a word that has to stand here. */
static bool cursor_take(struct cursor *c, const char *word, const char *after) {
    if (cursor_is(c, word)) {
        cursor_skip(c);
        return true;
    }
    if (c->kind == WORD_END)
        mistake(c->r, c->line, "\"%s\" is missing behind %s", word, after);
    else
        mistake(c->r, c->line, "\"%s\" expected behind %s, not \"%.*s\"", word, after, c->length,
                c->word);
    return false;
}

/* --- Parameters --- */

static const struct type {
    const char *name;
    bool pointer, constant;
    enum call_kind kind;
} types[] = {
    {"int", false, false, CALL_INT},       {"int64_t", false, false, CALL_INT64},
    {"double", false, false, CALL_DOUBLE}, {"tensor", true, true, CALL_TENSOR_IN},
    {"ints", true, true, CALL_INTS_IN},    {"tensor", true, false, CALL_TENSOR_OUT},
    {"ints", true, false, CALL_INTS_OUT},
};

/* True when `name` is listed in inout=w,v. */
static bool inout_lists(const struct block *b, const char *name) {
    size_t length = strlen(name);
    for (const char *at = b->inout; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || !at[length]))
            return true;
    }
    return false;
}

static bool read_type(struct cursor *c, const char *what, enum call_kind *kind) {
    const char *start = c->word;
    int line = c->line;
    bool constant = cursor_is(c, "const");
    if (constant)
        cursor_skip(c);
    const char *name = c->word;
    int length = c->kind == WORD_NAME ? c->length : 0;
    const char *end = c->at;
    cursor_skip(c);
    bool pointer = cursor_is(c, "*");
    for (; cursor_is(c, "*"); cursor_skip(c))
        end = c->at;
    /* "tensor **" ends behind its second star: no row of the table has two. */
    bool one = !pointer || strchr(name, '*') == end - 1;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].name) == (size_t)length &&
            strncmp(types[i].name, name, (size_t)length) == 0 && types[i].pointer == pointer &&
            types[i].constant == constant && one) {
            *kind = types[i].kind;
            return true;
        }
    mistake(c->r, line,
            "\"%.*s\" of %s cannot cross to a worker; api types are int, int64_t, double, "
            "const tensor *, const ints *, tensor *, ints *",
            (int)(end - start), start, what);
    return false;
}

/* A name that a function or a parameter may have; NULL after a mistake. */
static char *read_name(struct cursor *c, const char *what) {
    if (c->kind != WORD_NAME) {
        mistake(c->r, c->line, "%s has no name", what);
        return NULL;
    }
    char *name = copy_bytes(c->word, (size_t)c->length);
    if (!name_is_plain(name))
        mistake(c->r, c->line,
                "the name \"%s\" is not made of letters, digits and single \"_\" (at most %d)",
                name, NAME_LENGTH);
    else if (name_is_reserved(name))
        mistake(c->r, c->line, "the name \"%s\" is taken by C or by gradus", name);
    else {
        cursor_skip(c);
        return name;
    }
    free(name);
    return NULL;
}

static bool read_parameter(struct cursor *c, struct call_function *f) {
    char *what = format_string("parameter %d of \"%s\"", f->count + 1, f->name);
    enum call_kind kind;
    char *name = read_type(c, what, &kind) ? read_name(c, what) : NULL;
    bool good = name != NULL;
    if (good && cursor_is(c, "[")) {
        mistake(c->r, c->line, "%s is an array; api types are plain", what);
        good = false;
    }
    for (int i = 0; good && i < f->count; i++)
        if (strcmp(f->parameter[i].name, name) == 0) {
            mistake(c->r, c->line, "\"%s\" has two parameters \"%s\"", f->name, name);
            good = false;
        }
    if (good && f->count == CALL_PARAMETERS) {
        mistake(c->r, c->line, "\"%s\" has more than %d parameters", f->name, CALL_PARAMETERS);
        good = false;
    }
    free(what);
    if (!good) {
        free(name);
        return false;
    }
    if (inout_lists(c->block, name))
        kind = kind == CALL_TENSOR_OUT ? CALL_TENSOR_INOUT
               : kind == CALL_INTS_OUT ? CALL_INTS_INOUT
                                       : kind;
    f->parameter[f->count++] = (struct call_parameter){name, kind};
    return true;
}

static bool read_parameters(struct cursor *c, struct call_function *f) {
    if (cursor_is(c, ")")) {
        mistake(c->r, c->line, "write \"%s(void)\" for a function without parameters", f->name);
        return false;
    }
    struct cursor first = *c;
    if (cursor_is(c, "void")) {
        cursor_skip(c);
        if (cursor_is(c, ")"))
            return true;
        *c = first;
    }
    for (;;) {
        if (!read_parameter(c, f))
            return false;
        if (!cursor_is(c, ","))
            break;
        cursor_skip(c);
    }
    int crossing = 0;
    for (int i = 0; i < f->count; i++)
        crossing += call_is_tensor(f->parameter[i].kind) || call_is_ints(f->parameter[i].kind);
    if (crossing > CALL_TENSORS)
        mistake(c->r, c->line, "\"%s\" has more than %d tensors and ints", f->name, CALL_TENSORS);
    return crossing <= CALL_TENSORS;
}

/* --- Declarations --- */

static bool read_result(struct cursor *c, enum call_kind *kind) {
    static const struct {
        const char *name;
        enum call_kind kind;
    } results[] = {
        {"void", CALL_VOID}, {"int", CALL_INT}, {"int64_t", CALL_INT64}, {"double", CALL_DOUBLE}};
    struct cursor first = *c;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (cursor_is(c, results[i].name)) {
            *kind = results[i].kind;
            cursor_skip(c);
            if (!cursor_is(c, "*"))
                return true;
            break;
        }
    if (first.kind == WORD_NAME)
        mistake(c->r, first.line,
                "\"%.*s%s\" cannot be returned; results are void, int, int64_t, double",
                first.length, first.word, cursor_is(c, "*") ? " *" : "");
    else if (first.word[0] == '/')
        mistake(c->r, first.line, "this comment is never closed");
    else
        mistake(c->r, first.line, "an api block holds comments, prototypes and enums only");
    return false;
}

/* From the result's type to the semicolon; `f` owns what was read, even after a mistake. */
static bool read_prototype(struct cursor *c, struct function *f) {
    const char *start = c->word;
    f->line = c->line;
    if (!read_result(c, &f->call.result))
        return false;
    f->call.name = read_name(c, "a function");
    if (!f->call.name || !cursor_take(c, "(", "the name of a function") ||
        !read_parameters(c, &f->call) || !cursor_take(c, ")", "the parameters"))
        return false;
    if (!cursor_is(c, ";")) {
        mistake(c->r, c->line, "\";\" is missing behind the prototype of \"%s\"", f->call.name);
        return false;
    }
    f->prototype = copy_bytes(start, (size_t)(c->word - start));
    return true;
}

/* enum NAME { … }; whatever stands between the braces is for the compiler. */
static bool read_enum(struct cursor *c) {
    cursor_skip(c);
    if (c->kind == WORD_NAME)
        cursor_skip(c);
    if (!cursor_take(c, "{", "enum"))
        return false;
    while (c->kind != WORD_END && c->kind != WORD_WRONG && !cursor_is(c, "}") && !cursor_is(c, ";"))
        cursor_skip(c);
    if (!cursor_take(c, "}", "the names of an enum"))
        return false;
    if (cursor_is(c, ";"))
        return true;
    mistake(c->r, c->line, "\";\" is missing behind an enum");
    return false;
}

/* After a mistake reading goes on behind the next semicolon, to find the next one. */
static void recover(struct cursor *c) {
    while (c->kind != WORD_END && !cursor_is(c, ";"))
        cursor_skip(c);
}

/* Every name of inout= has to belong to something that a function of the block writes. */
static void check_inout(const struct reader *r, const struct block *b, const struct problem *p,
                        int first) {
    for (const char *at = b->inout; at; at = strchr(at, ',')) {
        at += *at == ',';
        int length = (int)strcspn(at, ",");
        bool found = false;
        for (int i = first; i < p->function_count; i++)
            for (int j = 0; j < p->functions[i].call.count; j++) {
                const struct call_parameter *parameter = &p->functions[i].call.parameter[j];
                found =
                    found ||
                    ((parameter->kind == CALL_TENSOR_INOUT || parameter->kind == CALL_INTS_INOUT) &&
                     strlen(parameter->name) == (size_t)length &&
                     strncmp(parameter->name, at, (size_t)length) == 0);
            }
        if (!found)
            mistake(r, b->line,
                    "inout: no function of this block has a tensor * or ints * \"%.*s\"", length,
                    at);
    }
}

void prototypes_read(const struct reader *r, const struct block *b, struct problem *p) {
    struct cursor c = {.r = r, .block = b, .at = b->body, .next_line = b->line + 1};
    const char *comment = NULL; /* the first of the comments above */
    const char *comment_end = NULL;
    int first = p->function_count;
    int declared = 0; /* the line on which the last declaration ended */
    bool good = true;
    for (cursor_step(&c); c.kind != WORD_END; cursor_step(&c)) {
        if (c.kind == WORD_COMMENT) {
            if (c.line == declared)
                continue;
            comment = comment ? comment : c.word;
            comment_end = c.at;
            continue;
        }
        bool done = true;
        if (cursor_is(&c, "enum")) {
            done = read_enum(&c);
        } else {
            p->functions = list_grow(p->functions, p->function_count, sizeof *p->functions);
            struct function *f = &p->functions[p->function_count++];
            f->call.problem = p->number;
            f->comment =
                copy_bytes(comment ? comment : "", comment ? (size_t)(comment_end - comment) : 0);
            done = read_prototype(&c, f);
        }
        comment = NULL;
        declared = c.line;
        good = good && done;
        if (!done)
            recover(&c);
    }
    if (good)
        check_inout(r, b, p, first);
}
