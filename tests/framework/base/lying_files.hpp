// A file system in memory that knows what has been synced, and can forget the rest, as a disk does
// when the power goes. Folders are inodes that hold names; names and bytes are synced apart.
//
//   crash(Loses::everything_unsynced)  bytes and names
//   crash(Loses::bytes_only)           a journalling disk: names survive, unsynced bytes do not
//   fail_call = i, how = …             the i-th changing call (from 0) fails; a write that fails
//                                      has written half
#pragma once

#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {

enum class Loses { everything_unsynced, bytes_only };
struct PowerCut {};  // no std::exception: nothing may catch it and go on

class LyingFiles final : public FileSystem {
 public:
  enum class How { power_cut, no_space, io_error };
  int64_t fail_call = -1;
  How how = How::power_cut;
  int64_t calls = 0;  // that change something

  std::unique_ptr<WritableFile> create(const std::string& path) override {
    if (find(path)) fail(ExitCode::cannot_create, "{}: cannot create: File exists", path);
    count(path, "create");
    const auto inode = std::make_shared<Inode>();
    parent(path).entries[name(path)] = inode;
    return std::make_unique<Handle>(*this, path, inode);
  }
  std::unique_ptr<WritableFile> open_append(const std::string& path) override {
    if (!exists(path)) return create(path);
    count(path, "open");
    return std::make_unique<Handle>(*this, path, find(path));
  }
  std::string read(const std::string& path) override {
    const auto inode = find(path);
    if (!inode) fail(ExitCode::data, "{}: cannot open: no such file", path);
    return inode->text;
  }
  std::string read_head(const std::string& path, int64_t bytes) override {
    return read(path).substr(0, static_cast<size_t>(bytes));
  }
  void rename(const std::string& from, const std::string& to) override {
    count(from, "rename");
    if (!exists(from)) fail(ExitCode::io, "{}: cannot rename: no such file", from);
    parent(to).entries[name(to)] = find(from);
    parent(from).entries.erase(name(from));
  }
  void remove_file(const std::string& path) override {
    count(path, "remove");
    parent(path).entries.erase(name(path));
  }
  void remove_folder(const std::string& path) override {
    if (find(path) && !find(path)->entries.empty())
      fail(ExitCode::io, "{}: cannot remove: not empty", path);
    remove_file(path);
  }
  void make_directories(const std::string& path) override {
    count(path, "make folder");
    std::shared_ptr<Inode> at = root_;
    for (const auto& part : std::filesystem::path(path).relative_path()) {
      auto& entry = at->entries[part.string()];
      if (!entry) entry = new_folder();
      if (at == root_) root_->durable_entries = root_->entries;  // where a test begins
      at = entry;
    }
  }
  void sync_directory(const std::string& path) override {
    count(path, "sync folder");
    find(path)->durable_entries = find(path)->entries;
  }
  void truncate(const std::string& path, int64_t length) override {
    count(path, "truncate");
    find(path)->text.resize(static_cast<size_t>(length));
  }
  bool exists(const std::string& path) override { return find(path) != nullptr; }
  FileKind kind(const std::string& path) override {
    const auto inode = find(path);
    if (!inode) return FileKind::none;
    return inode->is_folder ? FileKind::folder : FileKind::file;
  }
  int64_t size(const std::string& path) override { return static_cast<int64_t>(read(path).size()); }
  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names;
    for (const auto& [entry, inode] : find(path)->entries) names.push_back(entry);
    return names;
  }

  // The power goes and comes back; calls behave again.
  void crash(Loses loses) {
    fail_call = -1;
    forget(*root_, loses);
  }
  void corrupt(const std::string& path, const std::string& text) { find(path)->text = text; }

 private:
  struct Inode {
    bool is_folder = false;
    std::string text, durable_text;
    std::map<std::string, std::shared_ptr<Inode>> entries, durable_entries;
  };

  static std::shared_ptr<Inode> new_folder() {
    auto folder = std::make_shared<Inode>();
    folder->is_folder = true;
    return folder;
  }

  class Handle final : public WritableFile {
   public:
    Handle(LyingFiles& files, std::string path, std::shared_ptr<Inode> inode)
        : files_(files), path_(std::move(path)), inode_(std::move(inode)) {}
    void append(std::span<const std::byte> bytes) override {
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      try {
        files_.count(path_, "write");
      } catch (...) {
        inode_->text += text.substr(0, text.size() / 2);
        throw;
      }
      inode_->text += text;
    }
    void sync() override {
      files_.count(path_, "sync");
      inode_->durable_text = inode_->text;
    }
    void close() override { files_.count(path_, "close"); }

   private:
    LyingFiles& files_;
    std::string path_;
    std::shared_ptr<Inode> inode_;
  };

  static std::string name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
  }
  std::shared_ptr<Inode> find(const std::string& path) const {
    std::shared_ptr<Inode> at = root_;
    for (const auto& part : std::filesystem::path(path).relative_path()) {
      const auto found = at->entries.find(part.string());
      if (found == at->entries.end()) return nullptr;
      at = found->second;
    }
    return at;
  }
  Inode& parent(const std::string& path) const {
    const auto folder = find(std::filesystem::path(path).parent_path().string());
    if (!folder) fail(ExitCode::cannot_create, "{}: cannot create: no such folder", path);
    return *folder;
  }
  static void forget(Inode& inode, Loses loses) {
    inode.text = inode.durable_text;
    if (loses == Loses::everything_unsynced) inode.entries = inode.durable_entries;
    inode.durable_entries = inode.entries;
    for (const auto& [entry, child] : inode.entries) forget(*child, loses);
  }
  void count(const std::string& path, const char* action) {
    const std::lock_guard lock(mutex_);
    if (calls++ != fail_call) return;
    if (how == How::power_cut) throw PowerCut();
    const int error = how == How::no_space ? ENOSPC : EIO;
    fail(ExitCode::io, "{}: cannot {}: {}", path, action, std::generic_category().message(error));
  }

  std::mutex mutex_;
  std::shared_ptr<Inode> root_ = new_folder();
};

}  // namespace laconic
