// HDF5 files as this project reads and writes them: arrays, strings and integer attributes by path,
// errors with the file and the dataset in front. A file is not trusted: types, ranks, links to
// elsewhere and sizes that the file cannot hold are refused before the library is asked to read.
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
  }  // for those who care whether it succeeds

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

// The library prints its error stack by default; ours say it in one line.
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

class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::string& path);  // Error(data)
  const std::string& path() const { return path_; }

  bool exists(const std::string& name) const;
  std::vector<std::string> children(const std::string& group) const;  // sorted
  std::optional<int64_t> attribute(const std::string& name) const;    // of the root

  // Any integer type of the file; values beyond the type asked for become its largest or smallest.
  std::vector<int32_t> integers32(const std::string& name) const;
  std::vector<int64_t> integers64(const std::string& name) const;
  // Any integer or real type of the file. `shape` receives the extents; rank says how many there
  // must be.
  std::vector<float> reals(const std::string& name, int rank, std::vector<int64_t>& shape) const;
  std::vector<std::string> strings(const std::string& name) const;  // of fixed or variable length

 private:
  Hdf5Handle open(const std::string& name) const;
  std::vector<int64_t> extents(hid_t dataset, const std::string& name, int rank) const;
  template <class T>
  std::vector<T> read(const std::string& name, int rank, bool real, hid_t memory_type,
                      std::vector<int64_t>& shape) const;

  QuietHdf5 quiet_;
  std::string path_;
  int64_t file_size_ = 0;
  Hdf5Handle file_;
};

// Writes beside `path` and renames when all is on disk; without commit() nothing remains.
// Error(cannot_create | io).
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
