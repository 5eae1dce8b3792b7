// Reads a file that is plain or gzip. How much memory its content may take is limited, since a
// small gzip file may unpack to more than a machine has.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <string>

namespace laconic::data {

// Deflate packs at most 1032 bytes into one; no writer makes a file with more.
constexpr int64_t largest_compression = 1100;

int64_t memory_of_this_machine();  // bytes

// Error(data) if one file's content of `bytes` takes more than a third of the machine's memory.
void require_memory(int64_t bytes, const std::string& where);

class Unpacked {
 public:
  // Opens a file. Error(data) if it is no regular file or cannot be read.
  // Lifetime: `path` must outlive this object.
  explicit Unpacked(const std::string& path);

  int64_t offset() const { return offset_; }  // bytes read so far
  int64_t most() const { return most_; }      // bytes that the file can contain

  // Reads up to `count` bytes, and returns their number. At the end of a gzip file its checksum is
  // verified. Error(data) if the file is damaged.
  int64_t read(void* to, int64_t count);

 private:
  const std::string& path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  int64_t offset_ = 0, most_ = 0;
};

// Returns the whole content of a file. Error(data) as above.
std::string read_unpacked(const std::string& path);

}  // namespace laconic::data
