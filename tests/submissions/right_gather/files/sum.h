/* Adding up without losing much (Neumaier's variant of Kahan's summation). */
#ifndef SUM_H
#define SUM_H

struct sum {
    double total, lost;
};

static inline void sum_add(struct sum *s, double number) {
    double next = s->total + number;
    double larger = s->total, smaller = number;
    if ((larger < 0 ? -larger : larger) < (smaller < 0 ? -smaller : smaller)) {
        larger = number;
        smaller = s->total;
    }
    s->lost += larger - next + smaller;
    s->total = next;
}

static inline double sum_of(struct sum s) {
    return s.total + s.lost;
}

#endif
