// Reads and makes zip files in memory, by libzip. NumPy's .npz is one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct zip;

namespace laconic::data {

class Zip {
 public:
  // Reads the directory. Error(data) begins with `where`.
  // Lifetime: `content` must outlive this object.
  Zip(std::string_view content, std::string where);
  Zip(std::string&&, std::string) = delete;
  const std::vector<std::string>& names() const { return names_; }
  // Returns the bytes of the member of that index in names(). Its checksum is verified. Error(data).
  std::string extract(size_t index) const;

 private:
  std::string where_;
  std::unique_ptr<zip, void (*)(zip*)> zip_;
  std::vector<std::string> names_;
};

struct ZipMember {
  std::string name, bytes;
};

// Returns the zip file of the members, stored. Equal members give equal bytes.
std::string make_zip(std::span<const ZipMember> members);

}  // namespace laconic::data
