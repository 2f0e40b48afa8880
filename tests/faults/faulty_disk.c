/* A disk that fails on demand, for one process: preload it, then call faulty_disk_plan.

   Counts the writes and syncs of files whose path begins with a prefix. From the n-th on, so many
   of them fail with an error, or the process dies there; each sync may take longer. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char prefix[4096];
static long seen, first, count, delay_us;
static int error;

void faulty_disk_plan(const char *path, long at, long times, int number, long slow_us) {
    strncpy(prefix, path, sizeof prefix - 1);
    seen = 0;
    first = at;
    count = times;
    error = number;
    delay_us = slow_us;
}

long faulty_disk_seen(void) { return seen; }

static int ours(int fd) {
    char link[64], path[4096];
    if (!prefix[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* Whether this call fails; waits where it is a flush of the device. */
static int fails(int fd, int sync) {
    int before = errno, bad = 0;
    if (ours(fd)) {
        if (delay_us && (sync || (fcntl(fd, F_GETFL) & O_DSYNC))) usleep(delay_us);
        seen++;
        if (first && seen >= first && seen - first < count) {
            if (!error) kill(getpid(), SIGKILL);
            bad = 1;
        }
    }
    errno = bad ? error : before;
    return bad;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(fd, 0) ? -1 : REAL(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails(fd, 0) ? -1 : REAL(pwrite64)(fd, data, size, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int many, off_t at) {
    return fails(fd, 0) ? -1 : REAL(pwritev)(fd, parts, many, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int many, off64_t at) {
    return fails(fd, 0) ? -1 : REAL(pwritev64)(fd, parts, many, at);
}

ssize_t writev(int fd, const struct iovec *parts, int many) {
    return fails(fd, 0) ? -1 : REAL(writev)(fd, parts, many);
}

int fdatasync(int fd) { return fails(fd, 1) ? -1 : REAL(fdatasync)(fd); }

int fsync(int fd) { return fails(fd, 1) ? -1 : REAL(fsync)(fd); }
