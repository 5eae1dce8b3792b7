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
  const size_t count = node.inputs.size();
  if (count < least || count > most) {
    fail_node(node, "has {} inputs, needs {}", count,
              least == most        ? fmt::format("{}", least)
              : most == kAnyNumber ? fmt::format("at least {}", least)
                                   : fmt::format("{} to {}", least, most));
  }
  for (size_t i = 0; i < count; ++i) {
    if (node.inputs[i].width < 1) fail_node(node, "input {} has width {}", i, node.inputs[i].width);
    if (node.inputs[i].space != node.inputs[0].space)
      fail_node(node, "input {} is in the space {}, input 0 in {}", i,
                to_text(node.inputs[i].space), to_text(node.inputs[0].space));
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

void check_space(const NodeSpec& node, Space::Kind kind) {
  for (size_t i = 0; i < node.inputs.size(); ++i)
    if (node.inputs[i].space.kind != kind)
      fail_node(node, "input {} is in the space {}, must be in {}", i,
                to_text(node.inputs[i].space), kind == Space::Kind::rows ? "rows" : "pixels");
}

Space coarser(const NodeSpec& node, int64_t stride) {
  constexpr int64_t most = 1 << 20;
  const int64_t product = node.inputs[0].space.stride * stride;
  if (product > most)
    fail_node(node, "its pixels have stride {}, must be at most {}", product, most);
  return Space::pixels(product);
}

void set_output(NodeSpec& node, int64_t width) {
  node.outputs = {{width, node.inputs[0].space}};
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
  for (const int64_t width : widths) example.node.inputs.push_back({width});
  example.node.attributes = std::move(attributes);
  example.batch = rows;
  return example;
}

Example pixel_example(const char* kind, int64_t channels, const Extents& batch, int64_t stride,
                      nlohmann::json attributes) {
  Example example = dense_example(kind, {channels}, 0, std::move(attributes));
  example.node.inputs[0].space = Space::pixels(stride);
  example.batch = batch;
  return example;
}

}  // namespace laconic::ops
