/* Numbers, calls and findings as text for people (finding.h).  Knows how things look; judges
 * nothing.  Every text is bounded by its reader's room, and says so when it had to stop. */
#include "finding.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER = 32, MOST = 12 }; /* at most 12 rows, columns and planes */

/* --- Bounded text --- */

struct writer {
    char *at;
    size_t room, length;
    bool cut;
};

static struct writer write_begin(char *out, size_t room) {
    if (room > 0)
        out[0] = '\0';
    return (struct writer){out, room, 0, room == 0};
}

__attribute__((format(printf, 2, 3))) static void add(struct writer *w, const char *format, ...) {
    if (w->cut)
        return;
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(w->at + w->length, w->room - w->length, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= w->room - w->length) {
        w->cut = true;
        w->length = w->room - 1;
    } else {
        w->length += (size_t)count;
    }
}

/* A text that was cut ends in dots: behind its last whole line, or, where it is but one line, never
 * within a character of several bytes. */
static size_t write_end(struct writer *w) {
    static const char dots[] = "...";
    if (!w->cut || w->room < sizeof dots)
        return w->length;
    size_t end = w->room - sizeof dots;
    while (end > 0 && ((unsigned char)w->at[end] & 0xC0) == 0x80)
        end--;
    for (size_t line = end; line > 0; line--)
        if (w->at[line - 1] == '\n') {
            end = line;
            break;
        }
    memcpy(w->at + end, dots, sizeof dots);
    return end + sizeof dots - 1;
}

/* --- Numbers --- */

size_t print_number(char *out, size_t room, double v) {
    struct writer w = write_begin(out, room);
    if (isnan(v))
        add(&w, "nan"); /* without the sign that printf would show */
    else if (v == floor(v) && fabs(v) < 1e15)
        add(&w, "%.0f", v == 0 ? 0 : v);
    else
        add(&w, "%.6g", v);
    return write_end(&w);
}

/* Two different numbers must not look the same. */
static void print_two(char a[NUMBER], char b[NUMBER], double x, double y) {
    print_number(a, NUMBER, x);
    print_number(b, NUMBER, y);
    if (strcmp(a, b) == 0 && x != y && isfinite(x) && isfinite(y)) {
        snprintf(a, NUMBER, "%.17g", x);
        snprintf(b, NUMBER, "%.17g", y);
    }
}

static void print_integer(char out[NUMBER], int64_t v) {
    if (v == INT64_MIN)
        snprintf(out, NUMBER, "unset");
    else
        snprintf(out, NUMBER, "%lld", (long long)v);
}

/* --- Rows of numbers --- */

struct grid {
    int rank;
    const int *dim;
    bool whole;
    const double *reals; /* or, when whole, */
    const int64_t *integers;
};

static void print_element(char out[NUMBER], const struct grid *g, int64_t i) {
    if (g->whole)
        print_integer(out, g->integers[i]);
    else
        print_number(out, NUMBER, g->reals[i]);
}

static int at_most(int64_t n) {
    return n < MOST ? (int)n : MOST;
}

/* The planes of a grid, and what is left out of each. */
struct plane {
    int64_t planes;
    int rows, columns;
};

static struct plane measure(const struct grid *g) {
    struct plane p = {1, 1, 1};
    if (g->rank > 0)
        p.columns = g->dim[g->rank - 1];
    if (g->rank > 1)
        p.rows = g->dim[g->rank - 2];
    for (int i = 0; i < g->rank - 2; i++)
        p.planes *= g->dim[i];
    return p;
}

static int widest(const struct grid *g, const struct plane *p) {
    char number[NUMBER];
    int width = 1;
    for (int64_t k = 0; k < at_most(p->planes); k++)
        for (int r = 0; r < at_most(p->rows); r++)
            for (int c = 0; c < at_most(p->columns); c++) {
                print_element(number, g, (k * p->rows + r) * p->columns + c);
                int length = (int)strlen(number);
                width = length > width ? length : width;
            }
    return width;
}

static void add_row(struct writer *w, const struct grid *g, int64_t first, int columns, int width) {
    char number[NUMBER];
    for (int c = 0; c < at_most(columns); c++) {
        print_element(number, g, first + c);
        add(w, "%s%*s", c ? " " : "[", width, number);
    }
    if (columns > MOST)
        add(w, " ...] %d more\n", columns - MOST);
    else
        add(w, "]\n");
}

/* "[0,2,:,:]": which plane, written like an index. */
static void add_caption(struct writer *w, const struct grid *g, int64_t plane) {
    int first = g->rank == 4 ? (int)(plane / g->dim[1]) : (int)plane;
    if (g->rank == 4)
        add(w, "[%d,%d,:,:]\n", first, (int)(plane % g->dim[1]));
    else
        add(w, "[%d,:,:]\n", first);
}

static void add_grid(struct writer *w, const struct grid *g) {
    struct plane p = measure(g);
    int width = widest(g, &p);
    for (int64_t k = 0; k < at_most(p.planes); k++) {
        if (p.planes > 1)
            add_caption(w, g, k);
        for (int r = 0; r < at_most(p.rows); r++)
            add_row(w, g, (k * p.rows + r) * p.columns, p.columns, width);
        if (p.rows > MOST)
            add(w, "... %d more rows\n", p.rows - MOST);
    }
    if (p.planes > MOST)
        add(w, "... %lld more planes\n", (long long)(p.planes - MOST));
}

static struct grid grid_tensor(const tensor *t) {
    return (struct grid){t->rank, t->dim, false, t->at, NULL};
}

static struct grid grid_ints(const ints *t) {
    return (struct grid){t->rank, t->dim, true, NULL, t->at};
}

size_t print_tensor(char *out, size_t room, const tensor *t) {
    struct writer w = write_begin(out, room);
    struct grid g = grid_tensor(t);
    add_grid(&w, &g);
    return write_end(&w);
}

size_t print_ints(char *out, size_t room, const ints *t) {
    struct writer w = write_begin(out, room);
    struct grid g = grid_ints(t);
    add_grid(&w, &g);
    return write_end(&w);
}

/* --- Calls --- */

static void add_argument(struct writer *w, const struct call_parameter *p, union call_value v) {
    char number[NUMBER];
    add(w, "%s", p->name);
    if (p->kind == CALL_INT || p->kind == CALL_INT64)
        add(w, " = %lld", (long long)v.integer);
    if (p->kind == CALL_DOUBLE) {
        print_number(number, sizeof number, v.real);
        add(w, " = %s", number);
    }
}

static bool has_numbers(enum call_kind kind) {
    return (call_is_tensor(kind) || call_is_ints(kind)) && kind != CALL_TENSOR_OUT &&
           kind != CALL_INTS_OUT;
}

static void add_numbers(struct writer *w, const struct call_parameter *p, union call_value v) {
    struct grid g = call_is_tensor(p->kind) ? grid_tensor(v.tensor_in) : grid_ints(v.ints_in);
    add(w, "%s (", p->name);
    for (int i = 0; i < g.rank; i++)
        add(w, "%s%d", i ? ", " : "", g.dim[i]);
    add(w, "):\n");
    add_grid(w, &g);
}

/* Each argument may fill its share of the room that is left: a picture does not hide the filter. */
static void add_fed(struct writer *w, const struct call_function *f,
                    const union call_value *argument) {
    size_t begun = 0, all = 0;
    for (int i = 0; i < f->count; i++)
        all += has_numbers(f->parameter[i].kind);
    for (int i = 0; i < f->count && begun < all && !w->cut; i++) {
        if (!has_numbers(f->parameter[i].kind))
            continue;
        struct writer part = write_begin(w->at + w->length, (w->room - w->length) / (all - begun));
        begun++;
        add_numbers(&part, &f->parameter[i], argument[i]);
        w->length += write_end(&part);
        if (part.cut)
            add(w, "\n");
    }
}

size_t print_call(char *out, size_t room, int function, const union call_value *argument) {
    const struct call_function *f = &call_functions[function];
    struct writer w = write_begin(out, room);
    add(&w, "%s(", f->name);
    for (int i = 0; i < f->count; i++) {
        add(&w, "%s", i ? ", " : "");
        add_argument(&w, &f->parameter[i], argument[i]);
    }
    add(&w, ")\n");
    add_fed(&w, f, argument);
    return write_end(&w);
}

/* --- Findings --- */

static void add_status(struct writer *w, int64_t status) {
    static const char *const names[] = {"OK", "IMPOSSIBLE", "UNFINISHED"};
    if (status >= 0 && status <= UNFINISHED)
        add(w, "%s", names[status]);
    else
        add(w, "%lld", (long long)status);
}

static void add_element(struct writer *w, const struct finding *f) {
    add(w, "%s", f->place.expression);
    for (int i = 0; i < f->rank; i++)
        add(w, "%s%d", i ? "," : "[", f->index[i]);
    if (f->rank > 0)
        add(w, "]");
}

static void add_values(struct writer *w, const struct finding *f, const char *expected) {
    char got[NUMBER], want[NUMBER];
    if (f->got_ints) {
        print_integer(got, f->got_integer);
        print_integer(want, f->want_integer);
    } else {
        print_two(got, want, f->got, f->want);
    }
    add_element(w, f);
    add(w, " is %s, %s %s", got, expected, want);
    if (f->total > 1)
        add(w, " (%lld of %lld numbers %s wrong)", (long long)f->bad, (long long)f->total,
            f->bad == 1 ? "is" : "are");
}

size_t print_finding(char *out, size_t room, const struct finding *f) {
    struct writer w = write_begin(out, room);
    const char *expression = f->place.expression;
    char got[NUMBER], want[NUMBER];
    print_two(got, want, f->got, f->want);
    switch (f->kind) {
    case FINDING_INT:
        add(&w, "%s is %lld, expected %lld", expression, (long long)f->got_integer,
            (long long)f->want_integer);
        break;
    case FINDING_STATUS:
        add(&w, "%s is ", expression);
        add_status(&w, f->got_integer);
        add(&w, ", expected ");
        add_status(&w, f->want_integer);
        break;
    case FINDING_REAL:
        add(&w, "%s is %s, expected %s", expression, got, want);
        break;
    case FINDING_PROPERTY:
        add(&w, "this does not hold: %s", f->sentence);
        break;
    case FINDING_VALUES:
        add_values(&w, f, "expected");
        break;
    case FINDING_GRADIENT:
        add_values(&w, f, "but the numeric gradient is");
        break;
    case FINDING_SHAPE:
        add(&w, "the test is wrong: %s has %lld numbers where %lld belong", expression,
            (long long)f->got_integer, (long long)f->want_integer);
        break;
    case FINDING_ADJOINT:
        add(&w, "the inner product with %s is %s, but must be %s as on the other side", expression,
            got, want);
        break;
    case FINDING_UNTOUCHED:
        add(&w, "nothing was written to %s", expression);
        break;
    case FINDING_MISSING:
    case FINDING_UNFINISHED:
        add(&w, "%s is not written yet", expression);
        break;
    }
    return write_end(&w);
}

static size_t print_side(char *out, size_t room, const struct finding *f, const tensor *t,
                         const ints *integers, int64_t integer, double real) {
    struct writer w = write_begin(out, room);
    char number[NUMBER];
    struct grid g;
    if (t) {
        g = grid_tensor(t);
        add_grid(&w, &g);
    } else if (integers) {
        g = grid_ints(integers);
        add_grid(&w, &g);
    } else if (f->kind == FINDING_INT) {
        add(&w, "%lld\n", (long long)integer);
    } else if (f->kind == FINDING_STATUS) {
        add_status(&w, integer);
        add(&w, "\n");
    } else if (f->kind == FINDING_REAL) {
        print_number(number, sizeof number, real);
        add(&w, "%s\n", number);
    }
    return write_end(&w);
}

size_t print_expected(char *out, size_t room, const struct finding *f) {
    return print_side(out, room, f, f->want_tensor, f->want_ints, f->want_integer, f->want);
}

size_t print_returned(char *out, size_t room, const struct finding *f) {
    return print_side(out, room, f, f->got_tensor, f->got_ints, f->got_integer, f->got);
}
