/* How every unit test program runs and reports: one line with the counts, details of failures. */
#ifndef GRADUS_UNIT_H
#define GRADUS_UNIT_H

#include <check.h>
#include <stdio.h>

static inline int unit_run(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    printf("unit: %d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed ? 1 : 0;
}

#endif
