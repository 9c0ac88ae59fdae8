/* The fields of gpu_report.json: where each stands, what it may be, and where it goes in struct
 * report.  Reading and looking through both go by this table. */
#ifndef REPORT_FIELDS_H
#define REPORT_FIELDS_H

#include "report.h"

enum report_field_kind {
    FIELD_WHOLE,   /* int64_t */
    FIELD_BYTES,   /* int64_t, in the report's unit */
    FIELD_NUMBER,  /* double */
    FIELD_WORD,    /* int: its place in `words` */
    FIELD_ANSWER,  /* int: false or true */
    FIELD_LEVERS,  /* unsigned: a bit for each word of the list */
    FIELD_TEXT,    /* char[REPORT_TEXT] */
    FIELD_TEXTS,   /* a list of them */
    FIELD_SAMPLES, /* struct report_samples */
    FIELD_OBJECT,
    FIELD_LIST /* of objects */
};

struct report_field {
    const char *name;
    enum report_field_kind kind;
    bool required;
    size_t at;
    double low, high;
    const char *const *words;
    const struct report_field
        *fields;           /* of the object or of each of the list; nameless at the end */
    size_t size, count_at; /* of an element of a list; where their number goes */
    int room;
};

#define REPORT_MOST_BYTES 1e18
enum { REPORT_LEVERS = 5 };

extern const struct report_field report_fields[]; /* nameless at the end, as all such lists */
extern const char *const report_units[];
extern const double report_unit_bytes[];
extern const char *const report_levers[];
extern const unsigned report_lever_bits[REPORT_LEVERS];

/* An object that has nothing yet. */
void report_clear(const struct report_field *fields, void *into);

#endif
