// Shifts the wall clock of one program by the milliseconds in the file FAULT_CLOCK, which may
// change at any time; the clocks that run since boot stay as they are. To be preloaded.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;

// Later than any time since boot, so that absolute times tell which clock they are of.
static const time_t wall_seconds_min = 1000000000;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("FAULT_CLOCK");
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) abort();
    void *memory = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) abort();
    shift = memory;
    close(descriptor);
}

static struct timespec moved(struct timespec time, int64_t milliseconds) {
    int64_t nanoseconds = time.tv_nsec + milliseconds % 1000 * 1000000;
    time.tv_sec += milliseconds / 1000 + (nanoseconds >= 1000000000) - (nanoseconds < 0);
    time.tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    return time;
}

static int64_t milliseconds(void) { return shift ? *shift : 0; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        *time = moved(*time, milliseconds());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

// Waits until a moment of the shifted clock: the kernel knows only its own.
static struct timespec unshifted(const struct timespec *moment) {
    return moment->tv_sec < wall_seconds_min ? *moment : moved(*moment, -milliseconds());
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict moment) {
    static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!next) next = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    struct timespec end = unshifted(moment);
    return next(condition, mutex, &end);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict moment) {
    static int (*next)(sem_t *, const struct timespec *);
    if (!next) next = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec end = unshifted(moment);
    return next(semaphore, &end);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *value, struct itimerspec *old) {
    static int (*next)(int, int, const struct itimerspec *, struct itimerspec *);
    if (!next) next = dlsym(RTLD_NEXT, "timerfd_settime");
    struct itimerspec shifted = *value;
    if (flags & TFD_TIMER_ABSTIME) shifted.it_value = unshifted(&value->it_value);
    return next(timer, flags, &shifted, old);
}
