#include "framework/checkpoint/inspect.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic {
namespace {

struct Summary {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  double square_sum = 0;
  int64_t non_finite = 0;  // not part of the others
};

template <class T>
Summary summarise(std::span<const std::byte> bytes) {
  Summary s;
  for (size_t at = 0; at < bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, &bytes[at], sizeof(T));
    const auto x = static_cast<double>(value);
    if (!std::isfinite(x)) {
      ++s.non_finite;
      continue;
    }
    s.min = std::min(s.min, x);
    s.max = std::max(s.max, x);
    s.square_sum += x * x;
  }
  return s;
}

Summary summarise(const TensorRecord& tensor, std::string_view file) {
  const auto bytes = tensor.in(file);
  switch (tensor.type) {
    case DataType::float32:
      return summarise<float>(bytes);
    case DataType::float64:
      return summarise<double>(bytes);
    case DataType::int32:
      return summarise<int32_t>(bytes);
    case DataType::int64:
      return summarise<int64_t>(bytes);
    case DataType::uint64:
      return summarise<uint64_t>(bytes);
  }
  __builtin_unreachable();
}

std::string range(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "-";
}

}  // namespace

std::string inspect_checkpoint(FileSystem& files, const std::string& path) {
  const std::string folder = resolve_checkpoint(files, path);
  const Manifest manifest = read_manifest(files, folder);
  std::string text = fmt::format("{}: step {}, written by {} rank{}\n", folder, manifest.step,
                                 manifest.ranks, manifest.ranks == 1 ? "" : "s");
  for (const FileRecord& record : manifest.files) {
    const std::string file = read_verified(files, folder, record);
    text += fmt::format("\n{} ({} bytes, sha256 {})\n", record.name, record.bytes, record.sha256);
    text +=
        fmt::format("  {:<36} {:<8} {:>12} {:<10} {:>12} {:>12} {:>12} {:>10}  {}\n", "tensor",
                    "type", "elements", "placement", "min", "max", "norm", "non-finite", "sha256");
    for (const TensorRecord& tensor : record.tensors) {
      const Summary s = summarise(tensor, file);
      text += fmt::format("  {:<36} {:<8} {:>12} {:<10} {:>12} {:>12} {:>12.6g} {:>10}  {}\n",
                          tensor.name, type_name(tensor.type), tensor.count,
                          placement_name(tensor.placement), range(s.min), range(s.max),
                          std::sqrt(s.square_sum), s.non_finite, tensor.sha256.substr(0, 16));
    }
  }
  return text;
}

std::string checkpoint_fingerprint(FileSystem& files, const std::string& path) {
  const Manifest manifest = read_manifest(files, resolve_checkpoint(files, path));
  Sha256 hash;
  for (const FileRecord& file : manifest.files)
    for (const TensorRecord& tensor : file.tensors)
      hash.update(fmt::format("{} {} {} {}\n", file.name, tensor.name, type_name(tensor.type),
                              tensor.sha256));
  return hash.hex();
}

std::string state_fingerprint(const StateList& state) {
  Sha256 hash;
  for (const StateEntry& entry : state.entries()) {
    hash.update(fmt::format("{} {} {}\n", entry.name, type_name(entry.type), entry.bytes()));
    hash.update(entry.contents());
  }
  return hash.hex();
}

}  // namespace laconic
