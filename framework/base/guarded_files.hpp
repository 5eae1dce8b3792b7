// Files that a guard protects: it is called before each call that changes a file or a folder, and
// throws where that would change what belongs to somebody else.
#pragma once

#include <functional>
#include <utility>

#include "framework/base/file.hpp"

namespace laconic {

class GuardedFiles final : public FileSystem {
 public:
  // Lifetime: `files` must outlive this object. Thread safety: as that of `files` and `guard`.
  GuardedFiles(FileSystem& files, std::function<void()> guard)
      : files_(files), guard_(std::move(guard)) {}

  std::unique_ptr<WritableFile> create(const std::string& path) override {
    return guarded().create(path);
  }
  std::unique_ptr<WritableFile> open_append(const std::string& path) override {
    return guarded().open_append(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    guarded().rename(from, to);
  }
  void remove_file(const std::string& path) override { guarded().remove_file(path); }
  void remove_folder(const std::string& path) override { guarded().remove_folder(path); }
  void make_directories(const std::string& path) override { guarded().make_directories(path); }
  void truncate(const std::string& path, int64_t length) override {
    guarded().truncate(path, length);
  }

  std::string read(const std::string& path) override { return files_.read(path); }
  std::string read_head(const std::string& path, int64_t bytes) override {
    return files_.read_head(path, bytes);
  }
  void sync_directory(const std::string& path) override { files_.sync_directory(path); }
  bool exists(const std::string& path) override { return files_.exists(path); }
  FileKind kind(const std::string& path) override { return files_.kind(path); }
  int64_t size(const std::string& path) override { return files_.size(path); }
  std::vector<std::string> list(const std::string& path) override { return files_.list(path); }

 private:
  FileSystem& guarded() {
    guard_();
    return files_;
  }

  FileSystem& files_;
  std::function<void()> guard_;
};

}  // namespace laconic
