/* What the prelinked runtime holds: the C library as far as programs that compute mostly need it.
 * An archive gives only what something refers to, and this table, which is never used, refers to it
 * before any submission is seen.  What is missing here is found in the archives when a submission
 * is linked (runtime.mk); it only takes a little longer. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

typedef void function(void);

#define KEEP(name)      (function *)(name)
#define KEEP_REAL(name) KEEP(name), KEEP(name##f)

/* clang-format off */
__attribute__((used)) static function *const kept[] = {
    /* stdio.h */
    KEEP(printf), KEEP(fprintf), KEEP(sprintf), KEEP(snprintf), KEEP(vprintf), KEEP(vfprintf),
    KEEP(vsnprintf), KEEP(sscanf), KEEP(puts), KEEP(fputs), KEEP(putchar), KEEP(putc), KEEP(fputc),
    KEEP(getchar), KEEP(getc), KEEP(fgetc), KEEP(fgets), KEEP(ungetc), KEEP(fwrite), KEEP(fflush),
    KEEP(feof), KEEP(ferror), KEEP(clearerr), KEEP(perror), KEEP(setvbuf), KEEP(setbuf),
    /* stdlib.h */
    KEEP(malloc), KEEP(calloc), KEEP(realloc), KEEP(free), KEEP(aligned_alloc),
    KEEP(posix_memalign), KEEP(abort), KEEP(exit), KEEP(_Exit), KEEP(atexit), KEEP(abs), KEEP(labs),
    KEEP(llabs), KEEP(div), KEEP(ldiv), KEEP(lldiv), KEEP(atoi), KEEP(atol), KEEP(atoll),
    KEEP(atof), KEEP(strtol), KEEP(strtoll), KEEP(strtoul), KEEP(strtoull), KEEP(strtod),
    KEEP(strtof), KEEP(qsort), KEEP(bsearch), KEEP(rand), KEEP(srand), KEEP(random), KEEP(srandom),
    KEEP(getenv),
    /* string.h, ctype.h */
    KEEP(memcpy), KEEP(memmove), KEEP(memset), KEEP(memcmp), KEEP(memchr), KEEP(mempcpy),
    KEEP(strlen), KEEP(strnlen), KEEP(strcpy), KEEP(strncpy), KEEP(strcat), KEEP(strncat),
    KEEP(strcmp), KEEP(strncmp), KEEP(strchr), KEEP(strrchr), KEEP(strstr), KEEP(strtok),
    KEEP(strtok_r), KEEP(strspn), KEEP(strcspn), KEEP(strpbrk), KEEP(strdup), KEEP(strndup),
    KEEP(strerror), KEEP(isalpha), KEEP(isdigit), KEEP(isalnum), KEEP(isspace), KEEP(isupper),
    KEEP(islower), KEEP(ispunct), KEEP(isprint), KEEP(isxdigit), KEEP(toupper), KEEP(tolower),
    /* math.h, fenv.h */
    KEEP_REAL(acos), KEEP_REAL(acosh), KEEP_REAL(asin), KEEP_REAL(asinh), KEEP_REAL(atan),
    KEEP_REAL(atan2), KEEP_REAL(atanh), KEEP_REAL(cbrt), KEEP_REAL(ceil), KEEP_REAL(copysign),
    KEEP_REAL(cos), KEEP_REAL(cosh), KEEP_REAL(erf), KEEP_REAL(erfc), KEEP_REAL(exp),
    KEEP_REAL(exp2), KEEP_REAL(expm1), KEEP_REAL(fabs), KEEP_REAL(fdim), KEEP_REAL(floor),
    KEEP_REAL(fma), KEEP_REAL(fmax), KEEP_REAL(fmin), KEEP_REAL(fmod), KEEP_REAL(frexp),
    KEEP_REAL(hypot), KEEP_REAL(ilogb), KEEP_REAL(ldexp), KEEP_REAL(lgamma), KEEP_REAL(llrint),
    KEEP_REAL(llround), KEEP_REAL(log), KEEP_REAL(log10), KEEP_REAL(log1p), KEEP_REAL(log2),
    KEEP_REAL(logb), KEEP_REAL(lrint), KEEP_REAL(lround), KEEP_REAL(modf), KEEP_REAL(nan),
    KEEP_REAL(nearbyint), KEEP_REAL(nextafter), KEEP_REAL(nexttoward), KEEP_REAL(pow),
    KEEP_REAL(remainder), KEEP_REAL(remquo), KEEP_REAL(rint), KEEP_REAL(round), KEEP_REAL(scalbln),
    KEEP_REAL(scalbn), KEEP_REAL(sin), KEEP_REAL(sincos), KEEP_REAL(sinh), KEEP_REAL(sqrt),
    KEEP_REAL(tan), KEEP_REAL(tanh), KEEP_REAL(tgamma), KEEP_REAL(trunc), KEEP(feclearexcept),
    KEEP(feraiseexcept), KEEP(fetestexcept), KEEP(fegetround), KEEP(fesetround), KEEP(fegetenv),
    KEEP(fesetenv), KEEP(feenableexcept),
    /* assert.h, setjmp.h, errno.h, time.h */
    KEEP(__assert_fail), KEEP(_setjmp), KEEP(longjmp), KEEP(__errno_location), KEEP(time),
    KEEP(clock), KEEP(clock_gettime), KEEP(difftime), KEEP(gettimeofday), KEEP(nanosleep),
};
/* clang-format on */

/* The usual streams are data, not functions. */
__attribute__((used)) static FILE **const streams[] = {&stdin, &stdout, &stderr};
