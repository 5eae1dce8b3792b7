#include "framework/ops/kind.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace laconic::ops {

void check_attributes(const NodeSpec& node, std::initializer_list<const char*> allowed) {
  for (const auto& [key, value] : node.attributes.items())
    if (std::none_of(allowed.begin(), allowed.end(),
                     [&](std::string_view name) { return name == key; }))
      fail_node(node, "unknown attribute '{}', allowed are {}", key, fmt::join(allowed, ", "));
}

void check_inputs(const NodeSpec& node, size_t least, size_t most, bool sparse_allowed) {
  const size_t count = node.input_widths.size();
  if (count < least || count > most) {
    fail_node(node, "has {} inputs, needs {}", count,
              least == most        ? fmt::format("{}", least)
              : most == kAnyNumber ? fmt::format("at least {}", least)
                                   : fmt::format("{} to {}", least, most));
  }
  for (size_t i = 0; i < count; ++i) {
    if (node.input_widths[i] < 1) fail_node(node, "input {} has width {}", i, node.input_widths[i]);
    if (!sparse_allowed && is_sparse(node, i))
      fail_node(node, "input {} is sparse, must be dense", i);
  }
}

void check_sizes(const NodeSpec& node,
                 std::initializer_list<std::pair<const char*, int64_t>> sizes) {
  constexpr int64_t most = 1 << 20;
  for (const auto& [name, size] : sizes)
    if (size < 1 || size > most)
      fail_node(node, "attribute {} is {}, must be from 1 to {}", name, size, most);
}

bool is_sparse(const NodeSpec& node, size_t input) {
  return input < node.input_sparse.size() && node.input_sparse[input];
}

namespace {
template <class T>
T read(const NodeSpec& node, const char* key, T fallback,
       bool (nlohmann::json::*is_type)() const noexcept, const char* type) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return fallback;
  if (!((*found).*is_type)())
    fail_node(node, "attribute {} = {} must be {}", key, found->dump(), type);
  return found->template get<T>();
}
}  // namespace

bool flag_attribute(const NodeSpec& node, const char* key, bool fallback) {
  return read(node, key, fallback, &nlohmann::json::is_boolean, "true or false");
}

int64_t integer_attribute(const NodeSpec& node, const char* key, int64_t fallback) {
  return read(node, key, fallback, &nlohmann::json::is_number_integer, "an integer");
}

double real_attribute(const NodeSpec& node, const char* key, double fallback) {
  return read(node, key, fallback, &nlohmann::json::is_number, "a number");
}

std::string text_attribute(const NodeSpec& node, const char* key, const std::string& fallback) {
  return read(node, key, fallback, &nlohmann::json::is_string, "a text");
}

std::vector<std::string> texts_attribute(const NodeSpec& node, const char* key,
                                         const std::vector<std::string>& fallback) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return fallback;
  const bool texts =
      found->is_array() &&
      std::all_of(found->begin(), found->end(), [](const auto& each) { return each.is_string(); });
  if (!texts || found->size() != fallback.size())
    fail_node(node, "attribute {} = {} must be an array of {} texts", key, found->dump(),
              fallback.size());
  return found->get<std::vector<std::string>>();
}

Example dense_example(const char* kind, std::vector<int64_t> widths, int64_t rows,
                      nlohmann::json attributes) {
  Example example;
  example.node.kind = example.node.name = kind;
  example.node.input_sparse.assign(widths.size(), false);
  example.node.input_widths = std::move(widths);
  example.node.attributes = std::move(attributes);
  example.rows = rows;
  return example;
}

}  // namespace laconic::ops
