/* Strikes the n-th call that a process makes on the files of one folder: kills the process there, as kill -9
 * does, or lets the call fail as a full or broken disk does. Loaded by LD_PRELOAD, so that SQLite's calls are struck
 * as well as Python's; asleep until `faults_arm`. `faults_clock`, or $FAULTS_INSTANT, stops the wall clock, so
 * that two runs record the same bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CUT = 4, OPEN = 8, CREATE = 16, NAME = 32, UNLINK = 64, READ = 128 };
enum { COUNT, KILL, KILL_MIDWAY, FAIL };

static char root[4096];
static size_t root_length;
static int classes, what, number, for_good;
static long at, instant;
static atomic_long *seen; /* shared with whoever forked the process: calls counted, calls struck */

__attribute__((constructor)) static void begin(void) {
  seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const char *said = getenv("FAULTS_INSTANT");
  if (said) instant = atol(said);
}

void faults_arm(const char *folder, int which, long nth, int how, int error, int again) {
  snprintf(root, sizeof root, "%s", folder);
  root_length = strlen(root);
  classes = which, at = nth, what = how, number = error, for_good = again;
}
void faults_clock(long seconds) { instant = seconds; }
void faults_reset(void) { seen[0] = seen[1] = 0; }
long faults_seen(void) { return seen[0]; }
long faults_struck(void) { return seen[1]; }

static int inside(const char *path) {
  if (path[0] != '/') return strncmp(path, "..", 2) != 0; /* a run stands in its folder */
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int counted(int class, const char *path) {
  if (!root_length || !(class & classes) || !inside(path)) return 0;
  long n = atomic_fetch_add(&seen[0], 1) + 1;
  if (what == COUNT || (for_good ? n < at : n != at)) return 0;
  atomic_fetch_add(&seen[1], 1);
  return 1;
}

static int counted_handle(int class, int handle) {
  char name[64], path[4096];
  if (!root_length || !(class & classes)) return 0;
  snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return 0; /* a pipe, a socket */
  path[length] = 0;
  return counted(class, path);
}

static int counted_at(int class, int folder, const char *path) {
  return path[0] == '/' || folder == AT_FDCWD ? counted(class, path) : counted_handle(class, folder);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* What is done where a call is struck: 1 where the call is to fail. */
static int struck(int hit) {
  if (!hit || what == KILL_MIDWAY) return 0;
  if (what == KILL) die();
  errno = number;
  return 1;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define DONE(hit, type, call) \
  int was = hit; \
  if (struck(was)) return -1; \
  type result = call; \
  if (was) die(); /* midway: the call is done, and nobody hears of it */ \
  return result

#define WRITES(name, args, handle, length, call, half) \
  ssize_t name args { \
    REAL(name); \
    int hit = counted_handle(WRITE, handle); \
    if (hit && what == KILL_MIDWAY) { size_t part = (length) / 2; (void)!half; die(); } \
    if (struck(hit)) return -1; \
    return call; \
  }
WRITES(write, (int fd, const void *b, size_t n), fd, n, real(fd, b, n), real(fd, b, part))
WRITES(pwrite, (int fd, const void *b, size_t n, off_t o), fd, n, real(fd, b, n, o), real(fd, b, part, o))
WRITES(pwrite64, (int fd, const void *b, size_t n, off64_t o), fd, n, real(fd, b, n, o), real(fd, b, part, o))
WRITES(sendfile, (int out, int in, off_t *o, size_t n), out, n, real(out, in, o, n), real(out, in, o, part))
WRITES(sendfile64, (int out, int in, off64_t *o, size_t n), out, n, real(out, in, o, n), real(out, in, o, part))
WRITES(copy_file_range, (int in, off64_t *i, int out, off64_t *o, size_t n, unsigned f), out, n,
       real(in, i, out, o, n, f), real(in, i, out, o, part, f))
WRITES(writev, (int fd, const struct iovec *v, int n), fd, n, real(fd, v, n), real(fd, v, part))

#define READS(name, args, call) \
  ssize_t name args { \
    REAL(name); \
    DONE(counted_handle(READ, fd), ssize_t, call); \
  }
READS(read, (int fd, void *b, size_t n), real(fd, b, n))
READS(pread, (int fd, void *b, size_t n, off_t o), real(fd, b, n, o))
READS(pread64, (int fd, void *b, size_t n, off64_t o), real(fd, b, n, o))

#define ON_HANDLE(name, class, args, call) \
  int name args { \
    REAL(name); \
    DONE(counted_handle(class, fd), int, call); \
  }
ON_HANDLE(fsync, SYNC, (int fd), real(fd))
ON_HANDLE(fdatasync, SYNC, (int fd), real(fd))
ON_HANDLE(ftruncate, CUT, (int fd, off_t n), real(fd, n))
ON_HANDLE(ftruncate64, CUT, (int fd, off64_t n), real(fd, n))

#define ON_PATH(name, class, folder, path, args, call) \
  int name args { \
    REAL(name); \
    DONE(counted_at(class, folder, path), int, call); \
  }
ON_PATH(unlink, UNLINK, AT_FDCWD, p, (const char *p), real(p))
ON_PATH(unlinkat, UNLINK, fd, p, (int fd, const char *p, int f), real(fd, p, f))
ON_PATH(rename, NAME, AT_FDCWD, q, (const char *p, const char *q), real(p, q))
ON_PATH(renameat, NAME, b, q, (int a, const char *p, int b, const char *q), real(a, p, b, q))
ON_PATH(link, NAME, AT_FDCWD, q, (const char *p, const char *q), real(p, q))
ON_PATH(linkat, NAME, b, q, (int a, const char *p, int b, const char *q, int f), real(a, p, b, q, f))
ON_PATH(symlink, NAME, AT_FDCWD, q, (const char *p, const char *q), real(p, q))
ON_PATH(mkdir, NAME, AT_FDCWD, p, (const char *p, mode_t m), real(p, m))

static int opens(int folder, const char *path, int flags) {
  int makes = (flags & O_CREAT) && faccessat(folder, path, F_OK, 0) != 0;
  return counted_at(makes ? CREATE : OPEN, folder, path);
}
#define OPENS(name, folder, args, ...) \
  int name args { \
    REAL(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list more; \
      va_start(more, flags); \
      mode = va_arg(more, mode_t); \
      va_end(more); \
    } \
    DONE(opens(folder, path, flags), int, real(__VA_ARGS__)); \
  }
OPENS(open, AT_FDCWD, (const char *path, int flags, ...), path, flags, mode)
OPENS(open64, AT_FDCWD, (const char *path, int flags, ...), path, flags, mode)
OPENS(openat, base, (int base, const char *path, int flags, ...), base, path, flags, mode)
OPENS(openat64, base, (int base, const char *path, int flags, ...), base, path, flags, mode)

int clock_gettime(clockid_t which, struct timespec *when) {
  REAL(clock_gettime);
  if (!instant || which != CLOCK_REALTIME) return real(which, when);
  *when = (struct timespec){.tv_sec = instant};
  return 0;
}
