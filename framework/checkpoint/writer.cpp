#include "framework/checkpoint/writer.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "framework/base/error.hpp"
#include "framework/base/failure.hpp"
#include "framework/base/fault.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/ownership.hpp"

namespace laconic {
namespace {

std::string record_name(int rank) {
  return fmt::format("rank{}.json", rank);
}

void write_synced(FileSystem& files, const std::string& path, std::span<const std::byte> bytes) {
  const auto file = files.create(path);
  fault_point("checkpoint.file_created");
  file->append(bytes);
  fault_point("checkpoint.file_written");
  file->sync();
  fault_point("checkpoint.file_synced");
  file->close();
  fault_point("checkpoint.file_closed");
}

void write_synced(FileSystem& files, const std::string& path, std::string_view text) {
  write_synced(files, path, std::as_bytes(std::span(text.data(), text.size())));
}

// Returns the entries that a shard writes. Rank 0 writes all its state; the other ranks write only
// state that is not equal on all ranks.
std::vector<StateEntry> entries_of_shard(const StateList& state, int shard) {
  std::vector<StateEntry> entries;
  for (const StateEntry& entry : state.entries())
    if (shard == 0 || entry.placement != Placement::replicated) entries.push_back(entry);
  return entries;
}

}  // namespace

int64_t image_bytes(const StateList& state, const nlohmann::json& attributes, int shard) {
  const auto entries = entries_of_shard(state, shard);
  return entries.empty() ? 0 : image_size(entries, attributes.dump(1));
}

CheckpointWriter::CheckpointWriter(FileSystem& files, std::string folder, Shard shard, Agree agree,
                                   int64_t keep)
    : files_(files),
      folder_(std::move(folder)),
      shard_(shard),
      agree_(std::move(agree)),
      keep_(keep) {
  LACONIC_CHECK(keep >= 1 && shard.index >= 0 && shard.index < shard.count);
}

std::string CheckpointWriter::temporary(int64_t step) const {
  return folder_ + "/.tmp-" + step_name(step);
}

// Makes a new, empty folder. What is left of an earlier attempt and cannot be removed moves away.
void CheckpointWriter::make_temporary(int64_t step) {
  const std::string path = temporary(step);
  if (files_.kind(path) != FileKind::none) {
    require_ours(path);
    files_.rename(path, unused_name(files_, folder_ + "/.trash-" + step_name(step)));
  }
  files_.make_directories(path);
}

void CheckpointWriter::require_ours(const std::string& path) const {
  if (!is_ours(files_, path))
    fail(ExitCode::cannot_create,
         "{}: is there already, and holds what laconic did not write; move it away", path);
}

// Does this shard's part, lets all shards agree, and ends in the same way on all of them.
void CheckpointWriter::agreed(int64_t step, const char* action, const std::function<void()>& work) {
  std::optional<Error> mine;
  try {
    work();
  } catch (const std::exception& exception) {
    mine = as_error(exception);
  }
  const ExitCode code = agree_(mine ? mine->code() : ExitCode::success);
  if (code == ExitCode::success) return;
  if (!mine)
    fail(code, "checkpoint of step {} could not be {} by another rank, older ones are intact", step,
         action);
  // Every shard ends with an error; only this one knows the cause.
  if (shard_.index != 0) spdlog::error("shard {}: {}", shard_.index, mine->what());
  fail(code, "checkpoint of step {} could not be {}, older ones are intact: {}", step, action,
       mine->what());
}

void CheckpointWriter::begin(int64_t step, const StateList& state,
                             const nlohmann::json& attributes) {
  LACONIC_CHECK(!pending_, "the checkpoint of step {} is not committed", pending_->step);
  try {
    agreed(step, "begun", [&] {
      prepare(step, state, attributes);
      pending_.emplace(step, attributes);
    });
  } catch (const std::exception&) {
    pending_.reset();
    throw;
  }
  // From here on every failure reaches all shards.
  worker_.start([this] { pending_->own = write_shard(temporary(pending_->step)); });
}

void CheckpointWriter::prepare(int64_t step, const StateList& state,
                               const nlohmann::json& attributes) {
  const auto entries = entries_of_shard(state, shard_.index);
  if (entries.empty()) {
    image_.bytes.clear();
  } else {
    compose_image(entries, step, attributes.dump(1), image_);
  }
  if (shard_.index != 0) return;
  files_.make_directories(folder_);
  fault_point("checkpoint.folder_made");
  for (const std::string& problem : recover_folder(files_, folder_)) warn_once(problem);
  fault_point("checkpoint.recovered");
  make_temporary(step);
  fault_point("checkpoint.temporary_made");
}

std::optional<FileRecord> CheckpointWriter::write_shard(const std::string& at) const {
  if (image_.bytes.empty()) return std::nullopt;
  FileRecord record{shard_name(shard_.index), static_cast<int64_t>(image_.bytes.size()),
                    Sha256().update(std::span(image_.bytes)).hex(), image_.tensors};
  const std::string_view file(reinterpret_cast<const char*>(image_.bytes.data()),
                              image_.bytes.size());
  for (TensorRecord& tensor : record.tensors)
    tensor.sha256 = Sha256().update(tensor.in(file)).hex();
  write_synced(files_, at + "/" + record.name, std::span<const std::byte>(image_.bytes));
  if (shard_.index != 0)
    write_synced(files_, at + "/" + record_name(shard_.index), encode_file_record(record));
  return record;
}

bool CheckpointWriter::ready() const {
  return worker_.is_done();
}

void CheckpointWriter::wait() const {
  worker_.wait();
}

void CheckpointWriter::advance() {
  LACONIC_CHECK(pending_, "no checkpoint was begun");
  Pending& pending = *pending_;
  try {
    agreed(pending.step, pending.written ? "published" : "written", [&] { worker_.take(); });
  } catch (const std::exception&) {
    const std::string left = temporary(pending.step);
    pending_.reset();
    if (shard_.index == 0 && is_ours(files_, left)) tidy([&] { remove_ours(files_, left); });
    throw;
  }
  if (pending.written) {
    pending_.reset();
    return;
  }
  pending.written = true;
  if (shard_.index == 0) worker_.start([this] { publish(*pending_); });
}

void CheckpointWriter::publish(const Pending& pending) {
  const std::string at = temporary(pending.step);
  files_.sync_directory(std::filesystem::path(folder_).parent_path().string());
  fault_point("checkpoint.parent_synced");
  Manifest manifest{pending.step, shard_.count, {}, pending.attributes};
  if (pending.own) manifest.files.push_back(*pending.own);
  for (int rank = 1; rank < shard_.count; ++rank) {
    const std::string path = at + "/" + record_name(rank);
    if (!files_.exists(path)) continue;
    manifest.files.push_back(decode_file_record(files_.read(path), path));
    tidy([&] { files_.remove_file(path); });
    fault_point("checkpoint.record_collected");
  }
  write_synced(files_, at + "/" + manifest_name, encode_manifest(manifest));
  files_.sync_directory(at);
  fault_point("checkpoint.temporary_synced");
  replace_folder(at, step_name(pending.step));
  write_atomically(files_, folder_ + "/LATEST", step_name(pending.step) + "\n");
  fault_point("checkpoint.latest_written");
  tidy([&] { remove_old(); });
}

void CheckpointWriter::replace_folder(const std::string& at, const std::string& name) {
  const std::string place = folder_ + "/" + name;
  const std::string old = unused_name(files_, folder_ + "/.old-" + name);
  const bool replaces = files_.kind(place) != FileKind::none;
  if (replaces) require_ours(place);
  if (replaces) files_.rename(place, old);
  fault_point("checkpoint.old_moved");
  files_.rename(at, place);
  fault_point("checkpoint.renamed");
  files_.sync_directory(folder_);
  fault_point("checkpoint.folder_synced");
  if (replaces) tidy([&] { remove_ours(files_, old); });
}

// Counts only checkpoints that are complete, so that damaged ones never push out good ones.
void CheckpointWriter::remove_old() {
  int64_t complete = 0;
  for (const int64_t step : steps_in_order_of_trust(files_, folder_)) {
    const std::string place = folder_ + "/" + step_name(step);
    if (complete < keep_) {
      complete += find_problems(files_, place, Depth::sizes).empty() ? 1 : 0;
      continue;
    }
    if (!is_ours(files_, place)) continue;
    tidy([&] {
      const std::string trash = unused_name(files_, folder_ + "/.trash-" + step_name(step));
      files_.rename(place, trash);  // in one move: never half a checkpoint under a good name
      fault_point("checkpoint.trash_moved");
      remove_ours(files_, trash);
      fault_point("checkpoint.trash_removed");
    });
  }
}

void CheckpointWriter::tidy(const std::function<void()>& removal) {
  try {
    removal();
  } catch (const Error& error) {
    warn_once(error.what());
  }
}

void CheckpointWriter::warn_once(const std::string& problem) {
  if (!warned_) spdlog::warn("{}; tried again with every checkpoint", problem);
  warned_ = true;
}

}  // namespace laconic
