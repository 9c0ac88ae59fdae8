/* The entries of an archive.  libarchive runs in a boxed child that holds nothing but the archive
 * and a memory file; it writes one frame an entry, and the parent believes a frame no more than it
 * believed the archive.  Knows no rule but whether a name's bytes are wanted. */
#include "intake/entry.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Both sides are the same program, so the frame's layout needs no convention of its own. */
struct frame {
    uint32_t kind, path_length; /* of the path that follows, without a NUL */
    uint64_t size, kept;        /* kept: 1 when `size` bytes follow the path, else 0 */
};

/* The contents, and for each entry its path and header. */
enum { FRAMES_LIMIT = 2 * INTAKE_BYTES };

enum outcome {
    READ_ALL,
    READ_NO_ARCHIVE,
    READ_DAMAGED,
    READ_ENCRYPTED,
    READ_MANY,
    READ_MUCH,
    READ_GREEDY,    /* its library had no memory, though there is some */
    READ_NO_MEMORY, /* from here on it is our fault */
    READ_NOT_SENT
};

/* The exit code of READ_ALL, away from those that a library or our own fault() could end with: such
 * an end is our fault, too. */
enum { FIRST_CODE = 100 };

static const char *const sentences[] = {
    [READ_NO_ARCHIVE] = "The submission is neither a directory nor a readable zip or tar archive.",
    [READ_DAMAGED] = "The archive is damaged or incomplete: pack and upload it again.",
    [READ_ENCRYPTED] = "The archive is encrypted: pack it without a password.",
    [READ_MANY] = "The archive holds more than 10000 entries.",
    [READ_MUCH] = "The archive unpacks to more than 64 MiB.",
    [READ_GREEDY] =
        "The archive takes more memory to unpack than there is: pack it as a plain zip.",
};

_Static_assert(INTAKE_ENTRIES == 10000 && INTAKE_BYTES == 64 * MIB, "the sentences quote these");

/* --- In the box --- */

enum { READER_IN = 3, READER_OUT = 4, READER_MIB = 512, ENOUGH_MIB = READER_MIB / 4 };

struct reading {
    const struct homework *homework;
    size_t archive_size, unpacked;
    struct text file; /* the contents of the entry being read */
    locale_t names;   /* without one, libarchive gives no name for what is not ASCII */
};

static bool send_bytes(const void *bytes, size_t count) {
    return file_write_descriptor(READER_OUT, bytes, count);
}

/* What the library says when it can go no further: it is a matter of the archive, unless there was
 * no memory for it. */
static enum outcome blame(struct archive *a, enum outcome outcome) {
    return archive_errno(a) == ENOMEM ? READ_NO_MEMORY : outcome;
}

/* Reads the entry to its end, whatever its header says of its size: what cannot be unpacked within
 * the budget is a bomb even when nobody asked for it. */
static enum outcome unpack(struct archive *a, struct reading *r, size_t limit, size_t *size) {
    text_clear(&r->file);
    *size = 0;
    for (;;) {
        const void *block;
        size_t count;
        la_int64_t offset;
        int status = archive_read_data_block(a, &block, &count, &offset);
        if (status == ARCHIVE_EOF)
            return READ_ALL;
        if (status < ARCHIVE_WARN)
            return blame(a, READ_DAMAGED);
        /* A sparse entry has holes, which count as the zeros they stand for. */
        if (offset < 0 || (size_t)offset < *size || (size_t)offset > INTAKE_BYTES)
            return READ_MUCH;
        size_t hole = (size_t)offset - *size;
        *size += hole + count;
        r->unpacked += hole + count;
        if (r->unpacked > INTAKE_BYTES)
            return READ_MUCH;
        if (*size > limit)
            continue;
        for (; hole > 0; hole--)
            text_add_bytes(&r->file, "", 1);
        text_add_bytes(&r->file, block, count);
    }
}

static enum entry_kind kind_of(struct archive_entry *e) {
    if (archive_entry_hardlink(e) || archive_entry_symlink(e))
        return ENTRY_OTHER;
    if (archive_entry_filetype(e) == AE_IFDIR)
        return ENTRY_FOLDER;
    return archive_entry_filetype(e) == AE_IFREG ? ENTRY_PLAIN : ENTRY_OTHER;
}

static enum outcome read_entry(struct archive *a, struct archive_entry *e, struct reading *r) {
    const char *path = archive_entry_pathname_utf8(e);
    if (!path)
        path = archive_entry_pathname(e);
    if (!path)
        path = "";
    if (archive_entry_is_encrypted(e))
        return READ_ENCRYPTED;
    const char *slash = strrchr(path, '/');
    size_t limit = rule_of(r->homework, slash ? slash + 1 : path).limit;
    enum entry_kind kind = kind_of(e);
    size_t size, length = strnlen(path, ENTRY_PATH);
    enum outcome outcome = unpack(a, r, limit, &size);
    if (outcome != READ_ALL)
        return outcome;
    bool keep = kind == ENTRY_PLAIN && limit > 0 && size <= limit;
    struct frame f = {kind, (uint32_t)length, size, keep};
    bool sent = send_bytes(&f, sizeof f) && send_bytes(path, length) &&
                (!keep || send_bytes(r->file.at, size));
    return sent ? READ_ALL : READ_NOT_SENT;
}

static enum outcome read_entries(struct archive *a, struct reading *r) {
    for (int count = 0;; count++) {
        struct archive_entry *e;
        int status = archive_read_next_header(a, &e);
        if (status == ARCHIVE_EOF)
            return READ_ALL;
        if (archive_read_has_encrypted_entries(a) > 0)
            return READ_ENCRYPTED;
        if (status < ARCHIVE_WARN)
            return blame(a, archive_format(a) ? READ_DAMAGED : READ_NO_ARCHIVE);
        if (count == INTAKE_ENTRIES)
            return READ_MANY;
        enum outcome outcome = read_entry(a, e, r);
        if (outcome != READ_ALL)
            return outcome;
    }
}

static enum outcome open_archive(struct archive *a, const void *bytes, struct reading *r) {
    int (*const support[])(struct archive *) = {
        archive_read_support_format_zip,  archive_read_support_format_tar,
        archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
        archive_read_support_filter_xz,   archive_read_support_filter_zstd};
    for (size_t i = 0; i < sizeof support / sizeof support[0]; i++)
        if (support[i](a) != ARCHIVE_OK)
            return READ_NO_MEMORY;
    if (archive_read_open_memory(a, bytes, r->archive_size) != ARCHIVE_OK)
        return blame(a, READ_NO_ARCHIVE);
    return read_entries(a, r);
}

/* A header may ask for gigabytes.  Whether the archive or the machine is to blame shows once the
 * library has given back what it had. */
static bool memory_is_there(void) {
    void *some = mmap(NULL, ENOUGH_MIB * (size_t)MIB, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return some != MAP_FAILED && munmap(some, ENOUGH_MIB * (size_t)MIB) == 0;
}

static int reader(void *context) {
    struct reading *r = context;
    locale_t before = r->names ? uselocale(r->names) : (locale_t)0;
    enum outcome outcome = READ_NO_MEMORY;
    void *bytes = mmap(NULL, r->archive_size, PROT_READ, MAP_PRIVATE, READER_IN, 0);
    struct archive *a = archive_read_new();
    text_init(&r->file, INTAKE_BYTES);
    if (bytes != MAP_FAILED && a)
        outcome = open_archive(a, bytes, r);
    archive_read_free(a);
    text_free(&r->file);
    if (outcome == READ_NO_MEMORY && bytes != MAP_FAILED && a && memory_is_there())
        outcome = READ_GREEDY;
    if (bytes != MAP_FAILED)
        munmap(bytes, r->archive_size);
    if (before)
        uselocale(before);
    return FIRST_CODE + (int)outcome;
}

/* --- Outside --- */

/* One frame at `*offset` of what the child wrote; false when it does not fit. */
static bool take_frame(struct listing *l, size_t *offset) {
    struct frame f;
    size_t left = l->bytes.length - *offset;
    if (left < sizeof f)
        return false;
    memcpy(&f, l->bytes.at + *offset, sizeof f);
    left -= sizeof f;
    if (f.kind > ENTRY_OTHER || f.kept > 1 || f.path_length > ENTRY_PATH || f.path_length > left ||
        (f.kept && f.size > left - f.path_length))
        return false;
    char path[ENTRY_PATH + 1];
    memcpy(path, l->bytes.at + *offset + sizeof f, f.path_length);
    path[f.path_length] = '\0';
    struct entry *e = listing_add(l, path, (enum entry_kind)f.kind);
    if (!e)
        return false;
    e->size = f.size;
    e->kept = f.kept;
    e->offset = *offset + sizeof f + f.path_length;
    *offset = e->offset + (f.kept ? f.size : 0);
    return true;
}

static void take_frames(struct listing *l) {
    size_t offset = 0;
    while (offset < l->bytes.length)
        if (!take_frame(l, &offset)) {
            listing_problem(l, sentences[READ_DAMAGED]);
            return;
        }
}

static void explain(struct listing *l, const struct fate *fate) {
    if (fate->kind == FATE_SETUP) {
        listing_fault(l, fate->step, fate->code);
        return;
    }
    if (fate->kind != FATE_EXITED) {
        listing_problem(l, "The archive could not be read within the limits.");
        return;
    }
    int outcome = fate->code - FIRST_CODE;
    if (outcome < READ_ALL || outcome >= READ_NO_MEMORY)
        listing_fault(l, "reading the archive", outcome == READ_NOT_SENT ? EIO : ENOMEM);
    else if (outcome != READ_ALL)
        listing_problem(l, sentences[outcome]);
}

/* Reads the archive once, into `frames`. */
static void read_boxed(struct reading *reading, int archive, int frames, struct fate *fate) {
    struct box box = {
        .kind = BOX_READER,
        .entry = reader,
        .context = reading,
        .pass = {archive, frames},
        .pass_count = 2,
        .limits = {.cpu_seconds = 5,
                   .wall_seconds = 20,
                   .memory_mib = READER_MIB,
                   .stack_mib = 8,
                   .output_kib = 16},
        .file_kib = FRAMES_LIMIT / KIB,
        .cpu = -1,
    };
    struct boxed boxed;
    if (!box_start(&box, &boxed, fate))
        return;
    box_wait(&boxed, fate);
    close(boxed.output);
}

static bool is_greedy(const struct fate *fate) {
    return fate->kind == FATE_EXITED && fate->code == FIRST_CODE + READ_GREEDY;
}

void archive_list(const struct homework *h, int archive, struct listing *l) {
    text_init(&l->bytes, FRAMES_LIMIT);
    struct stat status;
    if (fstat(archive, &status) != 0) {
        listing_fault(l, "looking at the archive", errno);
        return;
    }
    if (status.st_size == 0) {
        listing_problem(l, "The submission is an empty file.");
        return;
    }
    if (status.st_size > INTAKE_BYTES) {
        listing_problem(l, "The archive is larger than 64 MiB.");
        return;
    }
    int frames = memfd_create("frames", MFD_CLOEXEC);
    if (frames < 0) {
        listing_fault(l, "memory", errno);
        return;
    }
    struct reading reading = {.homework = h,
                              .archive_size = (size_t)status.st_size,
                              .names = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL)};
    struct fate fate;
    read_boxed(&reading, archive, frames, &fate);
    /* What was only a moment's want of ours is over the second time. */
    if (is_greedy(&fate) && ftruncate(frames, 0) == 0 && lseek(frames, 0, SEEK_SET) == 0)
        read_boxed(&reading, archive, frames, &fate);
    if (reading.names)
        freelocale(reading.names);
    explain(l, &fate);
    if (!l->problem && !l->fault && !file_read_descriptor(frames, &l->bytes))
        listing_fault(l, "reading its frames", errno);
    close(frames);
    if (!l->problem && !l->fault)
        take_frames(l);
}
