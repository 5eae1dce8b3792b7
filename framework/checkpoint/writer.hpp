// Writes checkpoints that survive a crash at any moment: a reader finds the complete old state or
// the complete new one. It needs no MPI: a rank is "shard i of n", and the shards agree through a
// callback.
//
// Ownership: owns the checkpoint that is being written.
//
// The order (docs/formats.md):
//   1. Each shard takes a snapshot in memory.
//   2. Each shard writes its file to .tmp-step-N and syncs it.
//   3. All shards agree that their files are on disk.
//   4. Rank 0 writes the manifest, and syncs file and folder.
//   5. Rank 0 renames the folder to step-N and syncs the parent.
//   6. Rank 0 replaces LATEST, and removes checkpoints beyond `keep`.
// After the snapshot a thread does all work on the disk; this thread never calls `agree`.
//
// Errors: if an old checkpoint cannot be removed, one warning is logged, and the next checkpoint
// tries again. Every other failure is an Error on all shards; the older checkpoints stay intact.
// Folders that laconic did not write are never changed: such a step-N is an Error(cannot_create).
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "framework/base/exit_code.hpp"
#include "framework/base/file.hpp"
#include "framework/base/worker.hpp"
#include "framework/checkpoint/image.hpp"
#include "framework/checkpoint/manifest.hpp"
#include "framework/device/state.hpp"

namespace laconic {

struct Shard {
  int index = 0, count = 1;
};

// Returns the largest code of all shards, so ExitCode::success if all are fine. Waits for all of
// them. Every shard must call it the same number of times.
using Agree = std::function<ExitCode(ExitCode mine)>;
inline ExitCode alone(ExitCode mine) {
  return mine;
}  // the Agree of a single shard

// Returns the size in bytes of the file that a shard would write. The state needs no memory.
int64_t image_bytes(const StateList& state, const nlohmann::json& attributes = {}, int shard = 0);

class CheckpointWriter {
 public:
  // `folder` is run.dir/checkpoints. The newest `keep` complete checkpoints stay (at least 1).
  CheckpointWriter(FileSystem& files, std::string folder, Shard shard, Agree agree, int64_t keep);
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Takes the snapshot and starts to write it; the state may change as soon as begin() returns.
  // Rank 0 writes replicated state. Each shard lists only the keyed state that it hosts. The memory
  // of the snapshot is reused by the next one. The `attributes` of rank 0 are stored.
  void begin(int64_t step, const StateList& state, const nlohmann::json& attributes);
  bool in_progress() const { return pending_.has_value(); }
  // Returns whether advance() would return without waiting for this shard's disk.
  bool ready() const;
  // Waits for this shard's disk. The next advance() does not wait for it again. Not collective.
  void wait() const;
  // Waits for the thread, then starts the next stage: written, published, done.
  // Collective: all shards must call it at the same time.
  void advance();
  // Advances until the checkpoint is complete; before that it does not exist. Must be called before
  // the next begin().
  void commit() {
    while (in_progress()) advance();
  }

  void write(int64_t step, const StateList& state, const nlohmann::json& attributes) {
    begin(step, state, attributes);
    commit();
  }

 private:
  struct Pending {
    int64_t step = 0;
    nlohmann::json attributes;
    bool written = false;           // all shards are; rank 0 publishes
    std::optional<FileRecord> own;  // of this shard, once written
  };

  void agreed(int64_t step, const char* action, const std::function<void()>& work);
  void prepare(int64_t step, const StateList& state, const nlohmann::json& attributes);
  std::optional<FileRecord> write_shard(const std::string& temporary) const;
  void publish(const Pending& pending);
  void replace_folder(const std::string& temporary, const std::string& name);
  void remove_old();
  std::string temporary(int64_t step) const;
  void make_temporary(int64_t step);
  void require_ours(const std::string& path) const;
  void tidy(const std::function<void()>& removal);
  void warn_once(const std::string& problem);

  FileSystem& files_;
  std::string folder_;
  Shard shard_;
  Agree agree_;
  int64_t keep_;
  Image image_;
  bool warned_ = false;  // something could not be removed
  std::optional<Pending> pending_;
  Worker worker_;  // last: it ends before what it works on
};

}  // namespace laconic
