// A checkpoint's tensors as the bytes of an HDF5 file, composed in memory. The image is the
// snapshot: once it exists, training may go on and change the state.
//
// Each tensor is one contiguous dataset under its slash path, so h5dump and h5py can read it.
// laconic itself reads by the offsets in the manifest, after the hashes have matched. So HDF5 never
// parses bytes that may be damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor.hpp"
#include "framework/device/state.hpp"

namespace laconic {

struct Image {
  std::vector<std::byte> bytes;
  std::vector<TensorRecord> tensors;  // sha256 not yet filled in
};

// Writes the state into `image` in one pass. All entries must have their memory. `image` may be an
// earlier image: reusing its pages costs less than allocating new ones. `attributes` (JSON text)
// becomes the dataset /attributes.json, and `step` becomes an attribute of the root.
// Thread safety: ranks that share a process call it at the same time, so HDF5 must be built
// thread-safe, as Debian's is.
void compose_image(const std::vector<StateEntry>& entries, int64_t step,
                   const std::string& attributes, Image& image);

// Returns the size of the image in bytes. The entries need no memory.
int64_t image_size(const std::vector<StateEntry>& entries, const std::string& attributes);

}  // namespace laconic
