/* Runs a command as an unprivileged Docker container would: as root, but with Docker's default
 * capabilities and under its default seccomp profile, if wanted with less of a processor and of
 * memory, below another root, as an ordinary user, or without one of the layers that a sandbox is
 * made of.
 *
 *   container [--without LAYER]... [--cpus X] [--memory-mib N] [--root DIRECTORY] [--user] [--]
 *             COMMAND [ARGUMENT]...
 *
 * LAYER is landlock, landlock-new, notify, chroot, seccomp or uid.  The exit code is the command's,
 * 128 and more for a signal, 125 when the simulation failed.  What the command left running is
 * ended, and that it was is said.  What is not simulated: namespaces, AppArmor, and the image. */
#include "container.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 125, NOT_FOUND = 127, KILLED = 128, LAYERS = 8, NOBODY = 65534, GRACE_MS = 200 };

struct order {
    const struct call_rule *without[LAYERS];
    int without_count;
    double cpus;
    long memory_mib;
    const char *root;
    bool as_user;
    char **command;
};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "container: %s: %s\n", what, strerror(errno));
    exit(FAILED);
}

/* --- Options --- */

static _Noreturn void refuse(const char *program) {
    fprintf(stderr,
            "usage: %s [--without landlock|landlock-new|notify|chroot|seccomp|uid]... [--cpus X]\n"
            "       [--memory-mib N] [--root DIRECTORY] [--user] [--] COMMAND [ARGUMENT]...\n",
            program);
    exit(FAILED);
}

static void read_order(int count, char **arguments, struct order *o) {
    static const struct option known[] = {{"without", required_argument, NULL, 'w'},
                                          {"cpus", required_argument, NULL, 'c'},
                                          {"memory-mib", required_argument, NULL, 'm'},
                                          {"root", required_argument, NULL, 'r'},
                                          {"user", no_argument, NULL, 'u'},
                                          {0}};
    char *end = NULL;
    for (int key; (key = getopt_long(count, arguments, "+", known, NULL)) != -1;) {
        if (key == 'w' && o->without_count < LAYERS)
            o->without[o->without_count++] = filters_without(optarg);
        else if (key == 'c')
            o->cpus = strtod(optarg, &end);
        else if (key == 'm')
            o->memory_mib = strtol(optarg, &end, 10);
        else if (key == 'r')
            o->root = optarg;
        else if (key == 'u')
            o->as_user = true;
        else
            refuse(arguments[0]);
        bool numbered = key == 'c' || key == 'm';
        if ((numbered && (*end || (o->cpus <= 0 && o->memory_mib <= 0))) ||
            (key == 'w' && !o->without[o->without_count - 1]))
            refuse(arguments[0]);
    }
    o->command = arguments + optind;
    if (!*o->command)
        refuse(arguments[0]);
}

/* --- The command's rights --- */

/* github.com/moby/moby, oci/caps/defaults.go.  None is inheritable, since Docker 20.10.14. */
static const int kept[] = {CAP_CHOWN,       CAP_DAC_OVERRIDE,    CAP_FSETID, CAP_FOWNER,
                           CAP_MKNOD,       CAP_NET_RAW,         CAP_SETGID, CAP_SETUID,
                           CAP_SETFCAP,     CAP_SETPCAP,         CAP_KILL,   CAP_SYS_CHROOT,
                           CAP_AUDIT_WRITE, CAP_NET_BIND_SERVICE};

static bool keep_default_capabilities(bool as_user) {
    uint32_t set = 0; /* all of them are below 32 */
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        set |= 1U << kept[i];
    for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
        if ((i > 31 || !(set >> i & 1)) && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
            return false;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return false;
    if (as_user) /* who keeps none */
        return setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{.effective = set, .permitted = set}, {0, 0, 0}};
    return syscall(SYS_capset, &header, data) == 0;
}

/* Filters are loaded first: without CAP_SYS_ADMIN that would take giving up new rights for ever. */
static _Noreturn void become_command(const struct order *o, const struct group *group) {
    if (!group_join(group))
        fail("control group");
    if (o->root && (chroot(o->root) != 0 || chdir("/") != 0))
        fail(o->root);
    if (setgroups(0, NULL) != 0)
        fail("groups");
    if (!filters_load(docker_rules, SCMP_ACT_ERRNO(EPERM)))
        fail("seccomp profile");
    for (int i = 0; i < o->without_count; i++)
        if (!filters_load(o->without[i], SCMP_ACT_ALLOW))
            fail("seccomp filter");
    if (!keep_default_capabilities(o->as_user))
        fail("capabilities");
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    execvp(o->command[0], o->command);
    fprintf(stderr, "container: %s: %s\n", o->command[0], strerror(errno));
    _exit(NOT_FOUND);
}

/* --- Waiting for it, and for what it leaves --- */

static pid_t command;

static void end_command(int signal_number) {
    (void)signal_number;
    kill(command, SIGKILL);
}

/* Whoever loses its parent becomes our child, so that killing children reaches everybody. */
static int kill_children(void) {
    char path[64], line[32];
    int killed = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "re");
    while (children && fscanf(children, "%31s", line) == 1)
        killed += kill((pid_t)strtol(line, NULL, 10), SIGKILL) == 0;
    if (children)
        fclose(children);
    return killed;
}

static int wait_for_all(void) {
    int status = 0;
    while (waitpid(command, &status, 0) < 0 && errno == EINTR)
        continue;
    int looks = 0, killed = 0;
    for (pid_t ended; (ended = waitpid(-1, NULL, WNOHANG)) >= 0 || errno != ECHILD;)
        if (ended == 0) {
            if (looks++ >= GRACE_MS)
                killed += kill_children();
            usleep(1000);
        }
    if (killed > 0)
        fprintf(stderr, "container: ended what was left running\n");
    return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

int main(int count, char **arguments) {
    struct order o = {.cpus = 0};
    read_order(count, arguments, &o);
    if (geteuid() != 0) {
        fprintf(stderr, "container: only root can simulate one\n");
        return FAILED;
    }
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        fail("subreaper");
    struct group *group = group_make(o.cpus, o.memory_mib);
    command = fork();
    if (command == 0)
        become_command(&o, group);
    if (command < 0)
        fail("fork");
    signal(SIGTERM, end_command);
    signal(SIGINT, end_command);
    int code = wait_for_all();
    group_remove(group);
    return code;
}
