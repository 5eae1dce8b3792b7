// Reads and writes HDF5 files: arrays, strings and integer attributes by path. Errors name the file
// and the dataset. A file is not trusted: wrong types and ranks, links to other files, and sizes
// that the file cannot contain are refused before the library reads.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace laconic::data {

// Owns an HDF5 identifier.
class Hdf5Handle {
 public:
  Hdf5Handle(hid_t id, herr_t (*closer)(hid_t)) : id_(id), close_(closer) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }
  bool close() {
    return close_(std::exchange(id_, -1)) >= 0;
  }  // for callers that check whether it succeeds

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

// Switches off the library's printed error stack, since our errors are one line.
class QuietHdf5 {
 public:
  QuietHdf5();
  ~QuietHdf5();
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

// Returns why the last call of the library failed, for a message. If the cause is none of the known
// ones, the file is damaged, and `otherwise` is returned. Call it before any other call of the
// library, since each call clears the errors.
std::string hdf5_reason(const std::string& otherwise);
// Returns a message if a filter of the dataset is not in the library; "" if the library has all.
std::string hdf5_missing_filter(hid_t creation_properties);
// One number per entry of a dataset. At most one extent of its shape differs from 1: [N], [N, 1].
struct Hdf5Column {
  std::vector<int32_t> values;
  bool are_flags = false;  // an enumeration of FALSE and TRUE, as h5py writes bool
};

// The ends of messages about a dataset that is not a column of whole numbers: how to repair it.
struct Hdf5Remedies {
  const char* for_columns;    // it has several columns
  const char* for_fractions;  // it has fractions, NaN or infinities
  const char* for_text;       // it has text or any other type
};

class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::string& path);  // Error(data)
  const std::string& path() const { return path_; }

  bool exists(const std::string& name) const;
  std::vector<std::string> children(const std::string& group) const;  // sorted
  std::optional<int64_t> attribute(const std::string& name) const;    // of the root

  // Read any integer type. Values beyond the result's type become its largest or smallest value.
  std::vector<int32_t> integers32(const std::string& name) const;
  std::vector<int64_t> integers64(const std::string& name) const;
  // Reads any integer or real type. Writes the extents to `shape`. Their number must be `rank`.
  std::vector<float> reals(const std::string& name, int rank, std::vector<int64_t>& shape) const;
  std::vector<std::string> strings(const std::string& name) const;  // of fixed or variable length
  // Reads integers, flags, or reals that are whole numbers. Values beyond int32 become its largest
  // or smallest one.
  Hdf5Column column(const std::string& name, const Hdf5Remedies& remedies) const;

 private:
  Hdf5Handle open(const std::string& name) const;
  std::vector<int64_t> extents(hid_t dataset, const std::string& name, int rank) const;
  template <class T>
  std::vector<T> read(const std::string& name, int rank, bool real, hid_t memory_type,
                      std::vector<int64_t>& shape) const;
  template <class T>
  std::vector<T> values_of(hid_t dataset, const std::string& name, hid_t memory_type,
                           std::span<const int64_t> shape) const;

  QuietHdf5 quiet_;
  std::string path_;
  int64_t file_size_ = 0;
  Hdf5Handle file_;
};

// Writes a temporary file in the same folder; commit() renames it to `path` when all is on disk.
// Without commit() nothing remains. Error(cannot_create | io).
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::string& path);
  ~Hdf5Writer();
  void group(const std::string& name);
  void attribute(const std::string& name, int64_t value);
  void write(const std::string& name, std::span<const int32_t> values);
  void write(const std::string& name, std::span<const int64_t> values);
  void write(const std::string& name, std::span<const float> values);
  void write(const std::string& name, std::span<const float> values, int64_t rows, int64_t cols);
  void write(const std::string& name, const std::vector<std::string>& values);
  void commit();

 private:
  void put(const std::string& name, hid_t type, const void* values, std::vector<hsize_t> shape);
  void demand(bool success, const std::string& what) const;

  QuietHdf5 quiet_;
  std::string path_, temporary_;
  bool committed_ = false;
  Hdf5Handle file_;
};

}  // namespace laconic::data
