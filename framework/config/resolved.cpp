// Writes a resolved configuration as text: YAML for people and for reading back, JSON for programs,
// and a hash for comparison.
#include <algorithm>

#include "framework/base/sha256.hpp"
#include "framework/config/keys.hpp"
#include "framework/config/resolve.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

// Returns the origin as a comment. An override's text is not repeated, since its value is shown
// before the comment.
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

// A place that is null would become an object by [], too. But if there is no memory for that,
// nlohmann-json 3.11.2 crashes when it destroys the object.
void put(nlohmann::json& json, const Resolved::Entry& entry) {
  const auto names = components(entry.path);
  nlohmann::json* place = &json;
  for (size_t i = 0; i + 1 < names.size(); ++i)
    place = &*place->emplace(names[i], nlohmann::json::object()).first;
  (*place)[names.back()] = entry.value;
}

// Returns the value of `entry` in a nested JSON, or its default if it is absent. "method": "ist"
// counts as "method": {"kind": "ist"}.
nlohmann::json value_in(const nlohmann::json& json, const Resolved::Entry& entry) {
  const auto names = components(entry.path);
  const nlohmann::json* place = &json;
  for (size_t i = 0; i < names.size(); ++i) {
    if (place->is_string() && entry.selects && i + 1 == names.size()) return *place;
    if (!place->is_object() || !place->contains(names[i])) return entry.preset;
    place = &(*place)[names[i]];
  }
  return *place;
}

std::string print_any(const nlohmann::json& value) {
  return value.is_structured() || value.is_null() ? value.dump() : print_value(value);
}

}  // namespace

Resolved::Resolved(std::vector<Entry> entries, std::vector<std::string> notices)
    : entries_(std::move(entries)), notices_(std::move(notices)) {}

const Resolved::Entry& Resolved::entry(std::string_view path) const {
  const auto found = std::ranges::find(entries_, path, &Entry::path);
  LACONIC_CHECK(found != entries_.end(), "there is no key '{}'", path);
  return *found;
}

bool Resolved::has(std::string_view path) const {
  return std::ranges::find(entries_, path, &Entry::path) != entries_.end();
}

const nlohmann::json& Resolved::value(std::string_view path) const {
  return entry(path).value;
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
  for (const Entry& entry : entries_) put(json, entry);
  return json;
}

nlohmann::json Resolved::numeric_json() const {
  auto json = nlohmann::json::object();
  for (const Entry& entry : entries_)
    if (entry.numeric) put(json, entry);
  return json;
}

std::string Resolved::hash() const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) {
    if (entry.used && entry.numeric)
      lines.push_back(fmt::format("{}: {}\n", entry.path, print_value(entry.value)));
  }
  std::ranges::sort(lines);
  Sha256 sha;
  for (const auto& line : lines) sha.update(line);
  return sha.hex();
}

std::vector<std::string> differences(const Resolved& now, const nlohmann::json& then) {
  std::vector<std::string> texts;
  for (const Resolved::Entry& entry : now.entries()) {
    if (!entry.used || !entry.numeric) continue;
    const nlohmann::json before = value_in(then, entry);
    if (before != entry.value)
      texts.push_back(fmt::format("{}: {} in the checkpoint, {} now", entry.path, print_any(before),
                                  print_any(entry.value)));
  }
  return texts;
}

}  // namespace laconic::config
