/* Ledgers and tables (measure_ledger.h).  Everything is a difference of two figures that were
 * planned, granted or seen; nothing is estimated. */
#include "measure_ledger.h"

#include <string.h>

static const double mib = 1 << 20;

struct ledger ledger_make(const struct measure_record *r) {
    struct ledger l = {.planned = r->planned, .granted = r->granted};
    int64_t live = 0;
    for (int i = 0; i < STEP_KINDS; i++) {
        l.bytes[i] = r->by_kind[i];
        live += r->by_kind[i];
    }
    l.bytes[LEDGER_GAPS] = r->planned - live;
    l.bytes[LEDGER_ROUNDING] = r->granted - r->planned;
    l.bytes[LEDGER_CONTEXT] = r->at[MOMENT_OPENED].seen - r->at[MOMENT_BEFORE].seen;
    l.bytes[LEDGER_LOADING] = r->at[MOMENT_LOADED].seen - r->at[MOMENT_OPENED].seen - r->granted;
    l.bytes[LEDGER_FIRST] = r->at[MOMENT_FIRST].seen - r->at[MOMENT_LOADED].seen;
    l.bytes[LEDGER_LATER] = r->at[MOMENT_STEADY].seen - r->at[MOMENT_FIRST].seen;
    l.bytes[LEDGER_BETWEEN] = r->at[MOMENT_PEAK].seen - r->at[MOMENT_STEADY].seen;
    l.measured = r->at[MOMENT_PEAK].seen - r->at[MOMENT_BEFORE].seen;
    return l;
}

const char *ledger_name(int line, bool gpu) {
    static const char *const names[2][LEDGER_LINES - STEP_KINDS] = {
        {"gaps, alignment", "rounded by the system", "libraries", "not yet touched",
         "the first step touches", "later steps", "between two looks"},
        {"gaps, alignment", "rounded by the driver", "context, libraries", "plans for the network",
         "the first step loads", "later steps", "between two looks"}};
    return line < STEP_KINDS ? step_kind_name((enum step_kind)line) : names[gpu][line - STEP_KINDS];
}

/* --- For people --- */

static bool has_ledger(const struct measurement *m, int piece) {
    return m->pieces[piece].kind != MEASURE_CONTEXT && measure_good(m, piece) != NULL;
}

/* One figure of every piece. */
static void print_row(const struct measurement *m, FILE *out, const char *name,
                      int64_t (*get)(const struct measure_record *r, int which), int which) {
    bool any = false;
    for (int i = 0; i < m->count; i++)
        any = any || (has_ledger(m, i) && get(&m->records[i], which) != 0);
    if (!any)
        return;
    fprintf(out, "  %-23s", name);
    for (int i = 0; i < m->count; i++)
        if (has_ledger(m, i))
            fprintf(out, "%13.1f", (double)get(&m->records[i], which) / mib);
    fprintf(out, "\n");
}

static int64_t get_line(const struct measure_record *r, int line) {
    return ledger_make(r).bytes[line];
}
enum total { PLANNED, GRANTED, MEASURED_BYTES, OTHERS, TOLD };
static int64_t get_total(const struct measure_record *r, int which) {
    const struct ledger l = ledger_make(r);
    const int64_t totals[] = {l.planned, l.granted, l.measured, r->at[MOMENT_BEFORE].seen,
                              r->at[MOMENT_STEADY].told};
    return totals[which];
}

static void print_failures(const struct measurement *m, FILE *out) {
    for (int i = 0; i < m->count; i++)
        if (m->records[i].name[0] && m->records[i].trouble.kind != TROUBLE_NONE)
            fprintf(out, "%s: %s.\n", m->records[i].name, m->records[i].trouble.words);
}

static void print_context(const struct measurement *m, FILE *out) {
    const struct measure_record *r = measure_good(m, 0);
    if (!r || m->pieces[0].kind != MEASURE_CONTEXT)
        return;
    const bool gpu = r->facts.gpu;
    const int64_t before = r->at[MOMENT_BEFORE].seen, opened = r->at[MOMENT_OPENED].seen,
                  loaded = r->at[MOMENT_LOADED].seen;
    fprintf(out, "%s, %.1f MiB; in use, in MiB\n", r->facts.name,
            (double)r->facts.total_bytes / mib);
    if (gpu && !r->outside)
        fprintf(out, "  NVML was not found: what the context takes is not known\n");
    else
        fprintf(out, "  %-39s%9.1f\n  %-39s%9.1f\n", gpu ? "before" : "by this process, before",
                (double)before / mib,
                gpu ? "with a context and its libraries" : "with its libraries",
                (double)opened / mib);
    fprintf(out, "  %-39s%9.1f  of which %.1f were granted for it\n", "with the network loaded",
            (double)loaded / mib, (double)r->granted / mib);
    if (gpu && r->outside)
        fprintf(out, "  %-39s%9.1f\n", "that is, context and libraries take",
                (double)(loaded - before - r->granted) / mib);
    if (gpu && r->at[MOMENT_LOADED].told > 0)
        fprintf(out, "  %-39s%9.1f\n", "and by cudaMemGetInfo, then",
                (double)r->at[MOMENT_LOADED].told / mib);
    fprintf(out, "\n");
}

static void print_largest(const struct measurement *m, FILE *out) {
    if (m->planned_fit <= 0 && m->fits <= 0)
        return;
    fprintf(out, "The largest batch: planned %lld, ", (long long)m->planned_fit);
    if (m->fits > 0)
        fprintf(out, "%lld trained", (long long)m->fits);
    else
        fprintf(out, "none trained");
    if (m->fails > 0)
        fprintf(out,
                m->fails_by_plan_only ? ", %lld would not fit by plan (nobody tried)"
                                      : ", %lld did not fit (it was tried)",
                (long long)m->fails);
    fprintf(out, ".\n");
}

void ledger_print(const void *measurement, FILE *out) {
    const struct measurement *m = measurement;
    const bool gpu = m->device.facts.gpu;
    bool any = false;
    print_context(m, out);
    for (int i = 0; i < m->count; i++)
        any = any || has_ledger(m, i);
    if (any) {
        fprintf(out, "%-25s", "Ledger, in MiB");
        for (int i = 0; i < m->count; i++)
            if (has_ledger(m, i))
                fprintf(out, "%13s", m->pieces[i].name);
        fprintf(out, "\n");
        for (int line = 0; line <= LEDGER_GAPS; line++)
            print_row(m, out, ledger_name(line, gpu), get_line, line);
        print_row(m, out, "= planned", get_total, PLANNED);
        print_row(m, out, ledger_name(LEDGER_ROUNDING, gpu), get_line, LEDGER_ROUNDING);
        print_row(m, out, "= granted", get_total, GRANTED);
        for (int line = LEDGER_CONTEXT; line < LEDGER_LINES; line++)
            print_row(m, out, ledger_name(line, gpu), get_line, line);
        print_row(m, out, "= measured", get_total, MEASURED_BYTES);
        print_row(m, out, gpu ? "others, before" : "this process, before", get_total, OTHERS);
        if (gpu)
            print_row(m, out, "cudaMemGetInfo says", get_total, TOLD);
        fprintf(out, "\n");
    }
    print_largest(m, out);
    print_failures(m, out);
}

/* --- For programs --- */

void ledger_write_csv(const void *measurement, FILE *out) {
    const struct measurement *m = measurement;
    fprintf(out, "piece,batch,line,bytes\n");
    for (int i = 0; i < m->count; i++) {
        if (!has_ledger(m, i))
            continue;
        const struct ledger l = ledger_make(&m->records[i]);
        const char *name = m->pieces[i].name;
        const long long batch = m->pieces[i].batch;
        for (int line = 0; line < LEDGER_LINES; line++) {
            fprintf(out, "%s,%lld,\"%s\",%lld\n", name, batch,
                    ledger_name(line, m->device.facts.gpu), (long long)l.bytes[line]);
            if (line == LEDGER_GAPS)
                fprintf(out, "%s,%lld,planned,%lld\n", name, batch, (long long)l.planned);
            if (line == LEDGER_ROUNDING)
                fprintf(out, "%s,%lld,granted,%lld\n", name, batch, (long long)l.granted);
        }
        fprintf(out, "%s,%lld,measured,%lld\n%s,%lld,before,%lld\n", name, batch,
                (long long)l.measured, name, batch,
                (long long)m->records[i].at[MOMENT_BEFORE].seen);
    }
}

void ledger_write_epochs(const void *measurement, FILE *out) {
    const struct measurement *m = measurement;
    fprintf(out, "batch,epoch,seconds,last_loss,training_accuracy,test_accuracy,memory_bytes\n");
    for (int i = 0; i < m->count; i++) {
        const struct measure_record *r = m->pieces[i].kind == MEASURE_BATCH ? &m->records[i] : NULL;
        for (int e = 0; r && e < r->epoch_count; e++)
            fprintf(out, "%lld,%d,%.3f,%.6f,%.6f,%.6f,%lld\n", (long long)m->pieces[i].batch, e + 1,
                    r->epochs[e].time, r->epochs[e].loss, r->epochs[e].accuracy, r->epochs[e].test,
                    (long long)r->epochs[e].memory);
    }
}

void ledger_write_memory(const void *measurement, FILE *out) {
    const struct measurement *m = measurement;
    fprintf(out, "batch,planned_bytes,granted_bytes,measured_bytes\n");
    for (int i = 0; i < m->count; i++) {
        if (!has_ledger(m, i) || m->pieces[i].kind == MEASURE_OPTIMISER)
            continue;
        const struct ledger l = ledger_make(&m->records[i]);
        fprintf(out, "%lld,%lld,%lld,%lld\n", (long long)m->pieces[i].batch, (long long)l.planned,
                (long long)l.granted, (long long)l.measured);
    }
}
