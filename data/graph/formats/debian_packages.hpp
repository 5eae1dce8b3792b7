// Finds Debian's package lists and parses their text (deb-control(5), Debian policy chapters 5
// and 7).
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

// Returns the text of a Packages file (plain or gzip). For an empty path, returns the text of every
// list that apt has on this machine. If there is none, Error(data) contains the command to type.
std::vector<std::string> read_package_lists(const std::string& path);

// Returns the stanzas that have a name, in the order of the text. Ignores unknown fields, and lines
// without a field.
std::vector<DebianPackage> parse_packages(std::string_view text);

// Returns a negative number, 0 or a positive number if a is older than, equal to or newer than b
// (deb-version(7)).
int compare_versions(std::string_view a, std::string_view b);

}  // namespace laconic::data
