// Takes apart and puts together zip files whose members are stored or deflated, as NumPy writes
// .npz, with the extension for more than 4 GiB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace laconic::data {

class Zip {
 public:
  struct Member {
    std::string name;
    int method = 0;  // 0 stored, 8 deflated
    uint32_t crc = 0;
    uint64_t packed = 0, size = 0, header = 0;  // bytes, bytes, offset
  };

  // Reads the directory. Error(data) begins with `where`.
  // Lifetime: `content` must outlive this object.
  Zip(std::string_view content, std::string where);
  Zip(std::string&&, std::string) = delete;
  const std::vector<Member>& members() const { return members_; }
  // Returns the bytes of a member, whose checksum is verified. Error(data).
  std::string extract(const Member& member) const;

 private:
  uint64_t number(uint64_t at, int bytes) const;
  [[noreturn]] void damaged(const std::string& what) const;

  std::string_view content_;
  std::string where_;
  std::vector<Member> members_;
};

struct ZipMember {
  std::string name, bytes;
};

// Returns the zip file of the members, stored.
std::string make_zip(const std::vector<ZipMember>& members);

}  // namespace laconic::data
