#include <cmath>

#include "framework/config/rows.hpp"
#include "framework/config/schema.hpp"

namespace laconic::config {

namespace {

using Json = nlohmann::ordered_json;

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
      return {{"anyOf", Json::array({list_of(text), text})}};
    case Field::Type::text:
    case Field::Type::path:
    case Field::Type::group:
      break;
  }
  return text;
}

void describe(Json& json, std::string description, const std::string& condition) {
  if (!condition.empty()) description += fmt::format(" (used when {})", condition);
  if (!description.empty()) json["description"] = description;
}

Json row_schema(const Row& row) {
  Json json = type_schema(*row.field);
  std::string help = whole_help(*row.field);
  if (!row.field->unit.empty()) help += fmt::format(" [{}]", row.field->unit);
  describe(json, help, used_when_text(row));
  json["default"] = Json(load(*row.field));
  return json;
}

Json key_schema(const Key& key) {
  Json each = Json::array();
  for (const Row& row : rows(key)) each.push_back(row_schema(row));
  return each.size() == 1 ? each[0] : Json{{"anyOf", each}};
}

Json group_schema(const Key& group) {
  // A group with nothing below it is legal, and null to an editor.
  Json json = {{"type", Json::array({"object", "null"})},
               {"additionalProperties", false},
               {"properties", Json::object()}};
  for (const Key& key : group.below) {
    Json member;
    if (key.is_group()) {
      member = group_schema(key);
      if (const Key* choice = key.short_form())
        member = {{"anyOf", Json::array({{{"enum", choice->first().allowed}}, member})}};
      if (key.is_list())
        member = {{"anyOf", Json::array({{{"type", "array"}, {"items", member["properties"]["1"]}},
                                         member})}};
      describe(member, help_of(key), group_condition(key));
    } else {
      member = key_schema(key);
    }
    json["properties"][key.name] = std::move(member);
  }
  return json;
}

}  // namespace

nlohmann::ordered_json json_schema(const Fields& fields, const std::string& id,
                                   const std::string& title) {
  const Keys keys(fields);
  Json json = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", id}, {"title", title}};
  json.update(group_schema(keys.root()));
  return json;
}

nlohmann::ordered_json json_schema_of_keys(const Fields& fields) {
  const Keys keys(fields);
  Json json = Json::object();
  for (const Key* key : keys.all())
    if (!key->is_group()) {
      json[key->path] = key_schema(*key);
    } else if (const Key* choice = key->short_form()) {
      json[key->path] = {{"enum", choice->first().allowed}};
    }
  return json;
}

}  // namespace laconic::config
