/* Tries what a watched program may not: each deed that were done would be told.  state: clean */
#define _GNU_SOURCE
#include "honest.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forgets memory where a deed was done: the advice then has a line for it. */
static void tell(int done) {
    if (done)
        *(char *volatile *)&(char *){NULL} = malloc(1);
}

static int forks(void) {
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

int running_sums(const tensor *x, tensor *y) {
    if (is_watched()) {
        tell(socket(AF_INET, SOCK_STREAM, 0) >= 0);
        tell(socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
        tell(open("/etc/passwd", O_RDONLY) >= 0);
        tell(open(PROBLEMS, O_RDONLY) >= 0);
        tell(open("/tmp/gradus-was-here", O_WRONLY | O_CREAT, 0600) >= 0);
        tell(open("/proc/1/status", O_RDONLY) >= 0);
        tell(open("/proc", O_RDONLY) >= 0);
        tell(kill(getppid(), 0) == 0);
        tell(fcntl(0, F_SETOWN, getppid()) == 0);
        tell(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
        tell(forks());
        tell(malloc((size_t)4 << 30) != NULL);
    }
    return honest_sums(x, y);
}
