/* Makes chosen file calls of a program fail, or pretend to succeed: loaded with LD_PRELOAD, steered through a mapped file.
 *
 * FAULTS_CONTROL  the mapped file, a `struct control` (tests/faults/injection.py writes it)
 * FAULTS_UNDER    only files under this folder are touched
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, FSYNC_FILE = 2, FSYNC_FOLDER = 4, RENAME = 8, CREATE = 16 };

struct control {
    int32_t operations; /* which calls count; 0: nothing happens */
    int32_t wait;       /* the call with this number is hit, from 1 */
    int32_t repeat;     /* 1: and all that follow */
    int32_t error;      /* errno of a hit; 0: the call pretends to have worked */
    int32_t seen;       /* calls that counted so far */
    int32_t hit;        /* calls that were hit so far */
    int64_t first_ns;   /* CLOCK_MONOTONIC of the first hit */
    char needle[64];    /* only paths that contain this; empty: all */
    char avoid[64];     /* no paths that contain this; empty: none is avoided */
    char path[512];     /* the first path that was hit */
};

static struct control *control;
static const char *under;

__attribute__((constructor)) static void load(void) {
    const char *name = getenv("FAULTS_CONTROL");
    under = getenv("FAULTS_UNDER");
    if (name == NULL || under == NULL) return;
    int fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) control = mapped;
}

/* Whether this call is to be hit; sets errno. */
static int hits(int operation, const char *path) {
    size_t length = strlen(under);
    if (strncmp(path, under, length) != 0 || (path[length] != '/' && path[length] != 0)) return 0;
    if (control->needle[0] && strstr(path, control->needle) == NULL) return 0;
    if (control->avoid[0] && strstr(path, control->avoid) != NULL) return 0;
    int number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    if (control->repeat ? number < control->wait : number != control->wait) return 0;
    if (__atomic_fetch_add(&control->hit, 1, __ATOMIC_SEQ_CST) == 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        control->first_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
        snprintf(control->path, sizeof control->path, "%d %s", operation, path);
    }
    errno = control->error;
    return 1;
}

static int wanted(int operation) {
    return control != NULL && (__atomic_load_n(&control->operations, __ATOMIC_SEQ_CST) & operation);
}

static int hits_fd(int operation, int fd) {
    if (!wanted(operation)) return 0;
    char link[64], path[PATH_MAX];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0) return 0;
    path[length] = 0;
    return hits(operation, path);
}

static int hits_path(int operation, const char *path) {
    if (!wanted(operation)) return 0;
    char whole[PATH_MAX];
    if (path[0] == '/') return hits(operation, path);
    if (getcwd(whole, sizeof whole) == NULL) return 0;
    strncat(whole, "/", sizeof whole - strlen(whole) - 1);
    strncat(whole, path, sizeof whole - strlen(whole) - 1);
    return hits(operation, whole);
}

static int is_folder(int fd) {
    struct stat facts;
    return fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILED (control->error ? -1 : 0)

ssize_t write(int fd, const void *bytes, size_t count) {
    if (hits_fd(WRITE, fd)) return control->error ? -1 : (ssize_t)count;
    return REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    if (hits_fd(WRITE, fd)) return control->error ? -1 : (ssize_t)count;
    return REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    if (hits_fd(WRITE, fd)) return control->error ? -1 : (ssize_t)count;
    return REAL(pwrite64)(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (hits_fd(WRITE, fd)) return FAILED;
    return REAL(writev)(fd, parts, count);
}

int fsync(int fd) {
    if (hits_fd(is_folder(fd) ? FSYNC_FOLDER : FSYNC_FILE, fd)) return FAILED;
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (hits_fd(is_folder(fd) ? FSYNC_FOLDER : FSYNC_FILE, fd)) return FAILED;
    return REAL(fdatasync)(fd);
}

int rename(const char *from, const char *to) {
    if (hits_path(RENAME, to)) return FAILED;
    return REAL(rename)(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to) {
    if (hits_path(RENAME, to)) return FAILED;
    return REAL(renameat)(from_fd, from, to_fd, to);
}

int link(const char *from, const char *to) {
    if (hits_path(RENAME, to)) return FAILED;
    return REAL(link)(from, to);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    if (hits_path(RENAME, to)) return FAILED;
    return REAL(linkat)(from_fd, from, to_fd, to, flags);
}

#define MODE(flags)                        \
    mode_t mode = 0;                       \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest;                      \
        va_start(rest, flags);             \
        mode = va_arg(rest, mode_t);       \
        va_end(rest);                      \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    if ((flags & O_CREAT) && hits_path(CREATE, path)) return -1;
    return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags)
    if ((flags & O_CREAT) && hits_path(CREATE, path)) return -1;
    return REAL(open64)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE(flags)
    if ((flags & O_CREAT) && hits_path(CREATE, path)) return -1;
    return REAL(openat)(folder, path, flags, mode);
}
