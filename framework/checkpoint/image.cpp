#include "framework/checkpoint/image.hpp"

#include <hdf5.h>

#include <algorithm>

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

// Returns the offset of the data in the file.
int64_t put_tensor(hid_t file, hid_t links, hid_t creation, const StateEntry& entry) {
  const hsize_t count = entry.bytes.size() / static_cast<size_t>(element_size(entry.type));
  const hid_t type = hdf5_type(entry.type);
  const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "a dataspace");
  const Handle set(H5Dcreate2(file, entry.name.c_str(), type, space, links, creation, H5P_DEFAULT),
                   H5Dclose, entry.name.c_str());
  const std::string placement = placement_name(entry.placement);
  const Handle placement_type = text_type(placement.size());
  put_attribute(set, "placement", placement_type, placement.data());
  if (count == 0) return 0;
  check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, entry.bytes.data()), "H5Dwrite");
  const haddr_t offset = H5Dget_offset(set);
  LACONIC_CHECK(offset != HADDR_UNDEF, "{} has no place in the file", entry.name);
  return static_cast<int64_t>(offset);
}

}  // namespace

Image compose_image(const std::vector<StateEntry>& entries, int64_t step,
                    const std::string& attributes) {
  const QuietErrors quiet;
  size_t growth = attributes.size() + (1 << 16);  // room for HDF5's own tables
  for (const StateEntry& entry : entries) growth += entry.bytes.size() + 1024;

  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "properties");
  check(H5Pset_fapl_core(access, growth, /*backing_store=*/false), "H5Pset_fapl_core");
  // A name of its own: HDF5 takes two files in memory with one name for the same file.
  const std::string name = fmt::format("checkpoint {}", static_cast<const void*>(&growth));
  const Handle file(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose,
                    "a file");
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "properties");
  check(H5Pset_create_intermediate_group(links, 1), "H5Pset_create_intermediate_group");
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
  // Same state, same bytes: no clock in the file.
  check(H5Pset_obj_track_times(creation, false), "H5Pset_obj_track_times");

  Image image;
  put_attribute(file, "step", H5T_NATIVE_INT64, &step);
  put_text(file, "attributes.json", attributes);
  for (const StateEntry& entry : entries) {
    const int64_t size = element_size(entry.type);
    image.tensors.push_back({entry.name,
                             entry.type,
                             entry.placement,
                             static_cast<int64_t>(entry.bytes.size()) / size,
                             put_tensor(file, links, creation, entry),
                             {}});
  }
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "H5Fflush");
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  LACONIC_CHECK(size > 0, "HDF5 gives no image");
  image.bytes.resize(static_cast<size_t>(size));
  LACONIC_CHECK(H5Fget_file_image(file, image.bytes.data(), image.bytes.size()) == size);
  return image;
}

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

int64_t element_size(DataType type) {
  return type == DataType::float32 || type == DataType::int32 ? 4 : 8;
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
    case Placement::per_rank:
      return "per_rank";
  }
  __builtin_unreachable();
}

}  // namespace laconic
