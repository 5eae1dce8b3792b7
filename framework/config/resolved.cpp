// A resolved configuration as text: for people and for reading back (YAML), for programs (JSON),
// for comparing (hash).
#include <algorithm>

#include "framework/base/sha256.hpp"
#include "framework/config/resolve.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

// The origin as a comment; an override's text is not repeated, its value stands before it.
std::string origin_comment(const Origin& origin) {
  switch (origin.kind) {
    case Origin::default_value:
      return "default";
    case Origin::file:
      return shown(origin.where, 200);
    case Origin::override_:
      return "command line";
    case Origin::sweep:
      return "sweep";
  }
  return "";
}

std::vector<std::string> components(const std::string& path) {
  std::vector<std::string> names;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('.', start), path.size());
    names.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

}  // namespace

Resolved::Resolved(std::vector<Entry> entries, std::vector<std::string> notices)
    : entries_(std::move(entries)), notices_(std::move(notices)) {}

const Resolved::Entry& Resolved::entry(std::string_view path) const {
  const auto found = std::ranges::find(entries_, path, &Entry::path);
  LACONIC_CHECK(found != entries_.end(), "there is no key '{}'", path);
  return *found;
}

const Origin& Resolved::origin(std::string_view path) const {
  return entry(path).origin;
}

Problem Resolved::problem(std::string_view path, std::string message) const {
  const Entry& found = entry(path);
  Problem problem = found.origin.address;
  problem.path = found.path;
  problem.message = std::move(message);
  if (found.origin.kind == Origin::default_value) problem.where = "default";
  return problem;
}

std::string Resolved::to_yaml() const {
  std::string yaml;
  std::vector<std::string> open;  // the groups that the last printed line stands in
  for (const Entry& entry : entries_) {
    if (!entry.used && entry.origin.kind == Origin::default_value) continue;
    auto groups = components(entry.path);
    const std::string name = groups.back();
    groups.pop_back();
    size_t same = 0;
    while (same < std::min(open.size(), groups.size()) && open[same] == groups[same]) ++same;
    for (size_t i = same; i < groups.size(); ++i) {
      yaml += fmt::format("{:{}}{}:\n", "", 2 * i, groups[i]);
    }
    yaml += fmt::format("{:{}}{}: {}  # {}\n", "", 2 * groups.size(), name,
                        print_value(entry.value), origin_comment(entry.origin));
    open = std::move(groups);
  }
  return yaml;
}

nlohmann::json Resolved::to_json() const {
  auto json = nlohmann::json::object();
  for (const Entry& entry : entries_) {
    nlohmann::json* place = &json;
    for (const auto& name : components(entry.path)) place = &(*place)[name];
    *place = entry.value;
  }
  return json;
}

std::string Resolved::hash() const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) {
    if (entry.used) lines.push_back(fmt::format("{}: {}\n", entry.path, print_value(entry.value)));
  }
  std::ranges::sort(lines);
  Sha256 sha;
  for (const auto& line : lines) sha.update(line);
  return sha.hex();
}

}  // namespace laconic::config
