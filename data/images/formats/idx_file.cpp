#include "data/images/formats/idx_file.hpp"

#include <array>
#include <limits>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

void require(Unpacked& file, uint8_t* to, int64_t count, const std::string& path,
             const char* what) {
  if (file.read(to, count) < count)
    fail(ExitCode::data, "{}: byte {}: the file ends within {}", path, file.offset(), what);
}

}  // namespace

IdxFile read_idx(const std::string& path) {
  Unpacked file(path);
  std::array<uint8_t, 4> word;
  require(file, word.data(), 4, path, "the magic number");
  if (word[0] != 0 || word[1] != 0 || word[2] != 8 ||
      (word[3] != 1 && word[3] != 3 && word[3] != 4))
    fail(ExitCode::data,
         "{}: byte 0: magic number {:02x}{:02x}{:02x}{:02x}; allowed: 00000801 (labels), 00000803 "
         "(grey images), 00000804 (images with channels)",
         path, word[0], word[1], word[2], word[3]);
  IdxFile idx;
  int64_t total = 1;
  for (int d = 0; d < word[3]; ++d) {
    std::array<uint8_t, 4> bytes;
    require(file, bytes.data(), 4, path, "the header");
    const int64_t size = int64_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    if (size < 1 || size > std::numeric_limits<int32_t>::max())
      fail(ExitCode::data, "{}: byte {}: size {} of dimension {}; allowed: 1 to {}", path,
           4 + 4 * d, size, d + 1, std::numeric_limits<int32_t>::max());
    idx.sizes.push_back(size);
    if (total > file.most() / size)
      fail(ExitCode::data,
           "{}: byte {}: the header names {} x {} bytes, but the file holds at most {}", path,
           4 + 4 * d, total, size, file.most());
    total *= size;
  }
  // A small gzip file may unpack to more than there is.
  if (total > memory_of_this_machine())
    fail(ExitCode::environment, "{}: no memory for its {} bytes", path, total);
  idx.bytes.resize(total);
  require(file, idx.bytes.data(), total, path, "its data");
  uint8_t more = 0;
  if (file.read(&more, 1) > 0)
    fail(ExitCode::data, "{}: byte {}: more data than the {} bytes that the header names", path,
         file.offset() - 1, total);
  return idx;
}

bool is_idx_name(const std::string& path) {
  const std::string name = path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path;
  return name.ends_with("-ubyte") || name.ends_with(".idx");
}

}  // namespace laconic::data
