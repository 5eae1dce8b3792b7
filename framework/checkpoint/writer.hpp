// Writes checkpoints that survive a crash at any moment: whoever looks sees the old state or the
// new one, complete. Owns nothing but the checkpoint being written; knows ranks only as "shard i of
// n" and a callback by which the shards agree.
//
// The order (docs/formats.md): snapshot in memory; each shard to .tmp-step-N, synced; all shards
// agree that theirs is on disk; rank 0 writes the manifest and syncs file and folder; renames the
// folder to step-N and syncs the parent; replaces LATEST; removes checkpoints beyond `keep`. All
// that touches the disk after the snapshot happens in a thread, which calls no `agree`. Only a
// failure to remove old ones is a warning; every other failure reaches all shards as an Error, with
// the older checkpoints intact.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "framework/base/file.hpp"
#include "framework/base/state.hpp"
#include "framework/checkpoint/image.hpp"
#include "framework/checkpoint/manifest.hpp"

namespace laconic {

struct Shard {
  int index = 0, count = 1;
};

// Are all shards fine? Every shard calls it the same number of times; it waits for all of them.
using Agree = std::function<bool(bool mine_is_fine)>;
inline bool alone(bool mine_is_fine) {
  return mine_is_fine;
}  // the Agree of a single shard

class CheckpointWriter {
 public:
  // `folder` is run.dir/checkpoints; the newest `keep` complete checkpoints survive (at least 1).
  CheckpointWriter(FileSystem& files, std::string folder, Shard shard, Agree agree, int64_t keep);
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Takes the snapshot and starts to write it; the state may change as soon as begin() returns. The
  // memory of the snapshot is kept for the next one. `attributes` of rank 0 are stored.
  void begin(int64_t step, const StateList& state, const nlohmann::json& attributes);
  bool in_progress() const { return pending_.has_value(); }
  // Would advance() return without waiting for this shard's disk?
  bool ready() const;
  // Waits for the thread, then goes on to the next stage: from written to published, from published
  // to done. Collective: all shards must call it at the same time.
  void advance();
  // Until it is done; until then the checkpoint does not exist. At the latest before begin().
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
    std::future<void> work;         // last: it ends before what it works on
  };

  void agreed(int64_t step, const char* action, const std::function<void()>& work);
  std::optional<FileRecord> write_shard(const std::string& temporary) const;
  void publish(const Pending& pending);
  void replace_folder(const std::string& temporary, const std::string& name);
  void remove_old();
  std::string temporary(int64_t step) const;

  FileSystem& files_;
  std::string folder_;
  Shard shard_;
  Agree agree_;
  int64_t keep_;
  Image image_;
  std::optional<Pending> pending_;
};

}  // namespace laconic
