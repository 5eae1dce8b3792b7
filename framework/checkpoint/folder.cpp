#include "framework/checkpoint/folder.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"

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

std::optional<int64_t> latest_step(FileSystem& files, const std::string& folder) {
  try {
    std::string text = files.read(folder + "/LATEST");
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return step_of(text);
  } catch (const Error&) {  // missing or unreadable: the folders' names say enough
    return std::nullopt;
  }
}

std::string sha256_of(std::span<const std::byte> bytes) {
  return Sha256().update(bytes).hex();
}

// Which tensors of a damaged file are not what they were.
std::string damaged_tensors(std::string_view file, const FileRecord& record) {
  std::string names;
  for (const TensorRecord& tensor : record.tensors) {
    if (sha256_of(tensor.in(file)) == tensor.sha256) continue;
    names += (names.empty() ? "" : ", ") + tensor.name;
  }
  return names.empty() ? "no tensor is affected" : "damaged tensors: " + names;
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

void recover_folder(FileSystem& files, const std::string& folder) {
  if (!files.exists(folder)) return;
  constexpr std::string_view old_prefix = ".old-";
  for (const std::string& name : files.list(folder)) {
    if (name.starts_with(".tmp-step-") || name.starts_with(".trash-step-")) {
      files.remove_all(folder + "/" + name);
    } else if (name.starts_with(".old-step-")) {
      const std::string place = folder + "/" + name.substr(old_prefix.size());
      if (files.exists(place)) {
        files.remove_all(folder + "/" + name);
      } else {
        files.rename(folder + "/" + name, place);
      }
    }
  }
}

Manifest read_manifest(FileSystem& files, const std::string& step_folder) {
  const std::string path = step_folder + "/" + manifest_name;
  Manifest manifest = decode_manifest(files.read(path), path);
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
  const std::string inside = path + "/checkpoints";
  const std::string folder = files.exists(inside) ? inside : path;
  for (const int64_t step : steps_in_order_of_trust(files, folder)) {
    const std::string candidate = folder + "/" + step_name(step);
    if (find_problems(files, candidate, Depth::sizes).empty()) return candidate;
  }
  fail(ExitCode::no_checkpoint,
       "{}: no complete checkpoint; give a run folder, or one of its checkpoints/step-N", path);
}

}  // namespace laconic
