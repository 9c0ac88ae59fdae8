/* Landlock: which paths a box may reach.  Workers and readers reach none; tools reach what the
 * caller names, and /dev/null.  Each version of the kernel's interface knows more rights than the
 * one before; we deny all that this kernel knows. */
#include "layers.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface, written out because the headers of a supported distribution may be older
 * than its kernel. */
enum { CALL_CREATE = 444, CALL_ADD = 445, CALL_RESTRICT = 446, ASK_VERSION = 1, PATH_BENEATH = 1 };

enum {
    MAY_EXECUTE = 1 << 0,
    MAY_WRITE_FILE = 1 << 1,
    MAY_READ_FILE = 1 << 2,
    MAY_READ_DIRECTORY = 1 << 3,
    MAY_REMOVE_DIRECTORY = 1 << 4,
    MAY_REMOVE_FILE = 1 << 5,
    MAY_MAKE_DIRECTORY = 1 << 7,
    MAY_MAKE_FILE = 1 << 8,
    MAY_TRUNCATE = 1 << 14
};

struct ruleset {
    uint64_t files, network, scope;
};
struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* By version: what it can deny, and the size of the struct that it reads. */
static const struct {
    struct ruleset deny;
    size_t size;
} versions[] = {
    {{0x1fff, 0, 0}, 8},  {{0x3fff, 0, 0}, 8},  {{0x7fff, 0, 0}, 8},
    {{0x7fff, 3, 0}, 16}, {{0xffff, 3, 0}, 16}, {{0xffff, 3, 3}, 24},
};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

enum {
    READING = MAY_EXECUTE | MAY_READ_FILE | MAY_READ_DIRECTORY,
    WRITING = READING | MAY_WRITE_FILE | MAY_REMOVE_DIRECTORY | MAY_REMOVE_FILE |
              MAY_MAKE_DIRECTORY | MAY_MAKE_FILE | MAY_TRUNCATE,
    OF_A_FILE = MAY_EXECUTE | MAY_READ_FILE | MAY_WRITE_FILE | MAY_TRUNCATE
};

static int create(int version) {
    int row = (version < VERSIONS ? version : VERSIONS) - 1;
    return (int)syscall(CALL_CREATE, &versions[row].deny, versions[row].size, 0);
}

/* What it says about itself counts only above the versions that can be told by trying. */
int landlock_version(void) {
    int version = VERSIONS, ruleset;
    while (version > 0 && (ruleset = create(version)) < 0)
        version--;
    if (version == 0)
        return 0;
    close(ruleset);
    long told = version == VERSIONS ? syscall(CALL_CREATE, NULL, 0, ASK_VERSION) : 0;
    return told > version ? (int)told : version;
}

/* A path that does not exist is no mistake: toolchains differ in the folders that they have. */
static bool allow(int ruleset, const char *path, uint64_t rights) {
    int parent = open(path, O_PATH | O_CLOEXEC);
    if (parent < 0)
        return true;
    struct stat status;
    bool known = fstat(parent, &status) == 0;
    if (!S_ISDIR(status.st_mode))
        rights &= OF_A_FILE;
    struct path_rule rule = {rights, parent};
    bool added = known && syscall(CALL_ADD, ruleset, PATH_BENEATH, &rule, 0) == 0;
    close(parent);
    return added;
}

int landlock_ruleset(const struct box *box, int version) {
    int ruleset = create(version);
    if (ruleset < 0 || box->kind != BOX_TOOL)
        return ruleset;
    uint64_t denied = versions[(version < VERSIONS ? version : VERSIONS) - 1].deny.files;
    bool added = allow(ruleset, "/dev/null", WRITING & denied);
    for (int i = 0; i < BOX_PATHS && box->readable[i] != NULL; i++)
        added = added && allow(ruleset, box->readable[i], READING & denied);
    for (int i = 0; i < BOX_PATHS && box->writable[i] != NULL; i++)
        added = added && allow(ruleset, box->writable[i], WRITING & denied);
    if (box->directory != NULL)
        added = added && allow(ruleset, box->directory, WRITING & denied);
    if (!added) {
        close(ruleset);
        return -1;
    }
    return ruleset;
}

bool landlock_add_self(int ruleset) {
    return allow(ruleset, "/proc/self", READING);
}

bool landlock_enforce(int ruleset) {
    return syscall(CALL_RESTRICT, ruleset, 0) == 0;
}
