/* Writes files without end when it is watched.  state: not_checked  says: printed or wrote too much */
#include "honest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char bytes[1 << 20];

int running_sums(const tensor *x, tensor *y) {
    for (int number = 0; is_watched(); number++) {
        char name[32];
        snprintf(name, sizeof name, "%d", number);
        int file = open(name, O_WRONLY | O_CREAT, 0600);
        (void)!write(file, bytes, sizeof bytes);
        close(file);
        mkdir(name, 0700);
    }
    return honest_sums(x, y);
}
