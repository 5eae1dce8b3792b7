// Replaces files atomically. The name of a temporary file consists of its target's name, a mark,
// and the identity of its writer.
#include <algorithm>
#include <atomic>
#include <filesystem>

#include "framework/base/error.hpp"
#include "framework/base/fault.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"

namespace laconic {
namespace {

constexpr std::string_view temporary_mark = ".laconic-tmp-";

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

std::string temporary_name(FileSystem& files, const std::string& path) {
  static std::atomic<int64_t> count{0};
  const ProcessIdentity me = this_process();
  for (;;) {
    std::string name = fmt::format("{}{}{}-{}-{}", path, temporary_mark, me.host, me.pid, ++count);
    if (files.kind(name) == FileKind::none) return name;
  }
}

void write_atomically(FileSystem& files, const std::string& path, std::string_view text) {
  const std::string temporary = temporary_name(files, path);
  const auto file = files.create(temporary);
  try {
    fault_point("atomic.created");
    file->append(text);
    fault_point("atomic.written");
    file->sync();
    file->close();
    fault_point("atomic.synced");
    files.rename(temporary, path);
    fault_point("atomic.renamed");
  } catch (const Error&) {
    try {
      files.remove_file(temporary);
    } catch (const Error&) {  // report the first cause
    }
    throw;
  }
  files.sync_directory(folder_of(path));
}

void remove_leftovers(FileSystem& files, const std::string& folder,
                      std::initializer_list<std::string_view> names) {
  for (const std::string& entry : files.list(folder)) {
    const size_t mark = entry.find(temporary_mark);
    if (mark == entry.npos || std::ranges::find(names, entry.substr(0, mark)) == names.end())
      continue;
    const std::string path = folder + "/" + entry;
    try {
      if (files.kind(path) == FileKind::file) files.remove_file(path);
    } catch (const Error&) {  // it does no harm
    }
  }
}

}  // namespace laconic
