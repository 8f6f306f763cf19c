/* What a disk, a kill or a clock does to a command, at a moment that can be named.
 *
 * HOLDS_UNDER  writes to regular files below this folder are counted, in the order they come
 * HOLDS_AT     the number of the write at which it happens, 1 the first
 * HOLDS_WHAT   full: this write and all later ones fail with ENOSPC
 *              once: this write alone does; kill: the process is killed before it
 * HOLDS_COUNT  a file that is given the number of writes by holds_tell, called at the end
 * HOLDS_CLOCK  seconds added to the time of day
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long counted;

static int is_counted(int fd)
{
    const char *under = getenv("HOLDS_UNDER");
    char link[64], path[4096];
    struct stat status;
    if (!under || fstat(fd, &status) || !S_ISREG(status.st_mode))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strncmp(path, under, strlen(under)) == 0;
}

/* Say whether the disk is full for this write. */
static int fails(int fd)
{
    int kept = errno;
    int counts = is_counted(fd);
    errno = kept;
    if (!counts)
        return 0;
    long now = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
    const char *at = getenv("HOLDS_AT"), *what = getenv("HOLDS_WHAT");
    if (!at || !what)
        return 0;
    long moment = atol(at);
    if (now == moment && strcmp(what, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(what, "full") == 0 ? now < moment : strcmp(what, "once") != 0 || now != moment)
        return 0;
    errno = ENOSPC;
    return 1;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) \
        real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write);
    return fails(fd) ? -1 : real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place)
{
    REAL(pwrite);
    return fails(fd) ? -1 : real(fd, data, size, place);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place)
{
    REAL(pwrite64);
    return fails(fd) ? -1 : real(fd, data, size, place);
}

int fsync(int fd)
{
    REAL(fsync);
    return fails(fd) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return fails(fd) ? -1 : real(fd);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    REAL(fwrite);
    return fails(fileno(file)) ? 0 : real(data, size, count, file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    int result = real(clock, now);
    const char *added = getenv("HOLDS_CLOCK");
    if (added && clock == CLOCK_REALTIME)
        now->tv_sec += atol(added);
    return result;
}

time_t time(time_t *kept)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept)
        *kept = now.tv_sec;
    return now.tv_sec;
}

void holds_tell(void)
{
    const char *place = getenv("HOLDS_COUNT");
    if (!place)
        return;
    FILE *file = fopen(place, "w");
    if (file) {
        fprintf(file, "%ld", counted);
        fclose(file);
    }
}
