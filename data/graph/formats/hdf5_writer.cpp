#include <algorithm>
#include <cstring>

#include "data/graph/formats/hdf5_file.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic::data {
namespace {

// Creates a file in the format since HDF5 1.8, whose metadata has checksums, so damage is detected.
Hdf5Handle create_file(const std::string& temporary, const std::string& path) {
  const Hdf5Handle access_list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access_list, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access_list, false, true);  // nobody else knows the temporary file
#endif
  Hdf5Handle file(H5Fcreate(temporary.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access_list), H5Fclose);
  if (!file.valid()) {
    const std::string reason = hdf5_reason("cannot be created (is the folder there and writable?)");
    std::remove(temporary.c_str());
    fail(ExitCode::cannot_create, "{}: {}", path, reason);
  }
  return file;
}

}  // namespace

Hdf5Writer::Hdf5Writer(const std::string& path)
    : path_(path),
      temporary_(temporary_name(real_files(), path)),
      file_(create_file(temporary_, path)) {}

Hdf5Writer::~Hdf5Writer() {
  if (committed_) return;
  if (file_.valid()) file_.close();
  std::remove(temporary_.c_str());
}

void Hdf5Writer::demand(bool success, const std::string& what) const {
  if (!success) fail(ExitCode::io, "{}: writing {} failed (is the disk full?)", path_, what);
}

void Hdf5Writer::group(const std::string& name) {
  const Hdf5Handle made(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Gclose);
  demand(made.valid(), name);
}

void Hdf5Writer::attribute(const std::string& name, int64_t value) {
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle made(
      H5Acreate2(file_, name.c_str(), H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  demand(made.valid() && H5Awrite(made, H5T_NATIVE_INT64, &value) >= 0, name);
}

void Hdf5Writer::put(const std::string& name, hid_t type, const void* values,
                     std::vector<hsize_t> shape) {
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                         H5Sclose);
  const Hdf5Handle made(
      H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose);
  demand(made.valid(), name);
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  demand(H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, name);
}

void Hdf5Writer::write(const std::string& name, std::span<const int32_t> values) {
  put(name, H5T_NATIVE_INT32, values.data(), {values.size()});
}

void Hdf5Writer::write(const std::string& name, std::span<const int64_t> values) {
  put(name, H5T_NATIVE_INT64, values.data(), {values.size()});
}

void Hdf5Writer::write(const std::string& name, std::span<const float> values) {
  put(name, H5T_NATIVE_FLOAT, values.data(), {values.size()});
}

void Hdf5Writer::write(const std::string& name, std::span<const float> values, int64_t rows,
                       int64_t cols) {
  put(name, H5T_NATIVE_FLOAT, values.data(),
      {static_cast<hsize_t>(rows), static_cast<hsize_t>(cols)});
}

// Writes strings of fixed length, padded with zeros: plain data without the library's heap.
void Hdf5Writer::write(const std::string& name, const std::vector<std::string>& values) {
  size_t width = 1;
  for (const std::string& v : values) width = std::max(width, v.size());
  std::vector<char> padded(values.size() * width, '\0');
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(padded.data() + i * width, values[i].data(), values[i].size());
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, width);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  put(name, type, padded.data(), {values.size()});
}

void Hdf5Writer::commit() {
  demand(H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0, "the file");
  demand(file_.close(), "the file");
  FileSystem& files = real_files();
  const auto written = files.open_append(temporary_);
  written->sync();
  written->close();
  files.rename(temporary_, path_);
  committed_ = true;
  const size_t slash = path_.rfind('/');
  files.sync_directory(slash == std::string::npos ? "."
                                                  : path_.substr(0, std::max<size_t>(slash, 1)));
}

}  // namespace laconic::data
