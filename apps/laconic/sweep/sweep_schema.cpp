#include "apps/laconic/sweep/sweep_schema.hpp"

#include <fmt/format.h>

#include "apps/laconic/sweep/sweep_file.hpp"
#include "framework/config/schema.hpp"

namespace laconic::sweep {
namespace {

using Json = nlohmann::ordered_json;

Json object_of(Json properties, const std::string& description) {
  return {{"type", "object"},
          {"description", description},
          {"additionalProperties", false},
          {"minProperties", 1},
          {"properties", std::move(properties)}};
}

Json list_of(Json items) {
  return {{"type", "array"}, {"minItems", 1}, {"items", std::move(items)}};
}

Json draw_of(const Json& value) {
  const Json number = {{"type", "number"}}, whole = {{"type", "integer"}};
  const auto pair = [](const Json& item) {
    return Json{{"type", "array"}, {"items", item}, {"minItems", 2}, {"maxItems", 2}};
  };
  Json draw = object_of({{"uniform", pair(number)},
                         {"log_uniform", pair({{"type", "number"}, {"exclusiveMinimum", 0}})},
                         {"integer", pair(whole)},
                         {"choice", list_of(value)}},
                        "how a value is drawn");
  draw["maxProperties"] = 1;
  return draw;
}

}  // namespace

Json sweep_schema(const config::Fields& configuration, const std::string& id) {
  Json values = config::json_schema_of_keys(configuration);
  for (const char* own : {"run.dir", "run.if_exists"}) values.erase(own);
  Json one = Json::object(), several = Json::object(), drawn = Json::object();
  for (const auto& [key, schema] : values.items()) {
    const Json value = {{"$ref", fmt::format("#/$defs/{}", key)}};
    one[key] = value;
    several[key] = list_of(value);
    drawn[key] = draw_of(value);
  }
  SweepOptions options;
  RandomOptions random;
  config::Fields sweep_fields, random_fields;
  options.describe(sweep_fields);
  random.describe(random_fields);
  Json schema = config::json_schema(sweep_fields, id, "laconic sweep");
  schema["required"] = {"base"};
  schema["properties"]["grid"] =
      object_of(std::move(several), "every combination; the last key varies fastest");
  schema["properties"]["list"] = list_of(object_of(std::move(one), "a row"));
  Json rows = object_of(config::json_schema_of_keys(random_fields), "drawn rows");
  rows["properties"]["keys"] = object_of(std::move(drawn), "what is drawn");
  rows["required"] = {"keys"};
  schema["properties"]["random"] = std::move(rows);
  schema["$defs"] = std::move(values);
  return schema;
}

}  // namespace laconic::sweep
