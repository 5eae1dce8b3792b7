#include "framework/checkpoint/reader.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic {
namespace {

const TensorRecord* find_tensor(const FileRecord* file, const std::string& name) {
  if (file == nullptr) return nullptr;
  for (const TensorRecord& tensor : file->tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

// Empty when the tensor fits the entry.
std::string misfit(const StateEntry& entry, const TensorRecord* tensor) {
  if (tensor == nullptr) return fmt::format("{} is missing", entry.name);
  const auto count = static_cast<int64_t>(entry.bytes.size()) / element_size(entry.type);
  if (tensor->type == entry.type && tensor->count == count && tensor->placement == entry.placement)
    return {};
  return fmt::format("{} is {} {}[{}], expected {} {}[{}]", entry.name,
                     placement_name(tensor->placement), type_name(tensor->type), tensor->count,
                     placement_name(entry.placement), type_name(entry.type), count);
}

template <class T>
void add_elements(std::span<std::byte> target, std::span<const std::byte> source) {
  for (size_t at = 0; at < target.size(); at += sizeof(T)) {
    T sum, term;
    std::memcpy(&sum, &target[at], sizeof(T));
    std::memcpy(&term, &source[at], sizeof(T));
    sum += term;
    std::memcpy(&target[at], &sum, sizeof(T));
  }
}

void add(const StateEntry& target, std::span<const std::byte> source) {
  switch (target.type) {
    case DataType::float32:
      return add_elements<float>(target.bytes, source);
    case DataType::float64:
      return add_elements<double>(target.bytes, source);
    case DataType::int32:
      return add_elements<int32_t>(target.bytes, source);
    case DataType::int64:
      return add_elements<int64_t>(target.bytes, source);
    case DataType::uint64:
      return add_elements<uint64_t>(target.bytes, source);
  }
}

void copy(std::span<std::byte> target, std::span<const std::byte> source) {
  if (!target.empty()) std::memcpy(target.data(), source.data(), target.size());
}

// One checkpoint as one shard sees it: opened and verified first, copied from later, when all
// agree.
class Candidate {
 public:
  Candidate(FileSystem& files, std::string folder, Shard shard)
      : files_(files), folder_(std::move(folder)), shard_(shard) {}

  // What all shards need; damage here is seen by all of them.
  void open_shared() {
    manifest_ = read_manifest(files_, folder_);
    bytes_[0] = read_file(0);
  }

  void open_own(const StateList& into) {
    for (const StateEntry& entry : into.entries())
      for (const int writer : is_lost(entry) ? std::vector<int>() : writers_of(entry))
        if (!bytes_.contains(writer)) bytes_[writer] = read_file(writer);
  }

  // Throws unless the tensors are those of `into`, all of them.
  void require_fit(const StateList& into) const {
    std::string problems;
    const auto report = [&](const std::string& text) {
      if (!text.empty()) problems += (problems.empty() ? "" : "; ") + text;
    };
    constexpr size_t enough = 2000;  // bytes of a message
    for (const StateEntry& entry : into.entries()) {
      if (is_lost(entry)) continue;
      for (const int writer : writers_of(entry))
        if (problems.size() < enough)
          report(misfit(entry, find_tensor(manifest_.find(shard_name(writer)), entry.name)));
    }
    if (const FileRecord* own = manifest_.find(shard_name(0)))
      for (const TensorRecord& tensor : own->tensors)
        if (std::ranges::none_of(into.entries(),
                                 [&](const StateEntry& e) { return e.name == tensor.name; }))
          report(fmt::format("{} is not part of this run", tensor.name));
    if (!problems.empty())
      fail(ExitCode::data, "{}: made for another configuration: {}", folder_, problems);
  }

  Loaded copy_to(const StateList& into) const {
    for (const StateEntry& entry : into.entries()) {
      if (is_lost(entry)) continue;
      const std::vector<int> writers = writers_of(entry);
      if (writers.empty()) std::ranges::fill(entry.bytes, std::byte{0});
      for (const int writer : writers) {
        const auto source =
            find_tensor(manifest_.find(shard_name(writer)), entry.name)->in(bytes_.at(writer));
        writer == writers.front() ? copy(entry.bytes, source) : add(entry, source);
      }
    }
    return {manifest_.step, manifest_.ranks, manifest_.attributes, folder_};
  }

 private:
  // What belongs to a rank of a world of one size means nothing in another.
  bool is_lost(const StateEntry& entry) const {
    return entry.placement == Placement::per_rank && manifest_.ranks != shard_.count;
  }

  // Whose files this entry comes from; a sum over ranks is dealt out when their number changed.
  std::vector<int> writers_of(const StateEntry& entry) const {
    if (entry.placement == Placement::replicated) return {0};
    if (manifest_.ranks == shard_.count) return {shard_.index};
    std::vector<int> writers;
    for (int rank = shard_.index; rank < manifest_.ranks; rank += shard_.count)
      writers.push_back(rank);
    return writers;
  }

  std::string read_file(int rank) const {
    const FileRecord* record = manifest_.find(shard_name(rank));
    return record == nullptr ? std::string() : read_verified(files_, folder_, *record);
  }

  FileSystem& files_;
  std::string folder_;
  Shard shard_;
  Manifest manifest_;
  std::map<int, std::string> bytes_;  // by the rank that wrote them
};

struct Verdict {
  bool intact = false;
  std::string damage;         // when not intact
  std::exception_ptr misfit;  // intact, but not for this run: trying an older one would not help
};

Verdict examine(Candidate& candidate, const StateList& into, Shard shard) {
  bool shared = true;
  try {
    candidate.open_shared();
    shared = false;
    candidate.open_own(into);
  } catch (const Error& error) {  // what all shards see is said once
    if (!shared || shard.index == 0) spdlog::warn("checkpoint not usable: {}", error.what());
    return {false, error.what(), nullptr};
  }
  try {
    candidate.require_fit(into);
  } catch (const Error&) {
    return {true, {}, std::current_exception()};
  }
  return {true, {}, nullptr};
}

}  // namespace

Loaded read_checkpoint(FileSystem& files, const std::string& folder, const StateList& into,
                       Shard shard, const Agree& agree, std::optional<int64_t> step) {
  const auto candidates =
      step ? std::vector<int64_t>{*step} : steps_in_order_of_trust(files, folder);
  std::string first_damage = "damaged on another rank";
  for (const int64_t each : candidates) {
    Candidate candidate(files, folder + "/" + step_name(each), shard);
    const Verdict verdict = examine(candidate, into, shard);
    if (agree(verdict.intact && !verdict.misfit)) return candidate.copy_to(into);
    if (agree(!verdict.misfit)) {  // damaged somewhere
      if (each == candidates.front() && !verdict.intact) first_damage = verdict.damage;
      continue;
    }
    if (verdict.misfit) std::rethrow_exception(verdict.misfit);
    fail(ExitCode::data, "{}/{}: does not fit this run on another rank", folder, step_name(each));
  }
  if (candidates.empty()) fail(ExitCode::no_checkpoint, "{}: holds no checkpoint", folder);
  fail(ExitCode::no_checkpoint, "{}: no usable checkpoint among {}: {}", folder, candidates.size(),
       first_damage);
}

NamedLoad read_named(FileSystem& files, const std::string& path, const StateList& into) {
  const std::string folder = resolve_checkpoint(files, path);
  const Manifest manifest = read_manifest(files, folder);
  const FileRecord* record = manifest.find(shard_name(0));
  if (record == nullptr) fail(ExitCode::data, "{}: has no {}", folder, shard_name(0));
  const std::string bytes = read_verified(files, folder, *record);

  NamedLoad result;
  for (const StateEntry& entry : into.entries()) {
    const TensorRecord* tensor = find_tensor(record, entry.name);
    if (tensor == nullptr) {
      result.missing.push_back(entry.name);
    } else if (const std::string problem = misfit(entry, tensor); !problem.empty()) {
      fail(ExitCode::data, "{}: {}", folder, problem);
    } else {
      result.loaded.push_back(entry.name);
    }
  }
  for (const TensorRecord& tensor : record->tensors)
    if (std::ranges::find(result.loaded, tensor.name) == result.loaded.end())
      result.extra.push_back(tensor.name);
  for (const StateEntry& entry : into.entries())
    if (const TensorRecord* tensor = find_tensor(record, entry.name))
      copy(entry.bytes, tensor->in(bytes));
  return result;
}

}  // namespace laconic
