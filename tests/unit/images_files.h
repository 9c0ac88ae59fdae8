/* Folders with files of images, for tests that spoil them: right files are made once, in a
 * temporary folder, and every test links what it needs into a folder of its own. */
#ifndef IMAGES_FILES_H
#define IMAGES_FILES_H

#include "images.h"

enum { FILES_CIFAR = 6, FILES_FASHION = 4 };
/* Bytes and images of a file of CIFAR-10; bytes of a picture of Fashion-MNIST. */
enum { FILES_RECORD = 3073, FILES_COUNT = 10000, FILES_PIXELS = 784 };
extern const char *const files_cifar[FILES_CIFAR], *const files_fashion[FILES_FASHION];

/* Before the first test, and after the last. */
void files_make(void);
void files_remove(void);

/* The right files' folder, where all of CIFAR-10's are one, "cifar", and a path in there, which is
 * good until the next call but one. */
extern char files_base[64];
const char *files_in_base(const char *name);
/* In there: the head's numbers, then every image's pieces, of which `without` are left out at the
 * end; then `extra` bytes. */
void files_make_fashion(const char *name, const int *head, int numbers, int without, int extra);
/* Label and pixels tell which image they are. */
int files_label(int64_t i);
int files_pixel(int64_t i, int at);

/* A test's own folder: empty, or with right files. */
extern char files_folder[128];
void files_begin(void);
void files_begin_cifar(void);
void files_begin_fashion(void);
const char *files_in_folder(const char *name);
/* Removes what has the name and puts a link to `target` there. */
void files_put(const char *name, const char *target);
/* A copy that the test may spoil, in place of the link. */
int files_open_copy(const char *name, const char *source);
void files_set_byte(int file, int64_t at, int value);

/* Opens images without a trouble. */
void files_open_right(const char *where, struct images *images);
/* With one: the sentence holds `words`, and nothing is left to free. */
void files_open_wrong(const char *where, const char *words);

#endif
