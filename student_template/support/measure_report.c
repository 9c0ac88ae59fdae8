/* What was measured as a report (measure_report.h).  What failed or was not measured is left out.
 */
#include "measure_report.h"

#include "report.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *const optimisers[STEP_OPTIMISERS] = {"sgd", "momentum", "adam"};

static void add(cJSON *object, const char *name, int64_t number) {
    cJSON_AddNumberToObject(object, name, (double)number);
}

static bool is_scaled(const struct measurement *m) {
    return measure_scale_of(m->options, &m->device).blocks > 0;
}

/* Figures of all others would be of nobody's memory: bare cudaMemGetInfo sees no more than that. */
static const char *reads_of(const struct measurement *m) {
    return m->device.facts.gpu ? "device" : "process";
}

static void put_network(cJSON *object, int depth) {
    char name[16];
    snprintf(name, sizeof name, "resnet%d", depth);
    cJSON_AddStringToObject(object, "network", name);
}

/* --- Who measured --- */

static void put_device(const struct measurement *m, cJSON *json) {
    const struct engine_facts *f = &m->device.facts;
    cJSON *device = cJSON_AddObjectToObject(json, "device");
    cJSON_AddStringToObject(device, "name", f->name);
    add(device, "total", f->total_bytes);
    if (f->multiprocessors > 0)
        add(device, "multiprocessors", f->multiprocessors);
    if (f->major > 0)
        cJSON_AddNumberToObject(device, "compute", f->major + f->minor / 10.0);
    if (f->driver[0])
        cJSON_AddStringToObject(device, "driver", f->driver);
}

static void put_software(const struct measurement *m, cJSON *json) {
    static const char *const precisions[] = {"fp32", "tf32", "bf16"};
    static const struct {
        const char *name;
        unsigned bit;
    } levers[] = {{"renormalise", STEP_RENORMALISE},
                  {"reproject", STEP_REPROJECT},
                  {"checkpoint", STEP_CHECKPOINT},
                  {"fused-update", STEP_FUSED_UPDATE}};
    cJSON *software = cJSON_AddObjectToObject(json, "software");
    cJSON_AddStringToObject(software, "framework", "gradus-gpu");
    if (m->device.facts.libraries[0])
        cJSON_AddStringToObject(software, m->device.facts.gpu ? "cudnn" : "version",
                                m->device.facts.libraries);
    cJSON_AddStringToObject(software, "precision",
                            precisions[measure_numbers(m->options, &m->device)]);
    cJSON_AddStringToObject(software, "layout", "nhwc");
    cJSON *list = m->options->levers ? cJSON_AddArrayToObject(software, "levers") : NULL;
    for (size_t i = 0; list && i < sizeof levers / sizeof *levers; i++)
        if (m->options->levers & levers[i].bit)
            cJSON_AddItemToArray(list, cJSON_CreateString(levers[i].name));
}

static void put_scale(const struct measurement *m, cJSON *json) {
    const struct measure_scale s = measure_scale_of(m->options, &m->device);
    if (s.blocks == 0)
        return;
    cJSON *scale = cJSON_AddObjectToObject(json, "scale");
    add(scale, "blocks", s.blocks);
    add(scale, "width", s.width);
    add(scale, "pixels", s.pixels);
}

static const struct measure_piece *find_piece(const struct measurement *m, enum measure_kind kind) {
    for (int i = 0; i < m->count; i++)
        if (m->pieces[i].kind == kind)
            return &m->pieces[i];
    return NULL;
}

/* --- Parts --- */

static void put_model(const struct measurement *m, cJSON *json) {
    static struct resnet net;
    struct resnet_plan plan;
    const struct measure_scale scale = measure_scale_of(m->options, &m->device);
    const struct measure_piece *p = find_piece(m, MEASURE_CONTEXT);
    if (!p || !measure_network(&scale, p->depth, &plan) || !resnet_make(&plan, &net))
        return;
    cJSON *model = cJSON_AddObjectToObject(json, "model");
    put_network(model, p->depth);
    add(model, "parameters", resnet_parameter_count(&net));
    add(model, "size", 4 * resnet_parameter_count(&net));
    const struct measure_record *r = measure_find(m, p->name);
    if (!r || (r->facts.gpu && !r->outside))
        return;
    cJSON *context = cJSON_AddObjectToObject(json, "context");
    add(context, "before", r->at[MOMENT_BEFORE].seen);
    add(context, "loaded", r->at[MOMENT_LOADED].seen);
}

static void put_protocol(const struct measurement *m, cJSON *json) {
    cJSON *protocol = cJSON_AddObjectToObject(json, "protocol");
    const struct measure_piece *p = find_piece(m, MEASURE_OPTIMISER);
    if (p) {
        cJSON *part = cJSON_AddObjectToObject(protocol, "optimisers");
        put_network(part, p->depth);
        add(part, "steps", p->images / p->batch);
        cJSON_AddTrueToObject(part, "separate");
        cJSON_AddStringToObject(part, "reads", reads_of(m));
    }
    p = find_piece(m, MEASURE_BATCH);
    if (p) {
        cJSON *part = cJSON_AddObjectToObject(protocol, "batches");
        put_network(part, p->depth);
        cJSON_AddStringToObject(part, "optimiser", optimisers[p->optimiser]);
        cJSON_AddTrueToObject(part, "separate");
        cJSON_AddStringToObject(part, "reads", reads_of(m));
        add(part, "images", p->images);
        add(part, "epochs", p->epochs);
        cJSON_AddStringToObject(part, "accuracy", "training");
    }
}

/* The readings that there are: after the first step, after the last, and the most at any time. */
static void put_samples(cJSON *row, const struct measure_record *r) {
    static const enum measure_moment read[] = {MOMENT_FIRST, MOMENT_STEADY, MOMENT_PEAK};
    cJSON *samples = cJSON_AddArrayToObject(row, "samples");
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        cJSON_AddItemToArray(samples, cJSON_CreateNumber((double)r->at[read[i]].seen));
}

static void put_row(const struct measure_piece *p, const struct measure_record *r, cJSON *list) {
    cJSON *row = cJSON_CreateObject();
    if (p->kind == MEASURE_OPTIMISER)
        cJSON_AddStringToObject(row, "optimiser", optimisers[p->optimiser]);
    add(row, "batch", p->batch);
    add(row, "memory", r->at[MOMENT_PEAK].seen);
    if (p->kind == MEASURE_BATCH && r->epoch_count > 0) {
        cJSON_AddNumberToObject(row, "rate", (double)p->rate);
        cJSON_AddNumberToObject(row, "accuracy", r->epochs[r->epoch_count - 1].accuracy);
        cJSON_AddNumberToObject(row, "seconds", r->epochs[r->epoch_count - 1].time);
    }
    put_samples(row, r);
    cJSON_AddItemToArray(list, row);
}

static void put_rows(const struct measurement *m, enum measure_kind kind, const char *name,
                     cJSON *json) {
    cJSON *list = cJSON_AddArrayToObject(json, name);
    for (int i = 0; i < m->count; i++)
        if (m->pieces[i].kind == kind && measure_good(m, i))
            put_row(&m->pieces[i], &m->records[i], list);
}

static void put_epochs(const struct measurement *m, cJSON *json) {
    cJSON *list = cJSON_AddArrayToObject(json, "epochs");
    for (int i = 0; i < m->count; i++) {
        const struct measure_record *r = measure_good(m, i);
        for (int e = 0; r && e < r->epoch_count; e++) {
            cJSON *epoch = cJSON_CreateObject();
            add(epoch, "batch", m->pieces[i].batch);
            add(epoch, "epoch", e + 1);
            cJSON_AddNumberToObject(epoch, "time", r->epochs[e].time);
            cJSON_AddNumberToObject(epoch, "loss", r->epochs[e].loss);
            cJSON_AddNumberToObject(epoch, "accuracy", r->epochs[e].accuracy);
            if (m->pieces[i].tests > 0)
                cJSON_AddNumberToObject(epoch, "test", r->epochs[e].test);
            add(epoch, "memory", r->epochs[e].memory);
            cJSON_AddItemToArray(list, epoch);
        }
    }
}

static void put_largest(const struct measurement *m, cJSON *json) {
    if (m->fits <= 0)
        return;
    cJSON *largest = cJSON_AddObjectToObject(json, "largest");
    add(largest, "fits", m->fits);
    if (m->fails > 0 && !m->fails_by_plan_only)
        add(largest, "fails", m->fails);
}

char *measure_report(const struct measurement *m, bool drawn) {
    cJSON *json = cJSON_CreateObject();
    add(json, "schema", REPORT_SCHEMA);
    cJSON_AddStringToObject(json, "kind", is_scaled(m) ? "rehearsal" : "measurement");
    cJSON_AddStringToObject(json, "made_by", "gradus-gpu");
    cJSON_AddStringToObject(json, "units", "bytes");
    put_device(m, json);
    put_software(m, json);
    put_scale(m, json);
    cJSON_AddStringToObject(json, "data", m->device.data);
    put_model(m, json);
    put_protocol(m, json);
    put_rows(m, MEASURE_OPTIMISER, "optimisers", json);
    put_rows(m, MEASURE_BATCH, "batches", json);
    put_largest(m, json);
    put_epochs(m, json);
    cJSON *plots = drawn ? cJSON_AddArrayToObject(json, "plots") : NULL;
    if (plots) {
        cJSON_AddItemToArray(plots, cJSON_CreateString("accuracy.png"));
        cJSON_AddItemToArray(plots, cJSON_CreateString("memory.png"));
    }
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}
