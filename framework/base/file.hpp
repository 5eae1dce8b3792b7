// The interface for all durable output. Tests replace it to simulate faults of the disk. Every call
// checks every return value. If a path ends in a symbolic link, no call writes, truncates or
// deletes the target of the link.
//
// Errors: Error(io | cannot_create | data), with path and cause. A call that handles data is
// repeated after EINTR, and a few times after ESTALE and EBUSY. A call that only cleans up is not.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace laconic {

class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual void append(std::span<const std::byte> bytes) = 0;
  virtual void sync() = 0;   // fsync
  virtual void close() = 0;  // reports errors of close(); the destructor does not
  void append(std::string_view text) { append(std::as_bytes(std::span(text.data(), text.size()))); }
};

enum class FileKind { none, file, folder, other };  // other: a symbolic link, a pipe, a device

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual std::unique_ptr<WritableFile> create(const std::string& path) = 0;  // nothing was there
  virtual std::unique_ptr<WritableFile> open_append(const std::string& path) = 0;
  virtual std::string read(const std::string& path) = 0;  // the whole file
  virtual std::string read_head(const std::string& path, int64_t bytes) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove_file(const std::string& path) = 0;    // or a link; may be missing
  virtual void remove_folder(const std::string& path) = 0;  // an empty one; may be missing
  virtual void make_directories(const std::string& path) = 0;
  virtual void sync_directory(const std::string& path) = 0;
  virtual void truncate(const std::string& path, int64_t length) = 0;
  virtual bool exists(const std::string& path) = 0;    // follows links
  virtual FileKind kind(const std::string& path) = 0;  // does not
  virtual int64_t size(const std::string& path) = 0;
  virtual std::vector<std::string> list(const std::string& path) = 0;  // names, sorted
};

FileSystem& real_files();  // files of the operating system; stateless

// Returns a name for a temporary file in the same folder, which is later renamed to `path`. The
// name is unique on all hosts and not in use.
std::string temporary_name(FileSystem& files, const std::string& path);

// Writes `text` so that a reader finds the old file or the new one, never a mixture, even after a
// crash. The steps: write a temporary file in the same folder, fsync, rename, fsync of the folder.
// If `path` is a link, the link is replaced and its target stays. Others may write `path` at the
// same time; the last rename counts.
void write_atomically(FileSystem& files, const std::string& path, std::string_view text);

// Removes the temporary files of `names` that a crash has left in `folder`. No other process may be
// writing them. A file that cannot be removed stays.
void remove_leftovers(FileSystem& files, const std::string& folder,
                      std::initializer_list<std::string_view> names);

}  // namespace laconic
