#include "data/import/zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <set>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

constexpr uint64_t in_extra = 0xffffffff;
constexpr uint64_t most_members = 100'000;

void put(std::string& to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 255);
}

}  // namespace

void Zip::damaged(const std::string& what) const {
  fail(ExitCode::data, "{}: damaged or truncated zip file: {}", where_, what);
}

uint64_t Zip::number(uint64_t at, int bytes) const {
  if (at > content_.size() || content_.size() - at < static_cast<uint64_t>(bytes))
    damaged("it ends too early");
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(content_[at + i]);
  return value;
}

Zip::Zip(std::string_view content, std::string where)
    : content_(content), where_(std::move(where)) {
  const size_t end = content_.rfind("PK\5\6");
  if (end == content_.npos) damaged("no directory");
  number(end, 22);
  uint64_t count = number(end + 10, 2), at = number(end + 16, 4);
  if (end >= 20 && content_.substr(end - 20, 4) == "PK\6\7") {
    const uint64_t wide = number(end - 12, 8);
    if (number(wide, 4) != 0x06064b50) damaged("no directory");
    count = number(wide + 32, 8);
    at = number(wide + 48, 8);
  }
  if (count > most_members) damaged("too many members");
  std::set<std::string> names;
  for (uint64_t i = 0; i < count; ++i) {
    if (number(at, 4) != 0x02014b50) damaged("its directory");
    const uint64_t name = number(at + 28, 2), extra = number(at + 30, 2),
                   comment = number(at + 32, 2);
    Member m{.name = {},
             .method = static_cast<int>(number(at + 10, 2)),
             .crc = static_cast<uint32_t>(number(at + 16, 4)),
             .packed = number(at + 20, 4),
             .size = number(at + 24, 4),
             .header = number(at + 42, 4)};
    number(at + 46, 0);
    m.name = content_.substr(at + 46, name);
    if ((number(at + 8, 2) & 1) != 0) fail(ExitCode::data, "{}: is encrypted", where_);
    for (uint64_t e = at + 46 + name, last = e + extra; e + 4 <= last;) {
      const uint64_t id = number(e, 2), length = number(e + 2, 2);
      uint64_t field = e + 4;
      if (id == 1)
        for (uint64_t* value : {&m.size, &m.packed, &m.header})
          if (*value == in_extra) {
            *value = number(field, 8);
            field += 8;
          }
      e += 4 + length;
    }
    if (!names.insert(m.name).second) damaged("two members " + m.name.substr(0, 80));
    members_.push_back(std::move(m));
    at += 46 + name + extra + comment;
  }
  uint64_t total = 0;
  for (const Member& m : members_) total += std::min<uint64_t>(m.size, INT64_MAX / most_members);
  require_memory(static_cast<int64_t>(total), where_);
}

std::string Zip::extract(const Member& m) const {
  const std::string place = where_ + ": " + m.name.substr(0, 80);
  if (number(m.header, 4) != 0x04034b50) damaged("no header of " + m.name.substr(0, 80));
  const uint64_t start = m.header + 30 + number(m.header + 26, 2) + number(m.header + 28, 2);
  if (start > content_.size() || content_.size() - start < m.packed)
    damaged("it ends within " + m.name.substr(0, 80));
  if (m.size / largest_compression > m.packed) damaged("the size of " + m.name.substr(0, 80));
  require_memory(static_cast<int64_t>(std::min<uint64_t>(m.size, INT64_MAX)), place);
  const std::string_view packed = content_.substr(start, m.packed);
  std::string bytes;
  if (m.method == 0) {
    if (m.size != m.packed) damaged("the size of " + m.name.substr(0, 80));
    bytes = packed;
  } else if (m.method == 8) {
    bytes.resize(m.size);
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(ExitCode::data, "{}: no memory", place);
    int code = Z_OK;
    uint64_t in = 0, out = 0;
    while (code == Z_OK) {
      const auto left_in = static_cast<uInt>(std::min<uint64_t>(packed.size() - in, 1 << 30));
      const auto left_out = static_cast<uInt>(std::min<uint64_t>(bytes.size() - out, 1 << 30));
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + in));
      stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + out);
      stream.avail_in = left_in;
      stream.avail_out = left_out;
      code = inflate(&stream, Z_NO_FLUSH);
      in += left_in - stream.avail_in;
      out += left_out - stream.avail_out;
      if (code == Z_OK && left_in == stream.avail_in && left_out == stream.avail_out) break;
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END || out != m.size) damaged("the content of " + m.name.substr(0, 80));
  } else {
    fail(ExitCode::data, "{}: compression method {}; allowed: stored, deflated", place, m.method);
  }
  uLong crc = crc32(0, nullptr, 0);
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (crc != m.crc) damaged("the checksum of " + m.name.substr(0, 80));
  return bytes;
}

std::string make_zip(const std::vector<ZipMember>& members) {
  std::string zip, directory;
  for (const ZipMember& m : members) {
    const uint64_t offset = zip.size(), size = m.bytes.size();
    const uint64_t crc = crc32_z(0, reinterpret_cast<const Bytef*>(m.bytes.data()), size);
    const auto fields = [&](std::string& to, uint64_t extra) {
      put(to, 45, 2);          // version
      put(to, 0, 2);           // flags
      put(to, 0, 2);           // stored
      put(to, 0x00210000, 4);  // 1 January 1980: equal content gives equal bytes
      put(to, crc, 4);
      put(to, in_extra, 4);
      put(to, in_extra, 4);
      put(to, m.name.size(), 2);
      put(to, extra, 2);
    };
    put(zip, 0x04034b50, 4);
    fields(zip, 20);
    zip += m.name;
    put(zip, 1, 2);
    put(zip, 16, 2);
    put(zip, size, 8);
    put(zip, size, 8);
    zip += m.bytes;
    put(directory, 0x02014b50, 4);
    put(directory, 45, 2);
    fields(directory, 28);
    directory.append(10, '\0');  // comment, disk, attributes
    put(directory, in_extra, 4);
    directory += m.name;
    put(directory, 1, 2);
    put(directory, 24, 2);
    for (const uint64_t value : {size, size, offset}) put(directory, value, 8);
  }
  const uint64_t at = zip.size(), size = directory.size(), count = members.size();
  zip += directory;
  const uint64_t wide = zip.size();
  put(zip, 0x06064b50, 4);
  put(zip, 44, 8);
  put(zip, 45, 2);
  put(zip, 45, 2);
  put(zip, 0, 8);  // disks
  for (const uint64_t value : {count, count, size, at}) put(zip, value, 8);
  put(zip, 0x07064b50, 4);
  put(zip, 0, 4);
  put(zip, wide, 8);
  put(zip, 1, 4);
  put(zip, 0x06054b50, 4);
  put(zip, 0, 4);
  put(zip, 0xffff, 2);
  put(zip, 0xffff, 2);
  put(zip, in_extra, 4);
  put(zip, in_extra, 4);
  put(zip, 0, 2);
  return zip;
}

}  // namespace laconic::data
