#include "framework/config/schema.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/config/suggest.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

using Json = nlohmann::ordered_json;

std::string join(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "." + name;
}

std::string condition_text(const Field& field) {
  if (field.condition_key.empty()) return "";
  return fmt::format("{}: {}", field.condition_key, fmt::join(field.condition_values, " | "));
}

// `text` inside of a Markdown table.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return escaped;
}

void append_table(std::string& text, const std::vector<Field>& members) {
  const auto row = [&](const Field& field, const std::string& type, const std::string& preset,
                       const std::string& allowed) {
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", field.name, type, preset,
                    cell(allowed), cell(field.unit), cell(condition_text(field)), cell(field.help));
  };
  text +=
      "| key | type | default | allowed | unit | used when | |\n|---|---|---|---|---|---|---|\n";
  for (const Field& field : members) {
    if (field.type == Field::Type::group) {
      row(field, "group", "", "");
    } else {
      row(field, type_name(field.type), fmt::format("`{}`", cell(print_value(load(field)))),
          allowed_text(field));
    }
  }
}

void append_groups(std::string& text, const std::vector<Field>& members,
                   const std::string& prefix) {
  for (const Field& field : members) {
    if (field.type != Field::Type::group) continue;
    const std::string path = join(prefix, field.name);
    text += fmt::format("\n## {}\n\n", path);
    if (!field.help.empty()) text += field.help + "\n\n";
    if (!field.condition_key.empty()) {
      const bool full = field.condition_key.find('.') != std::string::npos;
      text += fmt::format("Used when `{}`.\n\n", join(full ? "" : prefix, condition_text(field)));
    }
    append_table(text, field.members);
    append_groups(text, field.members, path);
  }
}

Json number_schema(const IntegerRange& range) {
  Json json = {{"type", "integer"}};
  if (range.min != std::numeric_limits<int64_t>::min()) json["minimum"] = range.min;
  if (range.max != std::numeric_limits<int64_t>::max()) json["maximum"] = range.max;
  return json;
}

Json number_schema(const RealRange& range) {
  Json json = {{"type", "number"}};
  if (std::isfinite(range.min))
    json[range.exclusive_min ? "exclusiveMinimum" : "minimum"] = range.min;
  if (std::isfinite(range.max))
    json[range.exclusive_max ? "exclusiveMaximum" : "maximum"] = range.max;
  return json;
}

Json group_schema(const std::vector<Field>& members);

Json type_schema(const Field& field) {
  const auto list_of = [](Json items) {
    return Json{{"type", "array"}, {"items", std::move(items)}};
  };
  // A plain 123 or true is a text to laconic, but of another type to an editor.
  const Json text = {{"type", Json::array({"string", "number", "boolean"})}};
  switch (field.type) {
    case Field::Type::integer:
      return number_schema(field.integer_range);
    case Field::Type::real:
      return number_schema(field.real_range);
    case Field::Type::flag:
      return {{"type", "boolean"}};
    case Field::Type::choice:
      return {{"enum", field.allowed}};
    case Field::Type::integer_list:
      return list_of(number_schema(field.integer_range));
    case Field::Type::real_list:
      return list_of(number_schema(field.real_range));
    case Field::Type::text_list:
      return list_of(text);
    case Field::Type::group:
      return group_schema(field.members);
    case Field::Type::text:
    case Field::Type::path:
      return text;
  }
  return text;
}

Json group_schema(const std::vector<Field>& members) {
  // A group with nothing below it is legal, and null to an editor.
  Json json = {{"type", Json::array({"object", "null"})},
               {"additionalProperties", false},
               {"properties", Json::object()}};
  for (const Field& field : members) {
    Json member = type_schema(field);
    std::string description = field.help;
    if (!field.unit.empty()) description += fmt::format(" [{}]", field.unit);
    const auto condition = condition_text(field);
    if (!condition.empty()) description += fmt::format(" (used when {})", condition);
    if (!description.empty()) member["description"] = description;
    if (field.type != Field::Type::group) member["default"] = Json(load(field));
    json["properties"][field.name] = std::move(member);
  }
  return json;
}

void append_help(std::string& text, const Field& field, const std::string& path) {
  text += path;
  if (field.type != Field::Type::group) {
    text += fmt::format("  ({}; default {}; {}{})", type_name(field.type), print_value(load(field)),
                        allowed_text(field), field.unit.empty() ? "" : "; in " + field.unit);
  }
  text += "\n";
  if (!field.help.empty()) text += "    " + field.help + "\n";
  if (!field.condition_key.empty()) text += "    used when " + condition_text(field) + "\n";
  for (const Field& member : field.members) append_help(text, member, join(path, member.name));
}

void append_paths(std::vector<std::string>& paths, const std::vector<Field>& members,
                  const std::string& prefix) {
  for (const Field& field : members) {
    const std::string path = join(prefix, field.name);
    paths.push_back(path);
    append_paths(paths, field.members, path);
  }
}

}  // namespace

std::string markdown(const Fields& fields, const std::string& title) {
  std::string text = fmt::format("# {}\n\n", title);
  append_table(text, fields.list());
  append_groups(text, fields.list(), "");
  return text;
}

nlohmann::ordered_json json_schema(const Fields& fields, const std::string& title) {
  Json json = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  json.update(group_schema(fields.list()));
  return json;
}

std::string help_text(const Fields& fields, const std::string& path) {
  std::string text;
  std::vector<std::string> paths;
  append_paths(paths, fields.list(), "");
  const auto visit = [&](auto& self, const std::vector<Field>& members,
                         const std::string& prefix) -> void {
    for (const Field& field : members) {
      const std::string here = join(prefix, field.name);
      if (path.empty() || here == path) {
        append_help(text, field, here);
      } else {
        self(self, field.members, here);
      }
    }
  };
  visit(visit, fields.list(), "");
  if (text.empty() && !path.empty()) {
    fail(ExitCode::usage, "there is no key '{}'{}", shown(path),
         did_you_mean(nearest_names(path, paths)));
  }
  return text;
}

}  // namespace laconic::config
