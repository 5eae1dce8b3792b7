// Makes valid configurations of any schema: a function of the seed. A setting's text is YAML on one
// line, so that it can stand in a file, in an override and in a sweep's row. A key that several
// entries of a variant declare gets a value as the selected one declares it. Written without the
// code under test.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "framework/config/field.hpp"
#include "tests/framework/base/draw.hpp"

namespace laconic::config {

class ConfigGenerator {
 public:
  struct Setting {
    std::string path;                   // empty in a line that only opens a group
    std::string line;                   // "  lr: 0.1"
    std::string text;                   // "0.1"
    const Field* field = nullptr;       // null in a line that only opens a group
    std::vector<std::string> siblings;  // the names at its level
  };

  ConfigGenerator(const Fields& fields, uint64_t seed) : draw_(seed) {
    settle(pointers(fields.list()), "", 0);
  }

  std::vector<Setting> settings() const { return settings_; }  // in the order of the schema

  std::string yaml() {
    std::string text;
    for (const auto& setting : settings_) {
      if (draw_.below(8) == 0) text += "   # a remark: [\n\n";
      text += setting.line + (draw_.below(8) == 0 ? "  # \"said here\n" : "\n");
    }
    return text;
  }

 private:
  using Level = std::vector<const Field*>;

  static Level pointers(const std::vector<Field>& members) {
    Level level;
    for (const Field& field : members) level.push_back(&field);
    return level;
  }

  // Whether the entries that declare the field are those that `choices` selects.
  static bool is_selected(const Field& field, const std::map<std::string, std::string>& choices) {
    return std::ranges::all_of(field.entry_of, [&](const Condition& condition) {
      const auto choice = choices.find(condition.key);
      return choice != choices.end() && choice->second == condition.values[0];
    });
  }

  // A value for each variant of a level, in most cases one that is written down.
  std::map<std::string, std::string> choose(const Level& level, std::vector<std::string>& silent) {
    std::map<std::string, std::string> choices;
    for (const Field* field : level) {
      if (!field->variant || choices.contains(field->name) || !is_selected(*field, choices))
        continue;
      const bool written = draw_.below(3) != 0;
      if (!written) silent.push_back(field->name);
      choices[field->name] =
          written ? draw_.of(field->allowed) : std::get<Field::Named>(field->target).get();
    }
    return choices;
  }

  // `level`: of all groups of one name.
  void settle(const Level& level, const std::string& prefix, int depth) {
    const std::string indent(static_cast<size_t>(2 * depth), ' ');
    std::vector<std::string> names, silent;
    for (const Field* field : level)
      if (std::ranges::count(names, field->name) == 0) names.push_back(field->name);
    const auto choices = choose(level, silent);
    for (const std::string& name : names) {
      if (std::ranges::count(silent, name) || (!choices.contains(name) && draw_.below(3) == 0))
        continue;
      Level declared, members;
      for (const Field* field : level)
        if (field->name == name) declared.push_back(field);
      for (const Field* field : declared)
        for (const Field& member : field->members) members.push_back(&member);
      const auto selected = std::ranges::find_if(
          declared, [&](const Field* field) { return is_selected(*field, choices); });
      const Field& field = selected == declared.end() ? *declared[0] : **selected;
      const std::string path = prefix + name;
      if (field.type == Field::Type::group) {
        settings_.push_back({"", indent + name + ":", "", nullptr, names});
        settle(members, path + ".", depth + 1);
      } else {
        const bool chosen = field.variant && choices.contains(name);
        const std::string text = chosen ? choices.at(name) : value(field);
        settings_.push_back(
            {path, fmt::format("{}{}: {}", indent, name, text), text, &field, names});
      }
    }
  }

  std::string value(const Field& field) {
    switch (field.type) {
      case Field::Type::integer:
        return integer(field.integer_range);
      case Field::Type::real:
        return real(field.real_range);
      case Field::Type::flag:
        return draw_.coin() ? "true" : "false";
      case Field::Type::choice: {
        const std::string name = draw_.of(field.allowed);
        return draw_.coin() ? name : quoted(name);
      }
      case Field::Type::path:
        return draw_.of<std::string>(
            {"''", "a/b.h5", "../a.h5", "/x//y/./z", "'with blank'", "dir/"});
      case Field::Type::text:
        return text();
      case Field::Type::integer_list:
        return list([&] { return integer(field.integer_range); });
      case Field::Type::real_list:
        return list([&] { return real(field.real_range); });
      case Field::Type::text_list:
        return list([&] { return text(); });
      case Field::Type::group:
        break;
    }
    return "";
  }

  template <class Item>
  std::string list(Item item) {
    std::string items;
    for (uint64_t left = draw_.below(4); left > 0; --left) items += item() + (left > 1 ? ", " : "");
    return fmt::format("[{}]", items);
  }

  std::string integer(const IntegerRange& range) {
    if (draw_.below(4) == 0) return fmt::format("{}", draw_.coin() ? range.min : range.max);
    const auto width = static_cast<uint64_t>(range.max) - static_cast<uint64_t>(range.min);
    const uint64_t step = width == ~uint64_t{0} ? draw_.word() : draw_.below(width + 1);
    return fmt::format("{}", static_cast<int64_t>(static_cast<uint64_t>(range.min) + step));
  }

  // Any bits that are a number in the range; an even share where the range is bounded.
  std::string real(const RealRange& range) {
    for (;;) {
      double number = std::bit_cast<double>(draw_.word());
      if (draw_.coin() && std::isfinite(range.max - range.min)) {
        number = range.min + draw_.uniform() * (range.max - range.min);
      }
      const bool in = std::isfinite(number) && number > range.min && number < range.max;
      if (in) return draw_.coin() ? fmt::format("{:.17g}", number) : fmt::format("{:.16e}", number);
    }
  }

  std::string text() {
    static const std::vector<std::string> nasty = {
        "",         "null",         "~",    "true", "1",
        "0x1",      "- a",          "a: b", "a #b", "#",
        "'",        "\"",           "\\",   "\\n",  "{a}",
        "[a]",      "*a",           "&a",   "!a",   "%a",
        " a ",      "a\nb\n",       "\t",   "---",  "...",
        "größe",    "数",           "🙂", "<<",   "@",
        "a  # b",   "\x01",         "\x7F", "x: [", "\r\n",
        "\xC2\x85", "\xE2\x80\xA8", "?",    "| ",   "= ,",
    };
    std::string all;
    for (uint64_t parts = draw_.below(4); parts > 0; --parts) all += draw_.of(nasty);
    return quoted(all);
  }

  // In single quotes where they can hold the text, else in double quotes.
  std::string quoted(const std::string& text) {
    bool control = false;
    for (const char c : text) control |= static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    std::string result;
    if (!control && draw_.coin()) {
      for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
      return fmt::format("'{}'", result);
    }
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
        result += fmt::format("\\u{:04X}", static_cast<int>(c));
      } else {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
      }
    }
    return fmt::format("\"{}\"", result);
  }

  Draw draw_;
  std::vector<Setting> settings_;
};

}  // namespace laconic::config
