// The record of one tensor in a checkpoint, and the names of types and placements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "framework/device/state.hpp"

namespace laconic {

// The place of a tensor in its file. `offset` is 0 for an empty tensor.
struct TensorRecord {
  std::string name;
  DataType type = DataType::float32;
  Placement placement = Placement::replicated;
  int64_t count = 0;   // elements
  int64_t offset = 0;  // bytes from the start of the file
  std::string sha256;  // of the tensor's bytes

  int64_t bytes() const;
  std::span<const std::byte> in(std::string_view file) const;  // bounds checked: Error(data)
};

const char* type_name(DataType type);  // "float32"
const char* placement_name(Placement placement);

}  // namespace laconic
