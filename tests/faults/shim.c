/* Strikes the n-th call that a process makes on the files of one folder: kills the process there, as kill -9
 * does, or lets the call fail as a full or broken disk does. Loaded by LD_PRELOAD, so that SQLite's calls are struck
 * as well as Python's; asleep until `faults_arm`. `faults_trace` writes down what the process does to the files of the
 * folder, for `power.py`. `faults_clock`, or $FAULTS_INSTANT, stops the wall clock, so
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
#include <sys/syscall.h>
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

/* What was done, in its order: a line KIND INODE OFFSET LENGTH LENGTH, and two texts of these lengths. */
static int trace = -1;

void faults_trace(const char *path) { trace = syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_APPEND | O_WRONLY, 0600); }

static void done(char kind, long long inode, long long offset, const void *a, size_t length, const char *b) {
  size_t more = b ? strlen(b) : 0;
  char *line = malloc(length + more + 128);
  int head = sprintf(line, "%c %lld %lld %zu %zu\n", kind, inode, offset, length, more);
  memcpy(line + head, a, length);
  memcpy(line + head + length, b, more);
  syscall(SYS_write, trace, line, head + length + more);
  free(line);
}

static void whole(int folder, const char *path, char *found) { /* the path from the root of all */
  char name[64];
  ssize_t length = 0;
  if (path[0] != '/') {
    snprintf(name, sizeof name, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    length = readlink(name, found, 2000);
    if (length < 0) length = 0;
    found[length++] = '/';
  }
  snprintf(found + length, 2000, "%s", path);
}

static int path_of(int handle, char *path, size_t size) { /* 0 for a pipe, a socket, or what is not ours */
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
  ssize_t length = readlink(name, path, size - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return inside(path);
}

static void done_handle(char kind, int handle, long long offset, ssize_t length) {
  char path[4096];
  struct stat told;
  if (trace < 0 || length < 0) return;
  if (kind == 'w' && (handle == 1 || handle == 2)) done('a', 0, 0, "", 0, "");
  if (!path_of(handle, path, sizeof path) || fstat(handle, &told)) return;
  if (kind != 'w') {
    done(S_ISDIR(told.st_mode) ? 'd' : kind, told.st_ino, offset, path, strlen(path), "");
    return;
  }
  char *bytes = malloc(length + 1);
  snprintf(path, sizeof path, "/proc/self/fd/%d", handle); /* it may be open for writing only, or unlinked */
  int again = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
  if (offset < 0) offset = lseek(handle, 0, SEEK_CUR) - length;
  if (syscall(SYS_pread64, again, bytes, length, offset) == length) done('w', told.st_ino, offset, bytes, length, "");
  syscall(SYS_close, again);
  free(bytes);
}

static void done_path(char kind, int failed, int folder, const char *from, int other, const char *to) {
  char a[4096], b[4096] = "";
  if (trace < 0 || failed < 0) return;
  whole(folder, from, a);
  if (to) whole(other, to, b);
  if (inside(a) || (to && inside(b))) done(kind, 0, 0, a, strlen(a), b);
}

static void done_open(int handle, int made, int flags) {
  char path[4096];
  struct stat told;
  if (trace < 0 || handle < 0 || !(made || flags & O_TRUNC) || !path_of(handle, path, sizeof path) || fstat(handle, &told)) return;
  done(made ? 'n' : 't', told.st_ino, 0, path, strlen(path), "");
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
#define DONE(hit, type, call, traced) \
  int was = hit; \
  if (struck(was)) return -1; \
  type result = call; \
  if (was) die(); /* midway: the call is done, and nobody hears of it */ \
  traced; \
  return result

#define WRITES(name, args, handle, length, where, call, half) \
  ssize_t name args { \
    REAL(name); \
    int hit = counted_handle(WRITE, handle); \
    if (hit && what == KILL_MIDWAY) { size_t part = (length) / 2; (void)!half; die(); } \
    if (struck(hit)) return -1; \
    ssize_t result = call; \
    int error = errno; \
    done_handle('w', handle, where, result); \
    errno = error; \
    return result; \
  }
WRITES(write, (int fd, const void *b, size_t n), fd, n, -1, real(fd, b, n), real(fd, b, part))
WRITES(pwrite, (int fd, const void *b, size_t n, off_t o), fd, n, o, real(fd, b, n, o), real(fd, b, part, o))
WRITES(pwrite64, (int fd, const void *b, size_t n, off64_t o), fd, n, o, real(fd, b, n, o), real(fd, b, part, o))
WRITES(sendfile, (int out, int in, off_t *o, size_t n), out, n, -1, real(out, in, o, n), real(out, in, o, part))
WRITES(sendfile64, (int out, int in, off64_t *o, size_t n), out, n, -1, real(out, in, o, n), real(out, in, o, part))
WRITES(copy_file_range, (int in, off64_t *i, int out, off64_t *o, size_t n, unsigned f), out, n,
       o ? *o - result : -1, real(in, i, out, o, n, f), real(in, i, out, o, part, f))
WRITES(writev, (int fd, const struct iovec *v, int n), fd, n, -1, real(fd, v, n), real(fd, v, part))

#define READS(name, args, call) \
  ssize_t name args { \
    REAL(name); \
    DONE(counted_handle(READ, fd), ssize_t, call, (void)0); \
  }
READS(read, (int fd, void *b, size_t n), real(fd, b, n))
READS(pread, (int fd, void *b, size_t n, off_t o), real(fd, b, n, o))
READS(pread64, (int fd, void *b, size_t n, off64_t o), real(fd, b, n, o))

#define ON_HANDLE(name, class, kind, length, args, call) \
  int name args { \
    REAL(name); \
    DONE(counted_handle(class, fd), int, call, done_handle(kind, fd, length, result)); \
  }
ON_HANDLE(fsync, SYNC, 's', 0, (int fd), real(fd))
ON_HANDLE(fdatasync, SYNC, 's', 0, (int fd), real(fd))
ON_HANDLE(ftruncate, CUT, 't', n, (int fd, off_t n), real(fd, n))
ON_HANDLE(ftruncate64, CUT, 't', n, (int fd, off64_t n), real(fd, n))

#define ON_PATH(name, class, folder, path, traced, args, call) \
  int name args { \
    REAL(name); \
    DONE(counted_at(class, folder, path), int, call, done_path traced); \
  }
ON_PATH(unlink, UNLINK, AT_FDCWD, p, ('u', result, AT_FDCWD, p, 0, NULL), (const char *p), real(p))
ON_PATH(unlinkat, UNLINK, fd, p, ('u', result, fd, p, 0, NULL), (int fd, const char *p, int f), real(fd, p, f))
ON_PATH(rename, NAME, AT_FDCWD, q, ('r', result, AT_FDCWD, p, AT_FDCWD, q), (const char *p, const char *q), real(p, q))
ON_PATH(renameat, NAME, b, q, ('r', result, a, p, b, q), (int a, const char *p, int b, const char *q), real(a, p, b, q))
ON_PATH(link, NAME, AT_FDCWD, q, ('l', result, AT_FDCWD, p, AT_FDCWD, q), (const char *p, const char *q), real(p, q))
ON_PATH(linkat, NAME, b, q, ('l', result, a, p, b, q), (int a, const char *p, int b, const char *q, int f), real(a, p, b, q, f))
ON_PATH(symlink, NAME, AT_FDCWD, q, ('?', result, AT_FDCWD, q, 0, NULL), (const char *p, const char *q), real(p, q))
ON_PATH(mkdir, NAME, AT_FDCWD, p, ('m', result, AT_FDCWD, p, 0, NULL), (const char *p, mode_t m), real(p, m))

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
    int made = trace >= 0 && (flags & O_CREAT) && faccessat(folder, path, F_OK, 0) != 0; \
    DONE(opens(folder, path, flags), int, real(__VA_ARGS__), done_open(result, made, flags)); \
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
