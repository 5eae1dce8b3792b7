#include "data/graph/formats/debian_packages.hpp"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "framework/base/child.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic::data {
namespace {

constexpr const char* apt_lists = "/var/lib/apt/lists";
constexpr int64_t largest_list = 1'000'000'000;  // bytes; Debian's have 50 million
constexpr const char* apt_helper = "/usr/lib/apt/apt-helper";

// Returns the text of one of apt's lists, whatever its compression.
std::string read_list(const std::string& list) {
  const std::optional<Finished> read = finish({.command = {apt_helper, "cat-file", list}});
  if (!read) fail(ExitCode::data, "{}: there is no such program", apt_helper);
  if (read->code != 0) fail(ExitCode::data, "{}: {} failed: {}", list, apt_helper, read->err);
  return read->out;
}

// Reads no more than `largest_list` bytes, however small the packed file.
std::string read_plain_or_gzip(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    fail(ExitCode::data, "data.source.debian.packages: {}: is no plain file", path);
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file)
    fail(ExitCode::data, "data.source.debian.packages: {}: cannot be read: {}", path,
         std::strerror(errno));
  std::string text;
  std::vector<char> buffer(1 << 20);
  int n = 0;
  while ((n = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0)
    if (std::ssize(text.append(buffer.data(), n)) > largest_list)
      fail(ExitCode::data, "data.source.debian.packages: {}: holds more than {} bytes", path,
           largest_list);
  int code = Z_OK;
  const char* message = gzerror(file.get(), &code);
  if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
    fail(ExitCode::data, "data.source.debian.packages: {}: damaged: {}", path, message);
  return text;
}

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool same_field(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// Appends a, b, c for "a (>= 1) | b:any [amd64], c <!nocheck>".
void add_relations(std::string_view text, std::vector<std::string>& names) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(",|"), text.size());
    const std::string_view item = trim(text.substr(0, end));
    const std::string_view name = item.substr(0, item.find_first_of(" \t([<:"));
    if (!name.empty()) names.emplace_back(name);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void set_field(std::string_view field, std::string_view value, bool continued,
               DebianPackage& package) {
  for (const char* relation : {"Depends", "Pre-Depends", "Recommends", "Suggests"})
    if (same_field(field, relation)) return add_relations(value, package.relations);
  if (continued) return;  // of the description, only the first line counts
  if (same_field(field, "Package")) package.name = value;
  if (same_field(field, "Version")) package.version = value;
  if (same_field(field, "Section")) package.section = value;
  if (same_field(field, "Description")) package.summary = value;
}

// Returns the rank of a character: digits < letters < all others; ~ is even before the end of the
// part.
int order(char c) {
  if (c == '~') return -1;
  if (std::isdigit(static_cast<unsigned char>(c))) return 0;
  if (std::isalpha(static_cast<unsigned char>(c))) return c;
  return c + 256;
}

// Compares alternately a part without digits, by order(), and a number.
int compare_part(std::string_view a, std::string_view b) {
  const auto digit = [](std::string_view s) {
    return !s.empty() && std::isdigit(static_cast<unsigned char>(s[0]));
  };
  const auto take_number = [&](std::string_view& s) {
    while (!s.empty() && s[0] == '0') s.remove_prefix(1);
    const std::string_view start = s;
    while (digit(s)) s.remove_prefix(1);
    return start.substr(0, start.size() - s.size());
  };
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !digit(a)) || (!b.empty() && !digit(b))) {
      const int difference = (a.empty() ? 0 : order(a[0])) - (b.empty() ? 0 : order(b[0]));
      if (difference != 0) return difference;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const std::string_view x = take_number(a), y = take_number(b);
    if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
    if (const int difference = x.compare(y); difference != 0) return difference;
  }
  return 0;
}

struct Version {
  std::string_view epoch, upstream, revision;
  explicit Version(std::string_view text) {
    if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
      epoch = text.substr(0, colon);
      text.remove_prefix(colon + 1);
    }
    const size_t dash = text.rfind('-');
    upstream = text.substr(0, dash);
    if (dash != std::string_view::npos) revision = text.substr(dash + 1);
  }
};

}  // namespace

std::vector<std::string> read_package_lists(const std::string& path) {
  if (!path.empty()) return {read_plain_or_gzip(path)};
  std::vector<std::string> lists;
  std::error_code ignored;  // a missing folder has no lists
  for (const auto& entry : std::filesystem::directory_iterator(apt_lists, ignored)) {
    const std::string name = entry.path().filename();
    if (name.find("_binary-") != std::string::npos && name.find("_Packages") != std::string::npos)
      lists.push_back(entry.path());
  }
  if (lists.empty())
    fail(ExitCode::data,
         "{}: no package lists; run `apt-get update`, or name a Packages file in "
         "data.source.debian.packages",
         apt_lists);
  std::sort(lists.begin(), lists.end());
  std::vector<std::string> texts;
  for (const std::string& list : lists) texts.push_back(read_list(list));
  return texts;
}

std::vector<DebianPackage> parse_packages(std::string_view text) {
  std::vector<DebianPackage> packages;
  DebianPackage current;
  std::string_view field;
  const auto finish = [&] {
    if (!current.name.empty()) packages.push_back(std::move(current));
    current = {};
    field = {};
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view content = trim(line);
    if (content.empty()) {
      finish();
    } else if (line[0] == ' ' || line[0] == '\t') {
      set_field(field, content, true, current);
    } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
      field = trim(line.substr(0, colon));
      set_field(field, trim(line.substr(colon + 1)), false, current);
    } else {
      field = {};
    }
  }
  finish();
  return packages;
}

int compare_versions(std::string_view a, std::string_view b) {
  const Version x(a), y(b);
  if (const int difference = compare_part(x.epoch, y.epoch); difference != 0) return difference;
  if (const int difference = compare_part(x.upstream, y.upstream); difference != 0)
    return difference;
  return compare_part(x.revision, y.revision);
}

}  // namespace laconic::data
