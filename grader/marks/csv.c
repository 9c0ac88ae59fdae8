/* Cuts CSV into records and fields (marks.h), as RFC 4180 has it: commas, quotes that may hold
 * commas, line ends and doubled quotes, lines that end in LF or CR LF.  Knows no columns. */
#include "marks/marks.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* Reads what stands between quotes into `field`; false when the end of the file comes first. */
static bool read_quoted(struct csv *csv, struct text *field) {
    for (csv->at++; *csv->at; csv->at++) {
        if (csv->at[0] == '"' && csv->at[1] != '"') {
            csv->at++;
            return true;
        }
        csv->at += *csv->at == '"';
        csv->next_line += *csv->at == '\n';
        text_add_bytes(field, csv->at, 1);
    }
    csv->mistake = "a quote is never closed";
    return false;
}

/* Up to a comma or the end of the line. */
static char *read_field(struct csv *csv) {
    struct text field;
    text_init(&field, MIB);
    if (*csv->at == '"') {
        if (read_quoted(csv, &field) && !strchr(",\r\n", *csv->at) && *csv->at)
            csv->mistake = "something stands behind a closing quote";
    } else {
        size_t length = strcspn(csv->at, ",\r\n");
        if (memchr(csv->at, '"', length))
            csv->mistake = "a quote stands inside a field that does not begin with one";
        text_add_bytes(&field, csv->at, length);
        csv->at += length;
    }
    char *copy = copy_string(field.at);
    text_free(&field);
    return copy;
}

static void end_line(struct csv *csv) {
    if (csv->at[0] == '\r' && csv->at[1] == '\n')
        csv->at++;
    if (*csv->at) {
        csv->at++;
        csv->next_line++;
    }
}

int csv_read(struct csv *csv, char *fields[CSV_FIELDS]) {
    int count = 0;
    while (*csv->at == '\r' || *csv->at == '\n')
        end_line(csv);
    csv->line = csv->next_line;
    while (*csv->at || count > 0) {
        if (count == CSV_FIELDS)
            csv->mistake = "there are too many fields";
        else
            fields[count++] = read_field(csv);
        if (csv->mistake || *csv->at != ',')
            break;
        csv->at++;
    }
    if (!csv->mistake) {
        end_line(csv);
        return count;
    }
    while (count > 0)
        free(fields[--count]);
    return -1;
}
