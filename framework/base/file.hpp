// The small interface all durable output goes through, so that tests can lie about the disk.
// Every call checks every return value; errors are Error(io | cannot_create | data) naming path and
// cause.
#pragma once

#include <cstdint>
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
  virtual void close() = 0;  // reports what close() reports; the destructor only releases
  void append(std::string_view text) { append(std::as_bytes(std::span(text.data(), text.size()))); }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual std::unique_ptr<WritableFile> create(const std::string& path) = 0;  // truncates
  virtual std::unique_ptr<WritableFile> open_append(const std::string& path) = 0;
  virtual std::string read(const std::string& path) = 0;  // the whole file
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove_all(const std::string& path) = 0;
  virtual void make_directories(const std::string& path) = 0;
  virtual void sync_directory(const std::string& path) = 0;
  virtual void truncate(const std::string& path, int64_t length) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual int64_t size(const std::string& path) = 0;
  virtual std::vector<std::string> list(const std::string& path) = 0;  // names, sorted
};

FileSystem& real_files();  // the operating system's; stateless

// Writes `text` so that a reader (or a crash) sees the old file or the new one, never a mixture:
// temporary file beside it, fsync, rename, fsync of the folder.
void write_atomically(FileSystem& files, const std::string& path, std::string_view text);

}  // namespace laconic
