#include "framework/checkpoint/contents.hpp"

#include <algorithm>
#include <cstring>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/version1.hpp"

namespace laconic {
namespace {

Manifest manifest_of(FileSystem& files, const std::string& folder) {
  Manifest manifest = read_manifest(files, folder);
  rename_version1(manifest);
  return manifest;
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

void add(DataType type, std::span<std::byte> target, std::span<const std::byte> source) {
  switch (type) {
    case DataType::float32:
      return add_elements<float>(target, source);
    case DataType::float64:
      return add_elements<double>(target, source);
    case DataType::int32:
      return add_elements<int32_t>(target, source);
    case DataType::int64:
      return add_elements<int64_t>(target, source);
    case DataType::uint64:
      return add_elements<uint64_t>(target, source);
  }
}

// Writes the mean of arrays of float or double, element by element.
template <class T>
void mean_elements(std::span<std::byte> target,
                   const std::vector<std::span<const std::byte>>& all) {
  for (size_t at = 0; at < target.size(); at += sizeof(T)) {
    double sum = 0;
    for (const std::span<const std::byte> source : all) {
      T term;
      std::memcpy(&term, &source[at], sizeof(T));
      sum += term;
    }
    const T mean = static_cast<T>(sum / static_cast<double>(all.size()));
    std::memcpy(&target[at], &mean, sizeof(T));
  }
}

void copy_bytes(std::span<std::byte> target, std::span<const std::byte> source) {
  if (!target.empty()) std::memcpy(target.data(), source.data(), target.size());
}

}  // namespace

Contents::Contents(FileSystem& files, std::string folder)
    : files_(files), folder_(std::move(folder)), manifest_(manifest_of(files_, folder_)) {
  for (const FileRecord& file : manifest_.files)
    for (const TensorRecord& tensor : file.tensors)
      if (tensor.placement == Placement::keyed) keyed_[tensor.name] = {&file, &tensor};
}

void Contents::load(int rank) {
  const FileRecord* file = manifest_.find(shard_name(rank));
  if (file != nullptr && !loaded_.contains(file))
    loaded_[file] = read_verified(files_, folder_, *file);
}

Contents::Place Contents::find(int rank, const std::string& name) const {
  const FileRecord* file = manifest_.find(shard_name(rank));
  if (file == nullptr) return {};
  const auto tensor = std::ranges::find(file->tensors, name, &TensorRecord::name);
  return tensor == file->tensors.end() ? Place{} : Place{file, &*tensor};
}

std::vector<Contents::Place> Contents::find_all(const std::string& name) const {
  std::vector<Place> places;
  for (int rank = 0; rank < manifest_.ranks; ++rank) places.push_back(find(rank, name));
  return places;
}

Contents::Place Contents::find_keyed(const std::string& name) const {
  const auto place = keyed_.find(name);
  return place == keyed_.end() ? Place{} : place->second;
}

// Returns the required tensors of files that were not loaded. One whole file is in memory at a
// time.
Contents::Staged Contents::stage(const std::vector<Transfer>& transfers) const {
  std::map<const FileRecord*, std::vector<const TensorRecord*>> wanted;
  for (const Transfer& transfer : transfers)
    for (const Place& source : transfer.sources)
      if (!loaded_.contains(source.file)) wanted[source.file].push_back(source.tensor);
  Staged staged;
  for (const auto& [file, tensors] : wanted) {
    const std::string whole = read_verified(files_, folder_, *file);
    for (const TensorRecord* tensor : tensors) {
      const auto bytes = tensor->in(whole);
      staged[tensor].assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }
  return staged;
}

void Contents::copy(const std::vector<Transfer>& transfers) const {
  const Staged staged = stage(transfers);
  const auto bytes_at = [&](const Place& place) {
    const auto loaded = loaded_.find(place.file);
    if (loaded != loaded_.end()) return place.tensor->in(loaded->second);
    return std::as_bytes(std::span(staged.at(place.tensor)));
  };
  for (const auto& [entry, sources] : transfers) {
    const std::span<std::byte> target =
        entry->make(sources.empty() ? entry->count : sources[0].tensor->count);
    if (sources.empty()) std::ranges::fill(target, std::byte{0});
    if (sources.size() > 1 && sources[0].tensor->placement == Placement::rank_mean) {
      std::vector<std::span<const std::byte>> all;
      for (const Place& source : sources) all.push_back(bytes_at(source));
      entry->type == DataType::float32 ? mean_elements<float>(target, all)
                                       : mean_elements<double>(target, all);
      continue;
    }
    for (size_t i = 0; i < sources.size(); ++i)
      i == 0 ? copy_bytes(target, bytes_at(sources[i]))
             : add(entry->type, target, bytes_at(sources[i]));
  }
}

std::string misfit(const StateEntry& entry, const TensorRecord* tensor) {
  if (tensor == nullptr) return fmt::format("{} is missing", entry.name);
  if (tensor->type == entry.type && tensor->placement == entry.placement &&
      (tensor->count == entry.count || entry.varies))
    return {};
  return fmt::format("{} is {} {}[{}], expected {} {}[{}]", entry.name,
                     placement_name(tensor->placement), type_name(tensor->type), tensor->count,
                     placement_name(entry.placement), type_name(entry.type),
                     entry.varies ? "any number" : fmt::format("{}", entry.count));
}

}  // namespace laconic
