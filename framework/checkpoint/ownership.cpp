#include "framework/checkpoint/ownership.hpp"

#include <algorithm>
#include <optional>

#include "framework/base/error.hpp"
#include "framework/checkpoint/manifest.hpp"

namespace laconic {
namespace {

// The first bytes of the files. After a crash a file may have none, a part of them, or zeros.
constexpr std::string_view hdf5_head = "\x89HDF\r\n\x1a\n";
constexpr std::string_view sealed_head = "{\"sha256\": \"";

bool is_numbered(std::string_view name, std::string_view suffix) {
  constexpr std::string_view prefix = "rank";
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  if (name.size() <= prefix.size() + suffix.size()) return false;
  name = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  return name.size() <= 7 && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string_view> head_of(std::string_view name) {
  if (is_numbered(name, ".h5")) return hdf5_head;
  if (is_numbered(name, ".json") || name == manifest_name) return sealed_head;
  return std::nullopt;
}

bool begins_as(std::string_view found, std::string_view head) {
  return head.starts_with(found) || std::ranges::all_of(found, [](char c) { return c == '\0'; });
}

std::optional<Manifest> valid_manifest(FileSystem& files, const std::string& folder) {
  const std::string path = folder + "/" + manifest_name;
  if (files.kind(path) != FileKind::file) return std::nullopt;
  try {
    return decode_manifest(files.read(path), path);
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) throw;
    return std::nullopt;
  }
}

bool is_kept_by_server(std::string_view name) {
  return name.starts_with(".nfs");
}

// Returns the names of the files in the folder; nothing if it is not ours.
std::optional<std::vector<std::string>> own_files(FileSystem& files, const std::string& folder) {
  if (files.kind(folder) != FileKind::folder) return std::nullopt;
  const std::optional<Manifest> manifest = valid_manifest(files, folder);
  std::vector<std::string> names = files.list(folder);
  std::erase_if(names, is_kept_by_server);
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    const auto head = head_of(name);
    if (!head || files.kind(path) != FileKind::file) return std::nullopt;
    const bool named = manifest && (name == manifest_name || manifest->find(name) != nullptr);
    if (!named && !begins_as(files.read_head(path, std::ssize(*head)), *head)) return std::nullopt;
  }
  return names;
}

}  // namespace

bool is_ours(FileSystem& files, const std::string& folder) {
  try {
    return own_files(files, folder).has_value();
  } catch (const Error&) {
    return false;
  }
}

void remove_ours(FileSystem& files, const std::string& folder) {
  auto names = own_files(files, folder);
  if (!names) fail(ExitCode::data, "{}: holds what laconic did not write", folder);
  std::ranges::partition(*names, [](const std::string& name) { return name != manifest_name; });
  std::optional<Error> first;
  for (const std::string& name : *names) {
    if (first && name == manifest_name) break;
    try {
      files.remove_file(folder + "/" + name);
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  if (first) throw Error(*first);
  files.remove_folder(folder);
}

std::string unused_name(FileSystem& files, const std::string& path) {
  std::string name = path;
  for (int i = 2; files.kind(name) != FileKind::none; ++i) name = fmt::format("{}.{}", path, i);
  return name;
}

}  // namespace laconic
