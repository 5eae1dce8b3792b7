#include "framework/checkpoint/image.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

// An HDF5 identifier and the function that releases it. Nothing here depends on the disk, so a call
// that fails is a bug of ours (or memory ran out).
class Handle {
 public:
  Handle(hid_t id, herr_t (*release)(hid_t), const char* what) : id_(id), release_(release) {
    LACONIC_CHECK(id >= 0, "HDF5 cannot make {}", what);
  }
  ~Handle() { release_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*release_)(hid_t);
};

void check(herr_t result, const char* what) {
  LACONIC_CHECK(result >= 0, "HDF5: {} failed", what);
}

// HDF5 prints its error stack by default; our exceptions carry the message instead.
class QuietErrors {
 public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

hid_t hdf5_type(DataType type) {
  switch (type) {
    case DataType::float32:
      return H5T_NATIVE_FLOAT;
    case DataType::float64:
      return H5T_NATIVE_DOUBLE;
    case DataType::int32:
      return H5T_NATIVE_INT32;
    case DataType::int64:
      return H5T_NATIVE_INT64;
    case DataType::uint64:
      return H5T_NATIVE_UINT64;
  }
  __builtin_unreachable();
}

Handle text_type(size_t length) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  check(H5Tset_size(type, std::max<size_t>(length, 1)), "H5Tset_size");
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "H5Tset_strpad");  // no room for a final zero
  check(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  return Handle(type, H5Tclose, "a string type");
}

void put_text(hid_t file, const char* name, const std::string& text) {
  const Handle type = text_type(text.size());
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "a scalar");
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
  check(H5Pset_obj_track_times(properties, false), "H5Pset_obj_track_times");
  const Handle set(H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                   H5Dclose, name);
  check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.empty() ? "" : text.data()), name);
}

void put_attribute(hid_t object, const char* name, hid_t type, const void* value) {
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "a scalar");
  const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                         name);
  check(H5Awrite(attribute, type, value), name);
}

// Makes room for the data, which HDF5 never sees; returns its offset in the file.
int64_t place_tensor(hid_t file, hid_t links, hid_t creation, const StateEntry& entry) {
  const auto count = static_cast<hsize_t>(entry.count);
  const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "a dataspace");
  const Handle set(H5Dcreate2(file, entry.name.c_str(), hdf5_type(entry.type), space, links,
                              creation, H5P_DEFAULT),
                   H5Dclose, entry.name.c_str());
  const std::string placement = placement_name(entry.placement);
  const Handle placement_type = text_type(placement.size());
  put_attribute(set, "placement", placement_type, placement.data());
  if (count == 0) return 0;
  const haddr_t offset = H5Dget_offset(set);
  LACONIC_CHECK(offset != HADDR_UNDEF, "{} has no place in the file", entry.name);
  return static_cast<int64_t>(offset);
}

// The memory in which HDF5 keeps a file. HDF5 fills it only as far as it has written itself, zeroes
// all of it first, and copies it when asked for it; so we take the memory itself, and let HDF5
// write nothing but its tables.
class Memory {
 public:
  Memory() = default;
  ~Memory() { std::free(bytes_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  H5FD_file_image_callbacks_t callbacks() {
    return {allocate, copy, reallocate, release, share, unshare, this};
  }
  // Call it after the file is closed.
  std::span<const std::byte> bytes() const { return {static_cast<std::byte*>(bytes_), size_}; }

 private:
  static void* allocate(size_t size, H5FD_file_image_op_t, void*) { return std::malloc(size); }
  static void* copy(void* to, const void* from, size_t size, H5FD_file_image_op_t, void*) {
    return std::memcpy(to, from, size);
  }
  static void* reallocate(void* old, size_t size, H5FD_file_image_op_t, void* memory) {
    void* grown = std::realloc(old, size);
    if (grown != nullptr) static_cast<Memory*>(memory)->size_ = size;
    return grown;
  }
  static herr_t release(void* bytes, H5FD_file_image_op_t when, void* memory) {
    if (when == H5FD_FILE_IMAGE_OP_FILE_CLOSE)
      static_cast<Memory*>(memory)->bytes_ = bytes;
    else
      std::free(bytes);
    return 0;
  }
  static void* share(void* memory) { return memory; }
  static herr_t unshare(void*) { return 0; }

  void* bytes_ = nullptr;
  size_t size_ = 0;
};

// Writes HDF5's tables. Every tensor gets its place but is not written. Returns the size of the
// whole file.
size_t compose_tables(const std::vector<StateEntry>& entries, int64_t step,
                      const std::string& attributes, Memory& memory,
                      std::vector<TensorRecord>& tensors) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "properties");
  check(H5Pset_fapl_core(access, 1 << 14, /*backing_store=*/false), "H5Pset_fapl_core");
  H5FD_file_image_callbacks_t callbacks = memory.callbacks();
  check(H5Pset_file_image_callbacks(access, &callbacks), "H5Pset_file_image_callbacks");
  // All tables come first. A table after a tensor would make HDF5's memory as large as the file.
  check(H5Pset_meta_block_size(access, 4096 + 2048 * entries.size()), "H5Pset_meta_block_size");
  check(H5Pset_alignment(access, 4096, 64), "H5Pset_alignment");
  // The name is unique, since HDF5 treats two files in memory with the same name as one file.
  const std::string name = fmt::format("checkpoint {}", static_cast<const void*>(&memory));
  const Handle file(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose,
                    "a file");
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "properties");
  check(H5Pset_create_intermediate_group(links, 1), "H5Pset_create_intermediate_group");
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
  // The file contains no time, so that equal states give equal bytes.
  check(H5Pset_obj_track_times(creation, false), "H5Pset_obj_track_times");
  check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
  check(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER), "H5Pset_fill_time");

  put_attribute(file, "step", H5T_NATIVE_INT64, &step);
  put_text(file, "attributes.json", attributes);
  tensors.clear();
  for (const StateEntry& entry : entries)
    tensors.push_back({entry.name,
                       entry.type,
                       entry.placement,
                       entry.count,
                       place_tensor(file, links, creation, entry),
                       {}});
  hsize_t size = 0;
  check(H5Fget_filesize(file, &size), "H5Fget_filesize");
  return size;
}

}  // namespace

void compose_image(const std::vector<StateEntry>& entries, int64_t step,
                   const std::string& attributes, Image& image) {
  const QuietErrors quiet;
  Memory memory;
  image.bytes.resize(compose_tables(entries, step, attributes, memory, image.tensors));
  const auto tables = memory.bytes().first(std::min(memory.bytes().size(), image.bytes.size()));
  std::copy(tables.begin(), tables.end(), image.bytes.begin());

  // Copies the tensors, each to its place, with zeros between them.
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return image.tensors[i].offset; });
  size_t filled = tables.size();
  for (const size_t i : order) {
    const std::span<const std::byte> bytes = entries[i].contents();
    if (bytes.empty()) continue;
    const auto offset = static_cast<size_t>(image.tensors[i].offset);
    if (offset > filled) std::fill(&image.bytes[filled], &image.bytes[offset], std::byte{0});
    std::ranges::copy(bytes, &image.bytes[offset]);
    filled = std::max(filled, offset + bytes.size());
  }
  std::fill(image.bytes.begin() + static_cast<ptrdiff_t>(filled), image.bytes.end(), std::byte{0});
}

int64_t image_size(const std::vector<StateEntry>& entries, const std::string& attributes) {
  const QuietErrors quiet;
  Memory memory;
  std::vector<TensorRecord> tensors;
  return static_cast<int64_t>(compose_tables(entries, 0, attributes, memory, tensors));
}

}  // namespace laconic
