/* Tables of shapes: "ic3oc2 ih4iw5 s2p1  nothing square".  A row is names and numbers, two blanks,
 * and a title; what a name means is known to the test and the reference alone. */
#include "document/reader.h"

#include "base/fault.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 16, FIELD_LENGTH = 15 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* --- One row --- */

struct field {
    char name[FIELD_LENGTH + 1];
    int value;
};

/* Reads "kh3" at `*at` and moves behind it. */
static bool read_field(const struct reader *r, int line, const char **at, struct field *f) {
    size_t length = strspn(*at, letters);
    const char *digits = *at + length;
    size_t sign = *digits == '-';
    size_t count = strspn(digits + sign, "0123456789");
    if (length == 0 || length > FIELD_LENGTH || count == 0) {
        mistake(r, line, "shape: \"%.*s\" is not a name and a number", (int)strcspn(*at, " "), *at);
        return false;
    }
    memcpy(f->name, *at, length);
    f->name[length] = '\0';
    char *number = copy_bytes(digits + sign, count);
    int64_t value;
    bool good = number_read(number, INT_MAX, &value);
    if (!good)
        mistake(r, line, "shape: %s is not an int", number);
    else if (name_is_reserved(f->name))
        mistake(r, line, "shape: \"%s\" cannot be the name of a field", f->name);
    free(number);
    if (!good || name_is_reserved(f->name))
        return false;
    f->value = (int)(sign ? -value : value);
    *at = digits + sign + count;
    return true;
}

/* Compares a field with the table's, which the first row has set. */
static bool place_field(const struct reader *r, struct shape_table *t, struct shape_row *row,
                        int place, const struct field *f) {
    const struct shape_row *first = t->row;
    if (place == FIELDS) {
        mistake(r, row->line, "shape: more than %d fields", FIELDS);
        return false;
    }
    row->value[place] = f->value;
    if (row == first) {
        for (int i = 0; i < place; i++)
            if (strcmp(t->field[i], f->name) == 0) {
                mistake(r, row->line, "shape: field \"%s\" occurs twice", f->name);
                return false;
            }
        t->field[t->field_count++] = copy_string(f->name);
        return true;
    }
    if (place < t->field_count && strcmp(t->field[place], f->name) == 0)
        return true;
    if (place < t->field_count)
        mistake(r, row->line, "shape: field \"%s\" where line %d has \"%s\"", f->name, first->line,
                t->field[place]);
    else
        mistake(r, row->line, "shape: field \"%s\" is one more than line %d has", f->name,
                first->line);
    return false;
}

static bool read_row(const struct reader *r, struct shape_table *t, struct shape_row *row) {
    const char *at = row->text;
    int count = 0;
    while (*at && strncmp(at, "  ", 2) != 0) {
        struct field f;
        if (*at == ' ') {
            at++;
            continue;
        }
        if (!read_field(r, row->line, &at, &f) || !place_field(r, t, row, count, &f))
            return false;
        count++;
    }
    row->title = copy_string(at + strspn(at, " "));
    if (count < t->field_count)
        mistake(r, row->line, "shape: field \"%s\" of line %d is missing", t->field[count],
                t->row->line);
    else if (!*row->title)
        mistake(r, row->line, "shape: two blanks and a title end a row");
    return true;
}

/* --- The table --- */

void table_read(const struct reader *r, const struct block *b, struct shape_table *t) {
    *t = (struct shape_table){.block = b};
    int line = b->line + 1;
    for (const char *at = b->body; *at; line++) {
        size_t length = strcspn(at, "\n");
        size_t first = strspn(at, " ");
        size_t last = length;
        while (last > first && at[last - 1] == ' ')
            last--;
        if (last > first) {
            t->row = list_grow(t->row, t->row_count, sizeof *t->row);
            struct shape_row *row = &t->row[t->row_count++];
            row->line = line;
            row->text = copy_bytes(at + first, last - first);
            if (!read_row(r, t, row))
                return;
        }
        at += length + (at[length] == '\n');
    }
    if (t->row_count == 0)
        mistake(r, b->line, "shapes \"%s\" has no rows", b->name);
}

void table_free(struct shape_table *t) {
    for (int i = 0; i < t->field_count; i++)
        free(t->field[i]);
    for (int i = 0; i < t->row_count; i++) {
        free(t->row[i].text);
        free(t->row[i].title);
    }
    free(t->row);
}
