#include "framework/checkpoint/tensor.hpp"

#include "framework/base/error.hpp"

namespace laconic {

int64_t TensorRecord::bytes() const {
  return count * element_size(type);
}

std::span<const std::byte> TensorRecord::in(std::string_view file) const {
  const auto all = std::as_bytes(std::span(file.data(), file.size()));
  const auto room = static_cast<int64_t>(file.size());
  if (count < 0 || offset < 0 || offset > room || count > (room - offset) / element_size(type))
    fail(ExitCode::data, "tensor {} lies outside its file", name);
  return all.subspan(static_cast<size_t>(offset), static_cast<size_t>(bytes()));
}

const char* type_name(DataType type) {
  switch (type) {
    case DataType::float32:
      return "float32";
    case DataType::float64:
      return "float64";
    case DataType::int32:
      return "int32";
    case DataType::int64:
      return "int64";
    case DataType::uint64:
      return "uint64";
  }
  __builtin_unreachable();
}

const char* placement_name(Placement placement) {
  switch (placement) {
    case Placement::replicated:
      return "replicated";
    case Placement::rank_sum:
      return "rank_sum";
    case Placement::rank_mean:
      return "rank_mean";
    case Placement::rank0:
      return "rank0";
    case Placement::per_rank:
      return "per_rank";
    case Placement::keyed:
      return "keyed";
  }
  __builtin_unreachable();
}

}  // namespace laconic
