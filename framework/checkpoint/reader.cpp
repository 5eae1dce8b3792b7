#include "framework/checkpoint/reader.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic {
namespace {

// Collects the tensors that do not fit, in one message of limited length.
class Misfits {
 public:
  void add(const std::string& text) {
    if (!text.empty() && text_.size() < enough) text_ += (text_.empty() ? "" : "; ") + text;
  }
  void throw_if_any(const std::string& folder) const {
    if (!text_.empty())
      fail(ExitCode::data, "{}: made for another configuration: {}", folder, text_);
  }

 private:
  static constexpr size_t enough = 2000;  // bytes
  std::string text_;
};

// Returns the ranks whose state this shard sums or takes over. If as many ranks read as wrote, this
// is its own rank; else every shard.count-th rank.
std::vector<int> writers_for(Shard shard, int ranks) {
  if (ranks == shard.count) return {shard.index};
  std::vector<int> writers;
  for (int rank = shard.index; rank < ranks; rank += shard.count) writers.push_back(rank);
  return writers;
}

// Returns whether a file has state that another number of ranks can read, too.
bool outlives_its_world(const FileRecord& file) {
  return std::ranges::any_of(file.tensors, [](const TensorRecord& tensor) {
    return tensor.placement != Placement::per_rank;
  });
}

std::string first_misfit(const Contents::Transfer& transfer) {
  for (const Contents::Place& source : transfer.sources)
    if (std::string text = misfit(*transfer.entry, source.tensor); !text.empty()) return text;
  return {};
}

struct Opened {
  std::unique_ptr<Contents> contents;  // null: not intact
  std::string damage;
};

// Verifies the files that this shard may read. A fault that all shards see is reported by one
// shard.
Opened open(FileSystem& files, const std::string& folder, Shard shard) {
  bool shared = true;
  try {
    auto contents = std::make_unique<Contents>(files, folder);
    contents->load(0);
    shared = false;
    const Manifest& manifest = contents->manifest();
    for (const int writer : writers_for(shard, manifest.ranks)) {
      const FileRecord* file = manifest.find(shard_name(writer));
      if (file != nullptr && (manifest.ranks == shard.count || outlives_its_world(*file)))
        contents->load(writer);
    }
    return {std::move(contents), {}};
  } catch (const Error& error) {
    if (!shared || shard.index == 0) spdlog::warn("checkpoint not usable: {}", error.what());
    return {nullptr, error.what()};
  }
}

}  // namespace

Checkpoint open_checkpoint(FileSystem& files, const std::string& folder,
                           std::span<const int64_t> steps, Shard shard, const Agree& agree,
                           const Same& same) {
  std::string first_damage = "damaged on another rank";
  for (const int64_t step : steps) {
    Opened opened = open(files, folder + "/" + step_name(step), shard);
    if (agree(opened.contents ? ExitCode::success : ExitCode::data) == ExitCode::success) {
      if (!same || same(encode_manifest(opened.contents->manifest())))
        return Checkpoint(std::move(opened.contents), shard);
      opened.damage = fmt::format("the ranks see different files in {}", opened.contents->folder());
      if (shard.index == 0) spdlog::warn("checkpoint not usable: {}", opened.damage);
      opened.contents.reset();
    }
    if (step == steps.front() && !opened.contents) first_damage = opened.damage;
  }
  if (steps.empty()) fail(ExitCode::no_checkpoint, "{}: holds no checkpoint", folder);
  fail(ExitCode::no_checkpoint, "{}: no usable checkpoint among {}: {}", folder, steps.size(),
       first_damage);
}

// Returns whether the entry is lost: per_rank state has no meaning with another number of ranks.
bool Checkpoint::is_lost(const StateEntry& entry) const {
  return entry.placement == Placement::per_rank && ranks() != shard_.count;
}

std::vector<Contents::Place> Checkpoint::sources_of(const StateEntry& entry) const {
  if (entry.placement == Placement::replicated) return {contents_->find(0, entry.name)};
  if (entry.placement == Placement::keyed) return {contents_->find_keyed(entry.name)};
  const bool same_ranks = ranks() == shard_.count;
  if (entry.placement == Placement::rank0 && !same_ranks) return {contents_->find(0, entry.name)};
  if (entry.placement == Placement::rank_mean && !same_ranks)
    return contents_->find_all(entry.name);
  std::vector<Contents::Place> sources;
  for (const int writer : writers_for(shard_, ranks()))
    sources.push_back(contents_->find(writer, entry.name));
  return sources;
}

void Checkpoint::read(const StateList& into) const {
  Misfits misfits;
  std::vector<Contents::Transfer> transfers;
  std::set<std::string_view> names;
  for (const StateEntry& entry : into.entries()) {
    names.insert(entry.name);
    if (is_lost(entry)) continue;
    transfers.push_back({&entry, sources_of(entry)});
    misfits.add(first_misfit(transfers.back()));
  }
  if (const FileRecord* own = contents_->manifest().find(shard_name(0)))
    for (const TensorRecord& tensor : own->tensors)
      if (tensor.placement != Placement::keyed && !names.contains(tensor.name))
        misfits.add(fmt::format("{} is not part of this run", tensor.name));
  misfits.throw_if_any(folder());
  contents_->copy(transfers);
}

NamedLoad read_named(FileSystem& files, const std::string& path, const StateList& into) {
  const Contents contents(files, resolve_checkpoint(files, path));
  NamedLoad result;
  std::vector<Contents::Transfer> transfers;
  std::set<std::string_view> names;
  for (const StateEntry& entry : into.entries()) {
    Contents::Place place = contents.find_keyed(entry.name);
    if (place.tensor == nullptr) place = contents.find(0, entry.name);
    if (place.tensor == nullptr) {
      result.missing.push_back(entry.name);
      continue;
    }
    StateEntry fits = entry;
    const Placement there = place.tensor->placement;
    if (there != Placement::rank_sum && fits.placement == Placement::replicated)
      fits.placement = there;
    const std::vector<Contents::Place> sources =
        there == Placement::rank_mean ? contents.find_all(entry.name) : std::vector{place};
    for (const Contents::Place& source : sources)
      if (const std::string problem = misfit(fits, source.tensor); !problem.empty())
        fail(ExitCode::data, "{}: {}", contents.folder(), problem);
    result.loaded.push_back(entry.name);
    names.insert(entry.name);
    transfers.push_back({&entry, sources});
  }
  for (const FileRecord& file : contents.manifest().files)
    for (const TensorRecord& tensor : file.tensors) {
      const bool offered = file.name == shard_name(0) || tensor.placement == Placement::keyed;
      if (offered && !names.contains(tensor.name)) result.extra.push_back(tensor.name);
    }
  contents.copy(transfers);
  return result;
}

}  // namespace laconic
