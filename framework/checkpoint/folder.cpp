#include "framework/checkpoint/folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/ownership.hpp"
#include "framework/checkpoint/version1.hpp"

namespace laconic {
namespace {

constexpr std::string_view step_prefix = "step-";

std::optional<int64_t> step_of(std::string_view name) {
  if (!name.starts_with(step_prefix)) return std::nullopt;
  name.remove_prefix(step_prefix.size());
  int64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc() || end != name.data() + name.size() || step < 0) return std::nullopt;
  return step;
}

std::optional<int64_t> latest_step(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return step_of(text);
}

std::optional<int64_t> latest_step(FileSystem& files, const std::string& folder) {
  try {
    return latest_step(files.read(folder + "/LATEST"));
  } catch (const Error&) {  // missing or unreadable: the folders' names say enough
    return std::nullopt;
  }
}

// Returns the step of `prefix`step-N or `prefix`step-N.K.
std::optional<int64_t> leftover_step(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  return step_of(name.substr(0, name.find('.')));
}

std::string sha256_of(std::span<const std::byte> bytes) {
  return Sha256().update(bytes).hex();
}

// Returns the names of the damaged tensors of a file, for a message.
std::string damaged_tensors(std::string_view file, const FileRecord& record) {
  std::string names;
  for (const TensorRecord& tensor : record.tensors) {
    if (sha256_of(tensor.in(file)) == tensor.sha256) continue;
    names += (names.empty() ? "" : ", ") + tensor.name;
  }
  return names.empty() ? "no tensor is affected" : "damaged tensors: " + names;
}

std::string folder_of_checkpoints(FileSystem& files, const std::string& path) {
  const std::string inside = path + "/checkpoints";
  return files.exists(inside) ? inside : path;
}

}  // namespace

std::string step_name(int64_t step) {
  return fmt::format("{}{}", step_prefix, step);
}

std::vector<int64_t> steps_in_order_of_trust(FileSystem& files, const std::string& folder) {
  std::vector<int64_t> steps;
  if (!files.exists(folder)) return steps;
  for (const std::string& name : files.list(folder))
    if (const auto step = step_of(name)) steps.push_back(*step);
  const auto latest = latest_step(files, folder);
  std::sort(steps.begin(), steps.end(), std::greater<>());
  if (latest)
    std::stable_partition(steps.begin(), steps.end(),
                          [&](int64_t step) { return step <= *latest; });
  return steps;
}

std::vector<std::string> recover_folder(FileSystem& files, const std::string& folder) {
  std::vector<std::string> problems;
  if (!files.exists(folder)) return problems;
  for (const std::string& name : files.list(folder)) {
    const std::string path = folder + "/" + name;
    const auto replaced = leftover_step(name, ".old-");
    if (!replaced && !leftover_step(name, ".tmp-") && !leftover_step(name, ".trash-")) continue;
    if (!is_ours(files, path)) continue;
    if (replaced) {
      const std::string place = folder + "/" + step_name(*replaced);
      if (files.kind(place) == FileKind::none && find_problems(files, path, Depth::sizes).empty()) {
        files.rename(path, place);
        continue;
      }
    }
    try {
      remove_ours(files, path);
    } catch (const Error& error) {
      problems.push_back(error.what());
    }
  }
  remove_leftovers(files, folder, {"LATEST"});
  return problems;
}

Manifest read_manifest(FileSystem& files, const std::string& step_folder) {
  const std::string path = step_folder + "/" + manifest_name;
  Manifest manifest = decode_manifest(files.read(path), path);
  forget_unread_version1(manifest);
  const auto step = step_of(std::filesystem::path(step_folder).filename().string());
  if (step && *step != manifest.step)
    fail(ExitCode::data, "{}: is the manifest of step {}", path, manifest.step);
  return manifest;
}

std::string read_verified(FileSystem& files, const std::string& step_folder,
                          const FileRecord& record) {
  const std::string path = step_folder + "/" + record.name;
  std::string bytes = files.read(path);
  if (static_cast<int64_t>(bytes.size()) != record.bytes)
    fail(ExitCode::data, "{}: has {} bytes, expected {}", path, bytes.size(), record.bytes);
  const std::string found = Sha256().update(bytes).hex();
  if (found != record.sha256)
    fail(ExitCode::data, "{}: damaged: SHA-256 is {}, expected {}; {}", path, found, record.sha256,
         damaged_tensors(bytes, record));
  return bytes;
}

std::vector<std::string> find_problems(FileSystem& files, const std::string& step_folder,
                                       Depth depth) {
  std::vector<std::string> problems;
  const auto attempt = [&](auto&& action) {
    try {
      action();
    } catch (const Error& error) {
      problems.push_back(error.what());
    }
  };
  Manifest manifest;
  attempt([&] { manifest = read_manifest(files, step_folder); });
  for (const FileRecord& record : manifest.files)
    attempt([&] {
      const std::string path = step_folder + "/" + record.name;
      if (depth == Depth::contents) {
        read_verified(files, step_folder, record);
      } else if (const int64_t bytes = files.size(path); bytes != record.bytes) {
        fail(ExitCode::data, "{}: has {} bytes, expected {}", path, bytes, record.bytes);
      }
    });
  return problems;
}

std::string resolve_checkpoint(FileSystem& files, const std::string& path) {
  if (files.exists(path + "/" + manifest_name)) return path;
  const std::string folder = folder_of_checkpoints(files, path);
  for (const int64_t step : steps_in_order_of_trust(files, folder)) {
    const std::string candidate = folder + "/" + step_name(step);
    const std::vector<std::string> problems = find_problems(files, candidate, Depth::sizes);
    if (problems.empty()) return candidate;
    spdlog::warn("checkpoint passed over: {}", problems[0]);
  }
  fail(ExitCode::no_checkpoint,
       "{}: no complete checkpoint; give a run folder, or one of its checkpoints/step-N", path);
}

std::vector<Verified> verify_checkpoints(FileSystem& files, const std::string& path) {
  const bool is_one = files.exists(path + "/" + manifest_name) ||
                      step_of(std::filesystem::path(path).filename().string());
  if (is_one && files.exists(path)) return {{path, find_problems(files, path, Depth::contents)}};
  const std::string folder = folder_of_checkpoints(files, path);
  const std::string latest_path = folder + "/LATEST";
  std::optional<int64_t> latest;
  std::vector<Verified> result;
  if (files.exists(latest_path)) {
    latest = latest_step(files.read(latest_path));
    if (!latest) {
      result.push_back({latest_path, {fmt::format("{}: names no checkpoint", latest_path)}});
    } else if (!files.exists(folder + "/" + step_name(*latest))) {
      result.push_back(
          {latest_path,
           {fmt::format("{}: names {}, which is not there", latest_path, step_name(*latest))}});
    }
  }
  for (const int64_t step : steps_in_order_of_trust(files, folder)) {
    const std::string each = folder + "/" + step_name(step);
    const bool was_written = step == latest || files.exists(each + "/" + manifest_name) ||
                             files.exists(each + "/" + shard_name(0)) || is_ours(files, each);
    if (was_written) result.push_back({each, find_problems(files, each, Depth::contents)});
  }
  if (result.empty()) fail(ExitCode::no_checkpoint, "{}: holds no checkpoint", path);
  return result;
}

}  // namespace laconic
