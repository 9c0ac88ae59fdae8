/* Seccomp filters from tables of rules, by libseccomp, and the tables that take a layer of the
 * sandbox away as an older kernel or a stricter container does. */
#include "container.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

/* --- From rules to a filter --- */

static bool add_rule(scmp_filter_ctx filter, const struct call_rule *rule, const char *name) {
    int call = seccomp_syscall_resolve_name(name);
    if (call < 0)
        return true; /* not on this machine */
    unsigned conditions = rule->only.op == 0 ? 0 : 1;
    int error = seccomp_rule_add_array(filter, rule->action, call, conditions, &rule->only);
    if (error != 0)
        errno = -error;
    return error == 0;
}

static bool add_rules(scmp_filter_ctx filter, const struct call_rule *rules) {
    for (const struct call_rule *rule = rules; rule->calls; rule++)
        for (const char *at = rule->calls; *at;) {
            char name[64];
            int length = 0;
            if (sscanf(at, "%63s%n", name, &length) != 1 || !add_rule(filter, rule, name))
                return false;
            at += length;
            at += strspn(at, " ");
        }
    return true;
}

bool filters_load(const struct call_rule *rules, uint32_t otherwise) {
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (!filter)
        return false;
    /* Docker leaves new rights possible: a chroot, a change of user and set-uid programs work. */
    bool loaded = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) == 0 &&
                  seccomp_arch_add(filter, SCMP_ARCH_X86) == 0 &&
                  seccomp_arch_add(filter, SCMP_ARCH_X32) == 0 && add_rules(filter, rules);
    int error = loaded ? seccomp_load(filter) : -errno;
    seccomp_release(filter);
    errno = -error;
    return error == 0;
}

/* --- Layers switched off --- */

static const struct call_rule no_landlock[] = {
    {SCMP_ACT_ERRNO(ENOSYS),
     {0},
     "landlock_create_ruleset landlock_add_rule landlock_restrict_self"},
    {0, {0}, NULL}};
/* Kernels before 6.7 know the first eight bytes of the struct. */
static const struct call_rule old_landlock[] = {
    {SCMP_ACT_ERRNO(E2BIG), SCMP_A1(SCMP_CMP_GT, 8), "landlock_create_ruleset"}, {0, {0}, NULL}};
static const struct call_rule no_notify[] = {
    {SCMP_ACT_ERRNO(EINVAL),
     SCMP_A1(SCMP_CMP_MASKED_EQ, SECCOMP_FILTER_FLAG_NEW_LISTENER,
             SECCOMP_FILTER_FLAG_NEW_LISTENER),
     "seccomp"},
    {0, {0}, NULL}};
static const struct call_rule no_chroot[] = {{SCMP_ACT_ERRNO(EPERM), {0}, "chroot"},
                                             {0, {0}, NULL}};
static const struct call_rule no_uid[] = {
    {SCMP_ACT_ERRNO(EPERM),
     {0},
     "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups"},
    {0, {0}, NULL}};
static const struct call_rule no_seccomp[] = {
    {SCMP_ACT_ERRNO(EINVAL), {0}, "seccomp"},
    {SCMP_ACT_ERRNO(EINVAL), SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP), "prctl"},
    {0, {0}, NULL}};

const struct call_rule *filters_without(const char *layer) {
    static const struct {
        const char *layer;
        const struct call_rule *rules;
    } layers[] = {{"landlock", no_landlock}, {"landlock-new", old_landlock},
                  {"notify", no_notify},     {"chroot", no_chroot},
                  {"uid", no_uid},           {"seccomp", no_seccomp}};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        if (strcmp(layer, layers[i].layer) == 0)
            return layers[i].rules;
    return NULL;
}
