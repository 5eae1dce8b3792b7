#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <new>

#include "data/graph/formats/hdf5_file.hpp"
#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

int64_t size_of_readable_file(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || access(path.c_str(), R_OK) != 0)
    fail(ExitCode::data, "{}: cannot be read: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) fail(ExitCode::data, "{}: is not a file", path);
  return info.st_size;
}

Hdf5Handle open_file(const std::string& path) {
  if (H5Fis_hdf5(path.c_str()) <= 0) fail(ExitCode::data, "{}: is not an HDF5 file", path);
  const Hdf5Handle access_list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access_list, false,
                      true);  // data are often on read-only or network file systems
#endif
  Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_list), H5Fclose);
  if (!file.valid())
    fail(ExitCode::data, "{}: {}", path, hdf5_reason("damaged or truncated HDF5 file"));
  return file;
}

// Returns whether the type is a standard one. Others are refused, since the library's conversion is
// not safe on a damaged file.
bool is_standard(hid_t type, bool real) {
  const hid_t integers[] = {H5T_STD_I8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE,
                            H5T_STD_I8BE, H5T_STD_I16BE, H5T_STD_I32BE, H5T_STD_I64BE,
                            H5T_STD_U8LE, H5T_STD_U16LE, H5T_STD_U32LE, H5T_STD_U64LE,
                            H5T_STD_U8BE, H5T_STD_U16BE, H5T_STD_U32BE, H5T_STD_U64BE};
  const hid_t reals[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
  const auto equals = [&](hid_t standard) { return H5Tequal(type, standard) > 0; };
  return std::any_of(std::begin(integers), std::end(integers), equals) ||
         (real && std::any_of(std::begin(reals), std::end(reals), equals));
}

// Returns whether the type is NumPy's bool as h5py writes it: FALSE = 0 and TRUE = 1 in a byte.
bool is_flag(hid_t type) {
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2)
    return false;
  for (const auto& [name, value] : {std::pair{"FALSE", 0}, {"TRUE", 1}}) {
    int8_t found = -1;
    if (H5Tenum_valueof(type, name, &found) < 0 || found != value) return false;
  }
  return true;
}

}  // namespace

QuietHdf5::QuietHdf5() {
  // A damaged file can leave objects that the library cannot close, which it would report at exit.
  // All files are closed by their owners, so no cleanup is needed then. The call has an effect only
  // before the library starts.
  H5dont_atexit();
  H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietHdf5::~QuietHdf5() {
  H5Eset_auto2(H5E_DEFAULT, function_, data_);
}

Hdf5Reader::Hdf5Reader(const std::string& path)
    : path_(path), file_size_(size_of_readable_file(path)), file_(open_file(path)) {}

bool Hdf5Reader::exists(const std::string& name) const {
  for (size_t end = name.find('/');; end = name.find('/', end + 1)) {
    const std::string prefix = name.substr(0, end);
    if (H5Lexists(file_, prefix.c_str(), H5P_DEFAULT) <= 0) return false;
    H5L_info_t info;
    if (H5Lget_info(file_, prefix.c_str(), &info, H5P_DEFAULT) < 0)
      fail(ExitCode::data, "{}: {}: damaged link", path_, prefix);
    if (info.type != H5L_TYPE_HARD)
      fail(ExitCode::data,
           "{}: {}: is a link to another place; only plain groups and datasets are read", path_,
           prefix);
    if (end == std::string::npos) return true;
  }
}

std::vector<std::string> Hdf5Reader::children(const std::string& group) const {
  std::vector<std::string> names;
  if (!exists(group)) return names;
  const Hdf5Handle handle(H5Gopen2(file_, group.c_str(), H5P_DEFAULT), H5Gclose);
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  if (!handle.valid() || H5Literate(handle, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0)
    fail(ExitCode::data, "{}: {}: must be a group and cannot be listed", path_, group);
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<int64_t> Hdf5Reader::attribute(const std::string& name) const {
  const htri_t found = H5Aexists(file_, name.c_str());
  if (found < 0) fail(ExitCode::data, "{}: attribute {}: {}", path_, name, hdf5_reason("damaged"));
  if (found == 0) return std::nullopt;
  const Hdf5Handle handle(H5Aopen(file_, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!handle.valid())
    fail(ExitCode::data, "{}: attribute {}: {}", path_, name, hdf5_reason("damaged"));
  const Hdf5Handle type(H5Aget_type(handle), H5Tclose);
  const Hdf5Handle space(H5Aget_space(handle), H5Sclose);
  if (!type.valid() || !is_standard(type, false) || !space.valid() ||
      H5Sget_simple_extent_npoints(space) != 1)
    fail(ExitCode::data, "{}: attribute {}: must be one integer", path_, name);
  int64_t value = 0;
  if (H5Aread(handle, H5T_NATIVE_INT64, &value) < 0)
    fail(ExitCode::data, "{}: attribute {}: damaged", path_, name);
  return value;
}

Hdf5Handle Hdf5Reader::open(const std::string& name) const {
  if (!exists(name)) fail(ExitCode::data, "{}: {}: missing", path_, name);
  Hdf5Handle dataset(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid())
    fail(ExitCode::data, "{}: {}: {}", path_, name, hdf5_reason("is not a dataset, or damaged"));
  return dataset;
}

// Returns the extents after a check that the file can contain that much.
std::vector<int64_t> Hdf5Reader::extents(hid_t dataset, const std::string& name, int rank) const {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle plist(H5Dget_create_plist(dataset), H5Pclose);
  if (!space.valid() || !type.valid() || !plist.valid())
    fail(ExitCode::data, "{}: {}: damaged", path_, name);
  if (const std::string missing = hdf5_missing_filter(plist); !missing.empty())
    fail(ExitCode::data, "{}: {}: {}", path_, name, missing);
  const int found = H5Sget_simple_extent_ndims(space);
  if (found != rank)
    fail(ExitCode::data, "{}: {}: has {} dimensions, expected {}", path_, name, found, rank);
  if (H5Pget_external_count(plist) > 0 || H5Pget_layout(plist) == H5D_VIRTUAL)
    fail(ExitCode::data, "{}: {}: its values are in another file; expected in this one", path_,
         name);
  std::vector<hsize_t> dims(rank);
  H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  const auto stored = H5Dget_storage_size(dataset);
  const bool packed = H5Pget_layout(plist) == H5D_CHUNKED;
  const double room = static_cast<double>(std::min<hsize_t>(stored, file_size_)) *
                      (packed ? largest_compression : 1);
  double claimed = static_cast<double>(H5Tget_size(type));
  for (const hsize_t d : dims) claimed *= static_cast<double>(d);
  if (claimed > room)
    fail(ExitCode::data, "{}: {}: needs {:.0f} bytes, but the file holds {} for it", path_, name,
         claimed, stored);
  return {dims.begin(), dims.end()};
}

template <class T>
std::vector<T> Hdf5Reader::values_of(hid_t dataset, const std::string& name, hid_t memory_type,
                                     std::span<const int64_t> shape) const {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  std::vector<T> values;
  try {
    values.resize(count);
  } catch (const std::bad_alloc&) {
    fail(ExitCode::environment, "{}: {}: no memory for {} values of {} bytes", path_, name, count,
         sizeof(T));
  }
  if (H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    fail(ExitCode::data, "{}: {}: {}", path_, name,
         hdf5_reason("cannot be read; the file is damaged"));
  return values;
}

template <class T>
std::vector<T> Hdf5Reader::read(const std::string& name, int rank, bool real, hid_t memory_type,
                                std::vector<int64_t>& shape) const {
  const Hdf5Handle dataset = open(name);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type.valid() || !is_standard(type, real))
    fail(ExitCode::data, "{}: {}: must hold {}", path_, name,
         real ? "integers or 32- or 64-bit reals" : "integers");
  shape = extents(dataset, name, rank);
  return values_of<T>(dataset, name, memory_type, shape);
}

std::vector<int32_t> Hdf5Reader::integers32(const std::string& name) const {
  std::vector<int64_t> shape;
  return read<int32_t>(name, 1, false, H5T_NATIVE_INT32, shape);
}

std::vector<int64_t> Hdf5Reader::integers64(const std::string& name) const {
  std::vector<int64_t> shape;
  return read<int64_t>(name, 1, false, H5T_NATIVE_INT64, shape);
}

std::vector<float> Hdf5Reader::reals(const std::string& name, int rank,
                                     std::vector<int64_t>& shape) const {
  return read<float>(name, rank, true, H5T_NATIVE_FLOAT, shape);
}

Hdf5Column Hdf5Reader::column(const std::string& name, const Hdf5Remedies& remedies) const {
  const Hdf5Handle dataset = open(name);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose);
  const bool valid = type.valid() && space.valid(), flags = valid && is_flag(type);
  if (!valid || (!flags && !is_standard(type, true)))
    fail(ExitCode::data, "{}: {}: must hold integers{}", path_, name, remedies.for_text);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) fail(ExitCode::data, "{}: {}: damaged", path_, name);
  const std::vector<int64_t> shape = extents(dataset, name, rank);
  if (std::ranges::count_if(shape, [](int64_t extent) { return extent != 1; }) > 1)
    fail(ExitCode::data, "{}: {}: has shape [{}], expected one column{}", path_, name,
         fmt::join(shape, ", "), remedies.for_columns);
  Hdf5Column column;
  column.are_flags = flags;
  if (flags) {
    const auto bytes = values_of<int8_t>(dataset, name, type, shape);
    column.values.assign(bytes.begin(), bytes.end());
  } else if (is_standard(type, false)) {
    column.values = values_of<int32_t>(dataset, name, H5T_NATIVE_INT32, shape);
  } else {
    const auto reals = values_of<double>(dataset, name, H5T_NATIVE_DOUBLE, shape);
    column.values.reserve(reals.size());
    for (const double real : reals) {
      if (real != std::floor(real))  // nor equal to itself if it is not a number
        fail(ExitCode::data, "{}: {}: entry {} is {}; must be a whole number{}", path_, name,
             column.values.size(), real, remedies.for_fractions);
      column.values.push_back(static_cast<int32_t>(std::clamp<double>(real, INT32_MIN, INT32_MAX)));
    }
  }
  return column;
}

std::vector<std::string> Hdf5Reader::strings(const std::string& name) const {
  const Hdf5Handle dataset = open(name);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type.valid() || H5Tget_class(type) != H5T_STRING)
    fail(ExitCode::data, "{}: {}: must hold strings", path_, name);
  const int64_t count = extents(dataset, name, 1)[0];
  std::vector<std::string> values(count);
  const auto demand = [&](herr_t status) {
    if (status < 0)
      fail(ExitCode::data, "{}: {}: cannot be read; the file is damaged", path_, name);
  };
  const Hdf5Handle memory_type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_cset(memory_type, H5Tget_cset(type));
  if (H5Tis_variable_str(type) > 0) {
    H5Tset_size(memory_type, H5T_VARIABLE);
    std::vector<char*> texts(count, nullptr);
    demand(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()));
    for (int64_t i = 0; i < count; ++i)
      if (texts[i]) values[i] = texts[i];
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    H5Dvlen_reclaim(memory_type, space, H5P_DEFAULT, texts.data());
    return values;
  }
  const size_t width = H5Tget_size(type);
  H5Tset_size(memory_type, width);
  H5Tset_strpad(memory_type, H5T_STR_NULLPAD);
  std::vector<char> texts(count * width);
  demand(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()));
  for (int64_t i = 0; i < count; ++i)
    values[i].assign(texts.data() + i * width, strnlen(texts.data() + i * width, width));
  return values;
}

}  // namespace laconic::data
