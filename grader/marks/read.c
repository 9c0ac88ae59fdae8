/* Reads a file of marks into rows (marks.h): JSON or CSV.  Knows how both are written; whether
 * there is such a question, and what it is worth, is found out in accept.c. */
#include "marks/marks.h"

#include "base/fault.h"
#include "base/file.h"
#include "export/json.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES = 4 * MIB };

struct reading {
    const char *path, *homework;
    struct mark_rows *rows;
    struct text *mistakes;
};

void marks_add_mistake(struct text *mistakes, const char *path, int line, const char *sentence) {
    text_add(mistakes, "%s:%d: ", path, line);
    text_add_clean(mistakes, sentence, strlen(sentence));
    text_add(mistakes, "\n");
}

static void add_mistake(const struct reading *r, int line, const char *sentence) {
    marks_add_mistake(r->mistakes, r->path, line, sentence);
}

/* What either format calls the parts of a row. */
static const struct column {
    const char *name;
    size_t offset;
    bool required, number;
} columns[] = {
    {"question", offsetof(struct mark_row, question), true, false},
    {"line", offsetof(struct mark_row, rubric_line), true, true},
    {"points", offsetof(struct mark_row, points), true, true},
    {"remark", offsetof(struct mark_row, remark), false, false},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static int find_column(const char *name) {
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i].name, name) == 0)
            return i;
    return -1;
}

static char **place(struct mark_row *row, int column) {
    return (char **)((char *)row + columns[column].offset);
}

static struct mark_row *add_row(struct mark_rows *rows, int line) {
    struct mark_row *longer = realloc(rows->at, ((size_t)rows->count + 1) * sizeof *rows->at);
    if (!longer)
        fault("no memory for %d marks", rows->count + 1);
    rows->at = longer;
    rows->at[rows->count] = (struct mark_row){.line = line};
    return &rows->at[rows->count++];
}

/* --- CSV --- */

/* The first record names the columns; false when it does not. */
static bool read_names(const struct reading *r, int line, char *const fields[], int count,
                       int order[CSV_FIELDS]) {
    bool seen[COLUMNS] = {false};
    for (int i = 0; i < count; i++) {
        order[i] = find_column(fields[i]);
        if (order[i] < 0 || seen[order[i]]) {
            char *sentence = format_string(
                "the first line names the columns: question,line,points,remark; \"%.40s\" is %s",
                fields[i], order[i] < 0 ? "none of them" : "given twice");
            add_mistake(r, line, sentence);
            free(sentence);
            return false;
        }
        seen[order[i]] = true;
    }
    for (int i = 0; i < COLUMNS; i++)
        if (columns[i].required && !seen[i]) {
            char *sentence = format_string("there is no column \"%s\"", columns[i].name);
            add_mistake(r, line, sentence);
            free(sentence);
            return false;
        }
    return true;
}

static void take_fields(const struct reading *r, int line, char *fields[], int count, int named,
                        const int order[CSV_FIELDS]) {
    struct mark_row *row = add_row(r->rows, line);
    for (int i = 0; i < count; i++)
        if (i < named && *fields[i])
            *place(row, order[i]) = fields[i];
        else
            free(fields[i]);
    if (count == named)
        return;
    char *sentence = format_string("there are %d fields, and %d columns", count, named);
    add_mistake(r, line, sentence);
    free(sentence);
}

static void read_csv(const struct reading *r, const char *text) {
    struct csv csv = {.at = text, .line = 1, .next_line = 1};
    char *fields[CSV_FIELDS];
    int order[CSV_FIELDS] = {0};
    int named = csv_read(&csv, fields);
    bool good = named > 0 && read_names(r, csv.line, fields, named, order);
    for (int i = 0; i < named; i++)
        free(fields[i]);
    for (int count = 0; good && (count = csv_read(&csv, fields)) > 0;)
        take_fields(r, csv.line, fields, count, named, order);
    if (csv.mistake)
        add_mistake(r, csv.line, csv.mistake);
}

/* --- JSON --- */

static void take_member(const struct reading *r, struct mark_row *row, const cJSON *item) {
    int column = find_column(item->string);
    bool right = column >= 0 && (columns[column].number ? cJSON_IsRaw(item) : cJSON_IsString(item));
    char *sentence = NULL;
    if (column < 0)
        sentence = format_string("unknown key \"%.40s\"", item->string);
    else if (*place(row, column))
        sentence = format_string("\"%s\" is given twice", item->string);
    else if (!right && !cJSON_IsNull(item))
        sentence = format_string("\"%s\" is no %s", item->string,
                                 columns[column].number ? "number" : "text");
    else if (right)
        *place(row, column) = copy_string(item->valuestring);
    if (sentence)
        add_mistake(r, row->line, sentence);
    free(sentence);
}

static void take_object(const struct reading *r, const cJSON *object) {
    if (!cJSON_IsObject(object)) {
        add_mistake(r, json_line(object), "each of the \"marks\" is an object in braces");
        return;
    }
    struct mark_row *row = add_row(r->rows, json_line(object));
    for (const cJSON *item = object->child; item; item = item->next)
        if (!json_is_line(item))
            take_member(r, row, item);
}

static void read_json(const struct reading *r, const char *text) {
    int line = 1;
    cJSON *root = json_read_lines(text, &line);
    const cJSON *marks = cJSON_GetObjectItemCaseSensitive(root, "marks");
    const char *homework = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "homework"));
    if (!root) {
        add_mistake(r, line, "this is no JSON");
    } else if (!homework || strcmp(homework, r->homework) != 0) {
        char *sentence = homework ? format_string("these are marks for the homework \"%.60s\", "
                                                  "not for \"%s\"",
                                                  homework, r->homework)
                                  : format_string("there is no \"homework\": \"%s\"", r->homework);
        add_mistake(r, json_line(root), sentence);
        free(sentence);
    } else if (!cJSON_IsArray(marks)) {
        add_mistake(r, json_line(root), "there is no list \"marks\"");
    }
    for (const cJSON *item = cJSON_IsArray(marks) ? marks->child : NULL; item; item = item->next)
        take_object(r, item);
    cJSON_Delete(root);
}

/* --- Either --- */

bool marks_read(const char *path, const char *homework, struct mark_rows *rows,
                struct text *mistakes) {
    static const char order[] = "\xef\xbb\xbf"; /* of bytes: spreadsheets begin with it */
    struct reading r = {path, homework, rows, mistakes};
    size_t before = mistakes->length;
    struct text bytes;
    text_init(&bytes, FILE_BYTES);
    bool there = file_read(path, &bytes);
    const char *text =
        bytes.at + (strncmp(bytes.at, order, strlen(order)) == 0 ? strlen(order) : 0);
    const char *first = text + strspn(text, " \t\r\n");
    if (!there)
        add_mistake(&r, 1, strerror(errno));
    else if (bytes.cut)
        add_mistake(&r, 1, "the file is too large for marks");
    else if (strlen(bytes.at) != bytes.length)
        add_mistake(&r, 1, "this is not text");
    else if (*first == '{')
        read_json(&r, text);
    else if (*first)
        read_csv(&r, text);
    if (mistakes->length == before && rows->count == 0)
        add_mistake(&r, 1, "there are no marks in it");
    text_free(&bytes);
    return mistakes->length == before;
}

void marks_free(struct mark_rows *rows) {
    for (int i = 0; i < rows->count; i++)
        for (int k = 0; k < COLUMNS; k++)
            free(*place(&rows->at[i], k));
    free(rows->at);
    *rows = (struct mark_rows){0};
}
