// Mistakes about one known key of a valid configuration that must never be taken for an answer.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "config_edits.hpp"
#include "framework/config/reader.hpp"

namespace laconic::config {

struct KeyMistake {
  const char* kind;
  std::string text;  // the whole configuration
  Position at;       // of the first problem; a value's may lie further right in its line
};

// A letter too much, too few, or another one, and no other key.
inline std::string misspelt(const ConfigGenerator::Setting& key, Draw& draw) {
  for (;;) {
    std::string name = key.field->name;
    const size_t at = draw.below(name.size());
    const char letter = static_cast<char>('a' + draw.below(26));
    const uint64_t how = name.size() == 1 ? 0 : draw.below(4);
    if (how == 0) name.insert(at, 1, letter);
    if (how == 1) name.erase(at, 1);
    if (how == 2) name[at] = letter;
    if (how == 3) name[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[at])));
    if (std::ranges::count(key.siblings, name) == 0) return name;
  }
}

inline std::string of_wrong_type(const Field& field, Draw& draw) {
  switch (field.type) {
    case Field::Type::integer:
      return draw.of<std::string>({"many", "1.5", "true", "[1]", "{a: 1}", "0x10", "'1'", ".inf"});
    case Field::Type::real:
      return draw.of<std::string>({"fast", "true", "[1.0]", "{a: 1}", "0x1p3", ".nan", "'0.5'"});
    case Field::Type::flag:
      return draw.of<std::string>({"yes", "1", "on", "True", "[true]", "'true'"});
    case Field::Type::choice:
      return draw.of<std::string>({"zzzzz", "1", "[a]", "{a: 1}"});
    case Field::Type::text:
    case Field::Type::path:
      return draw.of<std::string>({"[a]", "{a: 1}"});
    default:
      return draw.of<std::string>({"{a: 1}", "[[1]]", "[{a: 1}]"});
  }
}

// Nothing where the type has no limits.
inline std::optional<std::string> out_of_range(const Field& field, Draw& draw) {
  const auto integer = [&]() -> std::string {
    const auto [min, max] = std::pair(field.integer_range.min, field.integer_range.max);
    if (max < std::numeric_limits<int64_t>::max() && draw.coin()) return std::to_string(max + 1);
    if (min > std::numeric_limits<int64_t>::min() && draw.coin()) return std::to_string(min - 1);
    return draw.of<std::string>({"9223372036854775808", "-9223372036854775809", "1e30"});
  };
  const auto real = [&]() -> std::string {
    const RealRange& range = field.real_range;
    if (std::isfinite(range.max) && draw.coin())
      return fmt::format("{:.17g}", range.exclusive_max ? range.max : range.max + 1);
    if (std::isfinite(range.min) && draw.coin())
      return fmt::format("{:.17g}", range.exclusive_min ? range.min : range.min - 1);
    return draw.of<std::string>({"1e999", "-1e999"});
  };
  switch (field.type) {
    case Field::Type::integer:
      return integer();
    case Field::Type::real:
      return real();
    case Field::Type::integer_list:
      return fmt::format("[{}]", integer());
    case Field::Type::real_list:
      return fmt::format("[{}]", real());
    default:
      return std::nullopt;
  }
}

// One mistake of each kind, about a key that `generator` has set.
inline std::vector<KeyMistake> key_mistakes(const ConfigGenerator& generator, uint64_t seed) {
  Draw draw(seed);
  const auto settings = generator.settings();
  std::vector<size_t> set;
  for (size_t i = 0; i < settings.size(); ++i)
    if (!settings[i].path.empty()) set.push_back(i);
  if (set.empty()) return {};
  const size_t i = draw.of(set);
  const Lines valid = lines_of(generator);
  const ConfigGenerator::Setting& key = settings[i];
  const std::string indent(valid.indent(i), ' ');
  const int line = static_cast<int>(i) + 1, col = static_cast<int>(indent.size()) + 1;
  const int value_col = col + static_cast<int>(key.field->name.size()) + 2;
  const auto with = [&](const std::string& name, const std::string& value) {
    Lines changed = valid;
    changed.lines[i] = fmt::format("{}{}: {}", indent, name, value);
    return changed.joined();
  };
  const std::string& name = key.field->name;
  std::vector<KeyMistake> mistakes = {
      {"misspelt key", with(misspelt(key, draw), settings[i].text), {line, col}},
      {"wrong type", with(name, of_wrong_type(*key.field, draw)), {line, value_col}}};
  if (const auto value = out_of_range(*key.field, draw))
    mistakes.push_back({"out of range", with(name, *value), {line, value_col}});
  Lines twice = valid;
  twice.lines.insert(twice.lines.begin() + line, twice.lines[i]);
  mistakes.push_back({"duplicate key", twice.joined(), {line + 1, col}});
  return mistakes;
}

}  // namespace laconic::config
