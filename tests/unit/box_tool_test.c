/* Boxes for tools and readers, by what they can reach and what they leave behind. */
#include "box_unit.h"

#include "base/fault.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* --- Tools --- */

static struct fate shell_in(bool guarded, const char *script, const struct limits *limits) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    char *directory = directory_private();
    struct box box = {.kind = BOX_TOOL,
                      .argv = argv,
                      .directory = directory,
                      .readable = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"},
                      .limits = *limits,
                      .file_kib = KIB,
                      .guarded = guarded,
                      .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert_msg(box_start(&box, &boxed, &fate), "%s: %s", fate.step, strerror(fate.code));
    fate = finish(&boxed);
    directory_remove(directory);
    free(directory);
    return fate;
}

static struct fate shell(const char *script, const struct limits *limits) {
    return shell_in(false, script, limits);
}

/* socket, socketpair, setsid, setpgid, ptrace, keyctl, memfd_create, io_uring_setup, unshare,
 * shmget
 */
#define CALLS "@calls = (41, 53, 112, 109, 101, 250, 319, 425, 272, 29); "
/* kill, tkill, tgkill, rt_sigqueueinfo, pidfd_send_signal, prlimit64 */
#define SIGNALS "@calls = (62, 200, 234, 129, 424, 302); "
static const struct {
    const char *script;
    int landlock, code; /* which version of Landlock this takes */
    const char *says;
} scripts[] = {
    {"echo kept >file; cat file; exit 3", 0, 3, "kept\n"},
    {"env | grep -vE '^(PWD|_|SHLVL|OLDPWD)=' | LC_ALL=C sort", 0, 0,
     "LC_ALL=C\nPATH=/usr/local/bin:/usr/bin:/bin\nSOURCE_DATE_EPOCH=0\nTMPDIR=.\n"},
    {"cat /etc/passwd 2>/dev/null || echo closed", 1, 0, "closed\n"},
    {"ls /proc/1 2>/dev/null || echo closed", 1, 0, "closed\n"},
    {"(: >/var/tmp/gradus-was-here) 2>/dev/null || echo closed", 1, 0, "closed\n"},
    {"cat; echo quiet >/dev/null", 0, 0, ""},
    {"kill -0 $PPID 2>/dev/null || echo closed", 0, 0, "closed\n"},
    {"kill -0 $$ && echo own", 0, 0, "own\n"},
    {"perl -e '" SIGNALS "$p = 0 + shift; $! = 0, syscall($_, $p, $p, 0, 0), print $! + 0 "
     "for @calls' $PPID",
     0, 0, "111111"},
    {"(yes | head -c 2000000 >file) 2>/dev/null; stat -c %s file", 0, 0, "1048576\n"},
    {"perl -e '" CALLS "$! = 0, syscall($_, 2, 1, 0, 0, 0), print $! + 0 for @calls'", 0, 0,
     "1111111111"},
    {"perl -e 'syscall(435, 0, 0); print $! + 0; print syscall(56, 0x10000011, 0, 0, 0, 0)'", 0, 0,
     "38-1"},
    {"bash -c 'for f in {0..63}; do (: <&$f) 2>/dev/null && echo $f; done; :'", 0, 0, "0\n1\n2\n"},
};

START_TEST(a_tool_reaches_what_it_was_given) {
    become_user(_i);
    if (box_level()->landlock < scripts[_i / 2].landlock)
        return;
    setenv("LD_PRELOAD", "", 1);
    setenv("SECRET", "17", 1);
    struct fate fate = shell(scripts[_i / 2].script, &usual);
    ck_assert_str_eq(printed, scripts[_i / 2].says);
    ck_assert_fate(fate, FATE_EXITED, scripts[_i / 2].code);
}
END_TEST

/* A shell's own commands: it starts no other program. */
static const struct {
    const char *script, *says;
} guarded[] = {
    {"echo kept >file; read line <file; echo $line", "kept\n"},
    {"read line </proc/self/stat && echo own", "own\n"},
    {"read line </proc/$$/stat && echo own", "own\n"},
    {"{ read line </proc/$PPID/stat; } 2>/dev/null || echo closed", "closed\n"},
    {"{ read line </proc/version; } 2>/dev/null || echo closed", "closed\n"},
    {"kill -0 $PPID 2>/dev/null || echo closed", "closed\n"},
    {"exec 2>/dev/null; echo one; (echo two)", "one\n"},
    {"exec perl -e 'print 1 + 1, defined(fork) ? 1 : 0, syscall(41, 2, 1, 0) < 0 ? 0 : 1'", "200"},
};

START_TEST(a_guarded_tool_sees_itself_and_reaches_nobody) {
    become_user(_i);
    if (!box_level()->tools_confined)
        return;
    shell_in(true, guarded[_i / 2].script, &usual);
    ck_assert_str_eq(printed, guarded[_i / 2].says);
}
END_TEST

static const struct {
    const char *script;
    enum fate_kind kind;
    struct limits limits;
} tool_ends[] = {
    {"while :; do :; done", FATE_TIMED_OUT, {0.2, 5, 256, 8, 64}},
    {"sh -c 'while :; do :; done'; exit 1", FATE_TIMED_OUT, {0.5, 20, 256, 8, 64}},
    {"sleep 10", FATE_BLOCKED, {5, 0.2, 256, 8, 64}},
    {"yes", FATE_OUTPUT, {5, 5, 256, 8, 64}},
    {"kill -11 $$", FATE_SIGNALLED, {5, 5, 256, 8, 64}},
};

START_TEST(a_tool_that_exceeds_its_limits_is_ended) {
    become_user(_i);
    struct fate fate = shell(tool_ends[_i / 2].script, &tool_ends[_i / 2].limits);
    ck_assert_int_eq(fate.kind, tool_ends[_i / 2].kind);
    ck_assert_uint_le(strlen(printed), 64UL * KIB);
}
END_TEST

static int processes_of(unsigned uid) {
    DIR *processes = opendir("/proc");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        struct stat status;
        if (fstatat(dirfd(processes), entry->d_name, &status, 0) == 0 && status.st_uid == uid)
            count++;
    }
    closedir(processes);
    return count;
}

static const char *const daemons[] = {
    "sleep 60 & sleep 60 & exit 0",
    "setsid sleep 60 & (setsid sh -c 'setsid sleep 60 & exit' &) ; sleep 0.05; exit 0",
    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do setsid sh -c 'sleep 60 & sleep 60' & done",
    "f() { f | f & }; f 2>/dev/null; sleep 0.1",
};

START_TEST(nothing_of_a_tool_outlives_it) {
    become_user(_i);
    const char *argv[] = {"/bin/sh", "-c", daemons[_i / 2], NULL};
    char *directory = directory_private();
    struct box box = {.kind = BOX_TOOL,
                      .argv = argv,
                      .directory = directory,
                      .readable = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"},
                      .limits = {5, 3, 256, 8, 64},
                      .file_kib = KIB,
                      .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert(box_start(&box, &boxed, &fate));
    unsigned uid = boxed.uid;
    finish(&boxed);
    ck_assert(uid == 0 || processes_of(uid) == 0);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* what had lost its parent would be ours */
    directory_remove(directory);
    free(directory);
}
END_TEST

START_TEST(a_readable_path_is_not_writable) {
    become_user(_i);
    if (box_level()->landlock == 0)
        return;
    const char *script = "cat $0/file && (: >$0/new) 2>/dev/null || echo closed; echo new >$1/new";
    char *open_to_read = directory_private(), *open_to_write = directory_private();
    char *file = format_string("%s/file", open_to_read),
         *made = format_string("%s/new", open_to_write);
    ck_assert(file_write(file, "text\n", 5));
    chmod(open_to_read, 0777);
    chmod(open_to_write, 0777);
    const char *argv[] = {"/bin/sh", "-c", script, open_to_read, open_to_write, NULL};
    struct box box = {.kind = BOX_TOOL,
                      .argv = argv,
                      .readable = {"/usr", "/bin", "/lib", "/lib64", open_to_read},
                      .writable = {open_to_write},
                      .limits = usual,
                      .file_kib = KIB,
                      .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert(box_start(&box, &boxed, &fate));
    fate = finish(&boxed);
    ck_assert_str_eq(printed, "text\nclosed\n");
    ck_assert_fate(fate, FATE_EXITED, 0);
    ck_assert_int_eq(access(made, F_OK), 0);
    directory_remove(open_to_read);
    directory_remove(open_to_write);
    free(made);
    free(file);
    free(open_to_write);
    free(open_to_read);
}
END_TEST

START_TEST(a_box_that_cannot_be_set_up_is_our_fault) {
    become_user(_i);
    const char *argv[] = {"/usr/bin/no-such-tool", NULL};
    struct box box = {.kind = BOX_TOOL, .argv = argv, .limits = usual, .file_kib = 1, .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_fate(fate, FATE_SETUP, ENOENT);
    ck_assert_str_eq(fate.step, "exec");
    box.directory = "/no/such/directory";
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_fate(fate, FATE_SETUP, ENOENT);
}
END_TEST

/* --- Readers --- */

enum { COPIES = 7 };

static int copy(void *context) {
    char bytes[16];
    ssize_t count = pread(3, bytes, sizeof bytes, 0);
    return write(4, bytes, (size_t)count) == count ? COPIES + (context != NULL) : 1;
}
static int open_file(void *context) {
    return open(context, O_RDONLY) < 0 && errno == ENOENT ? COPIES : 1;
}
static int make_socket(void *context) {
    return context == NULL ? socket(AF_INET, SOCK_STREAM, 0) : 1;
}
static int use_others(void *context) {
    (void)context;
    for (int file = 5; file < 1024; file++)
        if (fcntl(file, F_GETFD) >= 0 || lseek(file, 0, SEEK_CUR) >= 0)
            return 1;
    return COPIES;
}
static int list_descriptors(void *context) {
    struct stat status;
    for (int file = 0; file < 1024; file++)
        if (fstat(file, &status) == 0)
            dprintf(STDOUT_FILENO, "%d ", file);
    return context == NULL ? COPIES : 1;
}
static int write_everywhere(void *context) {
    (void)context;
    for (int file = 5; file < 1024; file++)
        if (write(file, "x", 1) >= 0)
            return 1;
    return COPIES;
}
static int crash(void *context) {
    if (context == NULL)
        abort();
    return 1;
}
static int write_much(void *context) {
    static char zeros[1 << 16];
    while (write(4, zeros, sizeof zeros) > 0)
        continue;
    return context == NULL ? 0 : 1;
}

static struct fate read_in_box(int (*entry)(void *), void *context, int out) {
    int in = memfd_create("in", MFD_CLOEXEC);
    ck_assert_int_eq(write(in, "hello", 5), 5);
    struct box box = {.kind = BOX_READER,
                      .entry = entry,
                      .context = context,
                      .pass = {in, out},
                      .pass_count = 2,
                      .limits = usual,
                      .file_kib = 256,
                      .cpu = -1};
    box.limits.memory_mib = 1024;
    struct boxed boxed;
    struct fate fate;
    ck_assert_msg(box_start(&box, &boxed, &fate), "%s: %s", fate.step, strerror(fate.code));
    fate = finish(&boxed);
    close(in);
    return fate;
}

START_TEST(a_reader_reads_and_writes_what_it_was_given) {
    become_user(_i);
    int out = memfd_create("out", MFD_CLOEXEC);
    char bytes[16] = "";
    struct fate fate = read_in_box(copy, NULL, out);
    ck_assert_fate(fate, FATE_EXITED, COPIES);
    ck_assert_int_eq(pread(out, bytes, sizeof bytes, 0), 5);
    ck_assert_str_eq(bytes, "hello");
    fate = read_in_box(write_much, NULL, out);
    ck_assert_fate(fate, FATE_SIGNALLED, SIGXFSZ);
    ck_assert_int_eq(lseek(out, 0, SEEK_END), 256L * KIB);
}
END_TEST

START_TEST(a_reader_reaches_nothing_else) {
    become_user(_i);
    int out = memfd_create("out", MFD_CLOEXEC);
    struct fate fate = read_in_box(open_file, "/etc/passwd", out);
    ck_assert_fate(fate, FATE_EXITED, COPIES);
    fate = read_in_box(make_socket, NULL, out);
    ck_assert_fate(fate, FATE_FORBIDDEN, SYS_socket);
    fate = read_in_box(use_others, NULL, out);
    ck_assert_fate(fate, FATE_FORBIDDEN, SYS_fcntl);
    fate = read_in_box(list_descriptors, NULL, out);
    ck_assert_fate(fate, FATE_EXITED, COPIES);
    ck_assert_str_eq(printed, "0 1 2 3 4 ");
    fate = read_in_box(write_everywhere, NULL, out);
    ck_assert_fate(fate, FATE_EXITED, COPIES);
    fate = read_in_box(crash, NULL, out);
    ck_assert_fate(fate, FATE_SIGNALLED, SIGABRT);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("box_tool");
    TCase *tests = tcase_create("box_tool");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_tool_reaches_what_it_was_given, 0, ROWS(scripts));
    tcase_add_loop_test(tests, a_guarded_tool_sees_itself_and_reaches_nobody, 0, ROWS(guarded));
    tcase_add_loop_test(tests, a_tool_that_exceeds_its_limits_is_ended, 0, ROWS(tool_ends));
    tcase_add_loop_test(tests, nothing_of_a_tool_outlives_it, 0, ROWS(daemons));
    tcase_add_loop_test(tests, a_readable_path_is_not_writable, 0, 2);
    tcase_add_loop_test(tests, a_box_that_cannot_be_set_up_is_our_fault, 0, 2);
    tcase_add_loop_test(tests, a_reader_reads_and_writes_what_it_was_given, 0, 2);
    tcase_add_loop_test(tests, a_reader_reaches_nothing_else, 0, 2);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
