// A library to preload. It makes chosen system calls below a folder fail, as if the file system had
// failed.
//
//   LACONIC_FILE_FAULTS="UNDER CALLS ERRNO FIRST COUNT [RANK]"
//
// UNDER  absolute path; calls on it and below it are counted
// CALLS  any of these, joined by commas: open_read, open_write, read, write, fsync, rename, unlink
//        (also rmdir), mkdir, flock, futimens, stat (also lstat and fstat), opendir
//        (std::filesystem uses open_read instead), truncate
// ERRNO  a number
// FIRST  the first call that fails, counted from 1 over all of CALLS; 0 only counts
// COUNT  number of calls that fail from there on; 0: all
// RANK   only in this rank of an MPI run (OMPI_COMM_WORLD_RANK)
//
// LACONIC_FILE_FAULTS_DROP="UNDER": when the process kills itself (LACONIC_FAULT), data below UNDER
// that were not synced are lost. Files end where they were last synced. Names are kept.
//
// LACONIC_FILE_FAULTS_LOG names a file. The library writes a line per counted call to it: number,
// call, path.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace {

struct Fault {
  char under[PATH_MAX] = "", calls[256] = "";
  int error = EIO, rank = -1;
  long first = 0, count = 1;
  bool active = false;
};

Fault read_fault() {
  Fault fault;
  const char* text = getenv("LACONIC_FILE_FAULTS");
  if (text == nullptr) return fault;
  if (sscanf(text, "%4095s %255s %d %ld %ld %d", fault.under, fault.calls, &fault.error,
             &fault.first, &fault.count, &fault.rank) < 5) {
    fprintf(stderr, "LACONIC_FILE_FAULTS: not UNDER CALLS ERRNO FIRST COUNT [RANK]: %s\n", text);
    abort();
  }
  const char* rank = getenv("OMPI_COMM_WORLD_RANK");
  fault.active = fault.rank < 0 || (rank != nullptr && atoi(rank) == fault.rank);
  return fault;
}

const Fault& fault() {
  static const Fault one = read_fault();
  return one;
}

std::atomic<long> counted{0};
thread_local bool inside = false;

bool listed(const char* call) {
  const size_t length = strlen(call);
  for (const char* at = fault().calls; (at = strstr(at, call)) != nullptr; at += length)
    if ((at == fault().calls || at[-1] == ',') && (at[length] == '\0' || at[length] == ','))
      return true;
  return false;
}

void log_call(long number, const char* call, const char* path) {
  const char* log = getenv("LACONIC_FILE_FAULTS_LOG");
  if (log == nullptr) return;
  static const auto real_open =
      reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, "open"));
  const int file = real_open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (file < 0) return;
  char line[PATH_MAX + 64];
  const int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path);
  static const auto real_write =
      reinterpret_cast<ssize_t (*)(int, const void*, size_t)>(dlsym(RTLD_NEXT, "write"));
  (void)!real_write(file, line, static_cast<size_t>(length));
  close(file);
}

// Returns whether this call must fail, and sets errno then.
bool fails(const char* call, const char* path) {
  if (inside || path == nullptr || !fault().active || !listed(call)) return false;
  inside = true;
  char whole[2 * PATH_MAX] = "";
  if (path[0] != '/' && getcwd(whole, PATH_MAX) != nullptr) strcat(whole, "/");
  strncat(whole, path, PATH_MAX);
  const size_t length = strlen(fault().under);
  bool failing = false;
  if (strncmp(whole, fault().under, length) == 0 &&
      (whole[length] == '/' || whole[length] == '\0')) {
    const long number = ++counted;
    log_call(number, call, whole);
    failing = fault().first > 0 && number >= fault().first &&
              (fault().count == 0 || number < fault().first + fault().count);
  }
  inside = false;
  if (failing) errno = fault().error;
  return failing;
}

bool fails(const char* call, int file) {
  if (inside || !fault().active) return false;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return fails(call, path);
}

// What a crash of the machine would leave of the files that this process writes.
struct Synced {
  std::mutex mutex;
  std::map<ino_t, off_t> length;  // of each file that was opened for writing or synced
};
Synced& synced() {
  static Synced one;
  return one;
}
const char* dropped_under() {
  static const char* const under = getenv("LACONIC_FILE_FAULTS_DROP");
  return under;
}
void note_length(int file, bool is_synced) {
  struct stat status {};
  if (dropped_under() == nullptr || inside || file < 0) return;
  inside = true;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    const std::lock_guard lock(synced().mutex);
    if (is_synced)
      synced().length[status.st_ino] = status.st_size;
    else
      synced().length.try_emplace(status.st_ino, status.st_size);
  }
  inside = false;
}
int opened(int file, int flags) {
  if ((flags & O_ACCMODE) != O_RDONLY) note_length(file, false);
  return file;
}
int drop_unsynced(const char* path, const struct stat* status, int type, FTW*) {
  const auto known = synced().length.find(status->st_ino);
  if (type == FTW_F && known != synced().length.end() && status->st_size > known->second)
    (void)!truncate(path, known->second);
  return 0;
}

const char* kind_of_open(int flags) {
  return (flags & O_ACCMODE) == O_RDONLY ? "open_read" : "open_write";
}

}  // namespace

// The function `name` that this library replaces.
#define REAL(name) reinterpret_cast<decltype(&name)>(dlsym(RTLD_NEXT, #name))
#define LACONIC_OPEN(name)                           \
  int name(const char* path, int flags, ...) {       \
    va_list arguments;                               \
    va_start(arguments, flags);                      \
    const mode_t mode = va_arg(arguments, mode_t);   \
    va_end(arguments);                               \
    if (fails(kind_of_open(flags), path)) return -1; \
    static const auto real = REAL(name);             \
    return opened(real(path, flags, mode), flags);   \
  }
#define LACONIC_OPENAT(name)                                               \
  int name(int folder, const char* path, int flags, ...) {                 \
    va_list arguments;                                                     \
    va_start(arguments, flags);                                            \
    const mode_t mode = va_arg(arguments, mode_t);                         \
    va_end(arguments);                                                     \
    if (folder == AT_FDCWD && fails(kind_of_open(flags), path)) return -1; \
    static const auto real = REAL(name);                                   \
    return opened(real(folder, path, flags, mode), flags);                 \
  }
// NAME(TYPES AND NAMES)(NAMES) fails as CALL on WHAT with the value BAD.
#define LACONIC_CALL(type, name, parameters, values, call, what, bad) \
  type name parameters {                                              \
    if (fails(call, what)) return bad;                                \
    static const auto real = REAL(name);                              \
    return real values;                                               \
  }

extern "C" {
LACONIC_OPEN(open)
LACONIC_OPEN(open64)
LACONIC_OPENAT(openat)
LACONIC_OPENAT(openat64)
LACONIC_CALL(ssize_t, read, (int file, void* to, size_t bytes), (file, to, bytes), "read", file, -1)
LACONIC_CALL(ssize_t, pread, (int file, void* to, size_t bytes, off_t at), (file, to, bytes, at),
             "read", file, -1)
LACONIC_CALL(ssize_t, pread64, (int file, void* to, size_t bytes, off64_t at),
             (file, to, bytes, at), "read", file, -1)
LACONIC_CALL(ssize_t, write, (int file, const void* from, size_t bytes), (file, from, bytes),
             "write", file, -1)
LACONIC_CALL(ssize_t, pwrite, (int file, const void* from, size_t bytes, off_t at),
             (file, from, bytes, at), "write", file, -1)
LACONIC_CALL(ssize_t, pwrite64, (int file, const void* from, size_t bytes, off64_t at),
             (file, from, bytes, at), "write", file, -1)
int fsync(int file) {
  if (fails("fsync", file)) return -1;
  static const auto real = REAL(fsync);
  const int result = real(file);
  if (result == 0) note_length(file, true);
  return result;
}
int kill(pid_t process, int signal) {
  static const auto real = REAL(kill);
  if (dropped_under() != nullptr && process == getpid() && signal == SIGKILL) {
    inside = true;
    nftw(dropped_under(), drop_unsynced, 16, FTW_PHYS);
  }
  return real(process, signal);
}
LACONIC_CALL(int, rename, (const char* from, const char* to), (from, to), "rename", from, -1)
LACONIC_CALL(int, renameat, (int a, const char* from, int b, const char* to), (a, from, b, to),
             "rename", from, -1)
LACONIC_CALL(int, renameat2, (int a, const char* from, int b, const char* to, unsigned flags),
             (a, from, b, to, flags), "rename", from, -1)
LACONIC_CALL(int, mkdir, (const char* path, mode_t mode), (path, mode), "mkdir", path, -1)
LACONIC_CALL(int, unlink, (const char* path), (path), "unlink", path, -1)
LACONIC_CALL(int, rmdir, (const char* path), (path), "unlink", path, -1)
LACONIC_CALL(int, remove, (const char* path), (path), "unlink", path, -1)
LACONIC_CALL(int, flock, (int file, int operation), (file, operation), "flock", file, -1)
LACONIC_CALL(int, futimens, (int file, const timespec* times), (file, times), "futimens", file, -1)
LACONIC_CALL(int, stat, (const char* path, struct stat* to), (path, to), "stat", path, -1)
LACONIC_CALL(int, lstat, (const char* path, struct stat* to), (path, to), "stat", path, -1)
LACONIC_CALL(int, fstat, (int file, struct stat* to), (file, to), "stat", file, -1)
LACONIC_CALL(int, fstatat, (int folder, const char* path, struct stat* to, int flags),
             (folder, path, to, flags), "stat", path, -1)
LACONIC_CALL(int, statx, (int folder, const char* path, int flags, unsigned mask, struct statx* to),
             (folder, path, flags, mask, to), "stat", path, -1)
LACONIC_CALL(DIR*, opendir, (const char* path), (path), "opendir", path, nullptr)
LACONIC_CALL(int, truncate, (const char* path, off_t length), (path, length), "truncate", path, -1)
LACONIC_CALL(int, ftruncate, (int file, off_t length), (file, length), "truncate", file, -1)

// std::filesystem's remove_all unlinks relative to an open folder.
int unlinkat(int folder, const char* path, int flags) {
  if (folder == AT_FDCWD ? fails("unlink", path) : fails("unlink", folder)) return -1;
  static const auto real = REAL(unlinkat);
  return real(folder, path, flags);
}
}
