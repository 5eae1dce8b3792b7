// Reads checkpoints back. A byte is used only after the hash of its whole file matched the
// manifest; a damaged checkpoint is named in a warning and the one before it is tried.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/file.hpp"
#include "framework/base/state.hpp"
#include "framework/checkpoint/writer.hpp"

namespace laconic {

struct Loaded {
  int64_t step = 0;
  int ranks = 1;  // that wrote it
  nlohmann::json attributes;
  std::string folder;
};

// Fills `into` from the most trusted checkpoint of `folder` that is intact on all shards, or from
// exactly `step`. Every tensor of `into` must be there with its type and size, and none besides.
//
// With another number of shards than wrote it: replicated state is read by all; rank_sum state is
// dealt out so that the sum over shards is kept; per_rank state keeps its initial values.
// Errors: no_checkpoint (none intact), data (made for another model). `into` is then untouched.
Loaded read_checkpoint(FileSystem& files, const std::string& folder, const StateList& into,
                       Shard shard, const Agree& agree, std::optional<int64_t> step = {});

struct NamedLoad {
  std::vector<std::string> loaded;
  std::vector<std::string> missing;  // wanted, not in the checkpoint: left as they were
  std::vector<std::string> extra;    // in the checkpoint, not wanted
};

// Fills those tensors of `into` that the checkpoint has as replicated state (model.init_from).
// `path` as in resolve_checkpoint(). Error(data): damaged, or a tensor of another type or size.
NamedLoad read_named(FileSystem& files, const std::string& path, const StateList& into);

}  // namespace laconic
