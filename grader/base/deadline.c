/* The clock of a run (deadline.h).  Knows time and signals; nothing of what they end. */
#include "base/deadline.h"

#include "base/fault.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static double granted, end; /* 0: there is none */
static volatile sig_atomic_t caught;

double moment_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void deadline_begin(double seconds) {
    granted = seconds;
    end = seconds > 0 ? moment_now() + seconds : 0;
}

static void catch_signal(int number) {
    caught = number;
}

void deadline_heed_signals(void) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    /* Restarting costs nothing: poll, in which we wait, is never restarted. */
    struct sigaction action = {.sa_handler = catch_signal, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
}

double deadline_left(void) {
    if (caught)
        return 0;
    return end > 0 ? fmax(0, end - moment_now()) : INFINITY;
}

bool deadline_passed(void) {
    return deadline_left() <= 0;
}

char *deadline_reason(void) {
    if (caught)
        return format_string("The run was interrupted (SIG%s): it is to be graded again.",
                             sigabbrev_np(caught));
    return format_string("The run ran out of time (%g s): it is to be graded again.", granted);
}
