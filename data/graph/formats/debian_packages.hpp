// Debian's package lists as text: where they are, and what one says (deb-control(5), Debian policy
// chapters 5 and 7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace laconic::data {

struct DebianPackage {
  std::string name;
  std::string version;
  std::string section;  // as written, e.g. "non-free/games"
  std::string summary;  // first line of the description
  std::vector<std::string>
      relations;  // names in Depends, Pre-Depends, Recommends, Suggests; all alternatives
};

// The texts of a Packages file (plain or gzip), or, for an empty path, of every list that apt has
// on this machine. Error(data) saying how to get them.
std::vector<std::string> read_package_lists(const std::string& path);

// The stanzas with a name, in the order of the text. Unknown fields, and lines that are no field,
// are passed over.
std::vector<DebianPackage> parse_packages(std::string_view text);

// Negative, zero, positive as a is older than, equal to, newer than b (deb-version(7)).
int compare_versions(std::string_view a, std::string_view b);

}  // namespace laconic::data
