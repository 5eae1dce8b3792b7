#include "apps/laconic/run/run_marker.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "framework/base/error.hpp"
#include "framework/base/process.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/observe/outcome.hpp"

namespace laconic {
namespace {

constexpr const char* marker_name = "laconic-run.json";
constexpr const char* format_name = "laconic run";

// Returns the result of `look`; false after Error(data), since the file is damaged or missing.
template <class Look>
bool finds(Look look) {
  try {
    return look();
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) throw;
    return false;
  }
}

bool is_plain(FileSystem& files, const std::string& path) {
  return files.kind(path) == FileKind::file;
}

bool has_marker(FileSystem& files, const std::string& folder) {
  const std::string path = folder + "/" + marker_name;
  if (!is_plain(files, path)) return false;
  const auto marker = nlohmann::json::parse(files.read(path), nullptr, false);
  return marker.is_object() && marker.value("format", nlohmann::json()) == format_name;
}

bool is_earlier_run(FileSystem& files, const std::string& folder) {
  if (is_plain(files, folder + "/outcome.json") && finds([&] {
        read_outcome(files, folder);
        return true;
      }))
    return true;
  const std::string checkpoints = folder + "/checkpoints";
  if (files.kind(checkpoints) != FileKind::folder) return false;
  for (const int64_t step : steps_in_order_of_trust(files, checkpoints))
    if (finds([&] {
          read_manifest(files, checkpoints + "/" + step_name(step));
          return true;
        }))
      return true;
  return false;
}

// Returns whether a folder is empty, or contains only the remains of an unfinished marker.
bool is_empty(FileSystem& files, const std::string& folder) {
  return std::ranges::all_of(files.list(folder), [](const std::string& name) {
    return name.starts_with(fmt::format("{}.", marker_name));
  });
}

bool has_results(FileSystem& files, const std::string& folder) {
  const std::string metrics = folder + "/metrics.jsonl";
  return !steps_in_order_of_trust(files, folder + "/checkpoints").empty() ||
         (files.exists(metrics) && files.size(metrics) > 0);
}

}  // namespace

Occupant occupant_of(FileSystem& files, const std::string& folder) {
  if (files.kind(folder) == FileKind::none) return Occupant::nobody;
  if (!files.exists(folder + "/.")) return Occupant::stranger;  // a file, or a link to nothing
  if (has_marker(files, folder) || is_earlier_run(files, folder))
    return has_results(files, folder) ? Occupant::run : Occupant::started;
  return is_empty(files, folder) ? Occupant::nobody : Occupant::stranger;
}

void mark_run(FileSystem& files, const std::string& folder) {
  if (has_marker(files, folder)) return;
  const nlohmann::json marker = {
      {"format", format_name}, {"version", 1}, {"created_utc", utc_time(wall_seconds())}};
  try {
    write_atomically(files, folder + "/" + marker_name, marker.dump() + "\n");
  } catch (const Error&) {  // another may have marked it, and cleared what is left of markers
    if (!has_marker(files, folder)) throw;
  }
}

void require_own_names(FileSystem& files, const std::string& folder) {
  constexpr std::pair<const char*, FileKind> names[] = {
      {marker_name, FileKind::file},     {"lock", FileKind::file},
      {"outcome.json", FileKind::file},  {"result.json", FileKind::file},
      {"metrics.jsonl", FileKind::file}, {"trace.json", FileKind::file},
      {"log.rank0.txt", FileKind::file}, {"tensorboard", FileKind::folder},
      {"checkpoints", FileKind::folder},
  };
  for (const auto& [name, expected] : names) {
    const std::string path = folder + "/" + name;
    const FileKind found = files.kind(path);
    if (found != FileKind::none && found != expected)
      fail(ExitCode::cannot_create,
           "{}: must be a {} of its own, and is a link or something else; laconic follows no links "
           "inside of a run folder (run.dir itself may be one): move it away",
           path, expected == FileKind::file ? "file" : "folder");
  }
}

void separate_logs(FileSystem& files, const std::string& folder) {
  for (const char* name : {"metrics.jsonl", "log.rank0.txt"}) {
    const std::string path = folder + "/" + name;
    std::error_code error;  // no file: one link at most
    const auto links = std::filesystem::hard_link_count(path, error);
    if (!error && links > 1) write_atomically(files, path, files.read(path));
  }
}

}  // namespace laconic
