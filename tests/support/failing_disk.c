// Loaded before a program's own libraries (LD_PRELOAD), so that one file's disk fails when a test
// wants it to: while the file named by FAILING_DISK_FLAG is there, whatever would write or sync the
// file named by FAILING_DISK_FILE answers EIO. Everything else goes on to the system.
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS  // pwrite and pwrite64 are two names here
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int fails(int fd) {
    const char* flag = getenv("FAILING_DISK_FLAG");
    const char* file = getenv("FAILING_DISK_FILE");
    struct stat ours, theirs;
    if (flag == NULL || file == NULL) return 0;
    const int before = errno;
    const int failing = access(flag, F_OK) == 0 && fstat(fd, &ours) == 0 &&
                        stat(file, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
                        ours.st_ino == theirs.st_ino;
    errno = failing ? EIO : before;
    return failing;
}

#define FAILING(Answer, name, parameters, arguments)                     \
    __attribute__((visibility("default"))) Answer name parameters {      \
        static Answer(*real) parameters;                                 \
        if (fails(fd)) return -1;                                        \
        if (real == NULL) {                                              \
            void* found = dlsym(RTLD_NEXT, #name);                       \
            memcpy(&real, &found, sizeof real);                          \
        }                                                                \
        return real arguments;                                           \
    }

FAILING(int, fdatasync, (int fd), (fd))
FAILING(int, fsync, (int fd), (fd))
FAILING(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size))
FAILING(ssize_t, writev, (int fd, const struct iovec* parts, int count), (fd, parts, count))
FAILING(ssize_t, pwrite, (int fd, const void* data, size_t size, off_t at), (fd, data, size, at))
FAILING(ssize_t, pwrite64, (int fd, const void* data, size_t size, off64_t at),
        (fd, data, size, at))
FAILING(ssize_t, pwritev, (int fd, const struct iovec* parts, int count, off_t at),
        (fd, parts, count, at))
