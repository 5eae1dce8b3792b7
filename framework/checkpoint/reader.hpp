// Reads checkpoints in two steps: first the attributes, which a run needs to list its state, then
// the state. A byte is used only after the hash of its whole file has matched the manifest. A
// damaged checkpoint causes a warning, and the next one in order of trust is tried.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "framework/base/file.hpp"
#include "framework/checkpoint/contents.hpp"
#include "framework/checkpoint/writer.hpp"
#include "framework/device/state.hpp"

namespace laconic {

// Returns whether all shards pass the same text. Collective.
using Same = std::function<bool(const std::string& text)>;

// One shard's access to a checkpoint that was intact on all shards when it was opened.
//
// Ownership: owns the bytes of the files that this shard reads.
// Lifetime: the file system that it was opened with must outlive it.
class Checkpoint {
 public:
  int64_t step() const { return contents_->manifest().step; }
  int ranks() const { return contents_->manifest().ranks; }  // how many wrote it
  int version() const { return contents_->manifest().version; }
  const nlohmann::json& attributes() const { return contents_->manifest().attributes; }
  const std::string& folder() const { return contents_->folder(); }

  // Fills `into`, and allocates memory where there is none. The checkpoint must have every tensor
  // of `into` with the same type and size. `into` must have every tensor of rank 0's file, except
  // keyed ones.
  //
  // The number of shards may have changed since the checkpoint was written. Then:
  //   replicated  is read by all shards
  //   rank_sum    is distributed so that the sum over the shards stays the same
  //   rank_mean   becomes the mean over the ranks that wrote it, on all shards
  //   rank0       becomes that of rank 0, on all shards
  //   per_rank    keeps its initial values
  // Keyed state is read from any of the files. A file that only keyed state needs is read now.
  //
  // Error(data): the checkpoint is of another configuration, or a file was damaged after it was
  // opened. `into` is then unchanged. The call is not collective, and one shard alone may fail. So
  // the caller must let the shards agree before they continue.
  void read(const StateList& into) const;

 private:
  friend Checkpoint open_checkpoint(FileSystem& files, const std::string& folder,
                                    std::span<const int64_t> steps, Shard shard, const Agree& agree,
                                    const Same& same);
  Checkpoint(std::unique_ptr<const Contents> contents, Shard shard)
      : contents_(std::move(contents)), shard_(shard) {}
  bool is_lost(const StateEntry& entry) const;
  std::vector<Contents::Place> sources_of(const StateEntry& entry) const;

  std::unique_ptr<const Contents> contents_;
  Shard shard_;
};

// Opens the first checkpoint among `steps` of `folder` that is intact, and the same, on all shards.
// At least one shard verifies each file with state that `shard.count` ranks can read.
// Collective: all shards must pass the same steps, so one shard lists them for all
// (steps_in_order_of_trust). Error(no_checkpoint) on all shards if none is intact.
Checkpoint open_checkpoint(FileSystem& files, const std::string& folder,
                           std::span<const int64_t> steps, Shard shard, const Agree& agree,
                           const Same& same = {});

struct NamedLoad {
  std::vector<std::string> loaded;
  std::vector<std::string> missing;  // in `into`, not in the checkpoint: unchanged
  std::vector<std::string> extra;    // in rank 0's file or keyed, not in `into`
};

// Fills the tensors of `into` that rank 0's file has (model.init_from), and keyed tensors from any
// file. A replicated entry takes whatever has its name, but no rank_sum: the mean of rank_mean, a
// keyed tensor, rank 0's of the rest. Files without a tensor of `into` are not read. `path` is that
// of resolve_checkpoint().
// Error(data): a file is damaged, or a tensor has another type or size. `into` is then unchanged.
NamedLoad read_named(FileSystem& files, const std::string& path, const StateList& into);

}  // namespace laconic
