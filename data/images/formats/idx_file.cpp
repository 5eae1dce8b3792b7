#include "data/images/formats/idx_file.hpp"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// Deflate packs at most 1032 bytes into one; a header that claims more was never written.
constexpr int64_t largest_compression = 1100;

// Reads plain files as they are and gzip unpacked; knows how far it is.
class Unpacked {
 public:
  explicit Unpacked(const std::string& path) : path_(path), file_(nullptr, gzclose) {
    struct stat info;
    if (stat(path.c_str(), &info) != 0)
      fail(ExitCode::data, "{}: cannot be read: {}", path, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) fail(ExitCode::data, "{}: is not a file", path);
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) fail(ExitCode::data, "{}: cannot be read: {}", path, std::strerror(errno));
    gzbuffer(file_.get(), 1 << 18);
    most_ = info.st_size;
    if (gzdirect(file_.get()) == 0) most_ *= largest_compression;
  }

  int64_t offset() const { return offset_; }
  int64_t most() const { return most_; }  // bytes the file can hold

  // As many of `count` bytes as there are. At the end of gzip its checksum is verified.
  int64_t read(uint8_t* to, int64_t count) {
    int64_t done = 0;
    while (done < count) {
      const auto piece = static_cast<unsigned>(std::min<int64_t>(count - done, 1 << 24));
      const int got = gzread(file_.get(), to + done, piece);
      if (got > 0) done += got;
      if (got == static_cast<int>(piece)) continue;
      offset_ += done;
      int code = Z_OK;
      const char* message = gzerror(file_.get(), &code);
      if (code != Z_OK && code != Z_STREAM_END)
        fail(ExitCode::data, "{}: byte {}: damaged or truncated gzip: {}", path_, offset_, message);
      return done;
    }
    offset_ += done;
    return done;
  }

 private:
  const std::string& path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  int64_t offset_ = 0, most_ = 0;
};

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
      fail(ExitCode::data, "{}: byte {}: {} x {} bytes are promised, the file holds at most {}",
           path, 4 + 4 * d, total, size, file.most());
    total *= size;
  }
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
