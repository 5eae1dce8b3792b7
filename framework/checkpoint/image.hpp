// A checkpoint's tensors as the bytes of an HDF5 file, composed in memory. The image is the
// snapshot: once it exists, training may go on and change the state.
//
// One contiguous dataset a tensor under its slash path, so that h5dump and h5py read it without us.
// We ourselves read by the offsets in the manifest, after its hashes matched: HDF5 never parses
// bytes that may be damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/base/state.hpp"

namespace laconic {

// Where a tensor lies in its file. `offset` is 0 for an empty tensor.
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

struct Image {
  std::vector<std::byte> bytes;
  std::vector<TensorRecord> tensors;  // sha256 not yet filled in
};

// One pass over the state. `image` may be an earlier one, whose memory is used again: pages that
// the system has given out before cost less than a copy into new ones. Ranks that share a process
// call it at the same time: HDF5 must be built thread-safe, as Debian's is. `attributes` (JSON
// text) becomes the dataset /attributes.json, and `step` an attribute of the root.
void compose_image(const std::vector<StateEntry>& entries, int64_t step,
                   const std::string& attributes, Image& image);

int64_t element_size(DataType type);
const char* type_name(DataType type);  // "float32"
const char* placement_name(Placement placement);

}  // namespace laconic
