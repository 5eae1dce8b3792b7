// Functions that the descriptions of operators share: checks of a node, whose messages name the
// node, and the two functions of an Implementation.
#pragma once

#include <initializer_list>
#include <limits>
#include <memory>
#include <string>

#include "framework/base/error.hpp"
#include "framework/ops/op.hpp"

namespace laconic::ops {

template <class... Args>
[[noreturn]] void fail_node(const NodeSpec& node, fmt::format_string<Args...> format,
                            Args&&... args) {
  fail(ExitCode::config, "node '{}' ({}): {}", node.name, node.kind,
       fmt::format(format, std::forward<Args>(args)...));
}

// Checks that every attribute of the node is one of `allowed`.
void check_attributes(const NodeSpec& node, std::initializer_list<const char*> allowed);
// Checks that there are `least` to `most` inputs of positive width in the same space, and sparse
// ones only if allowed.
void check_inputs(const NodeSpec& node, size_t least, size_t most, bool sparse_allowed = false);
inline constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

// Checks that every size is from 1 to 2^20, so that a product of three sizes cannot overflow. The
// names are those of the attributes.
void check_sizes(const NodeSpec& node,
                 std::initializer_list<std::pair<const char*, int64_t>> sizes);

inline bool is_sparse(const NodeSpec& node, size_t input) {
  return node.inputs[input].sparse;
}
// Checks that the inputs are in the space of rows, or of pixels.
void check_space(const NodeSpec& node, Space::Kind kind);
// Returns the space of an output that has every `stride`-th pixel of input 0, in both directions.
Space coarser(const NodeSpec& node, int64_t stride);
// Sets one dense output in the space of input 0.
void set_output(NodeSpec& node, int64_t width);

// Return the attribute, or the fallback if it is absent. Error(config) if it has another type.
bool flag_attribute(const NodeSpec& node, const char* key, bool fallback);
int64_t integer_attribute(const NodeSpec& node, const char* key, int64_t fallback);
double real_attribute(const NodeSpec& node, const char* key, double fallback);
std::string text_attribute(const NodeSpec& node, const char* key, const std::string& fallback);
// Returns an array of exactly `count` texts.
std::vector<std::string> texts_attribute(const NodeSpec& node, const char* key,
                                         const std::vector<std::string>& fallback);

// Returns a conformance example with dense inputs; the name of the node is its kind.
Example dense_example(const char* kind, std::vector<int64_t> widths, int64_t rows,
                      nlohmann::json attributes = nlohmann::json::object());
// Returns one with a single input of pixels at `stride`.
Example pixel_example(const char* kind, int64_t channels, const Extents& batch, int64_t stride,
                      nlohmann::json attributes = nlohmann::json::object());

inline std::string accept(const NodeSpec&, const Context&) {
  return {};
}

template <class T, class ThisKernel>
std::unique_ptr<Kernel<T>> make_kernel(const NodeSpec& node, const Context& context) {
  return std::make_unique<ThisKernel>(node, context);
}

// Returns the same elements with one row per item: an image becomes one row. Elementwise kernels are
// faster on few wide rows. Pixels have no gaps between rows.
template <class T>
MatrixView<T> by_item(const MatrixView<T>& m, const Extent& extent) {
  if (extent.rows() == extent.items) return m;
  return {m.data, extent.items, extent.pixels() * m.cols};
}

// Writes or adds one element, as Cotangents::accumulate requires.
template <class T>
void put(T& target, bool accumulate, T value) {
  target = accumulate ? target + value : value;
}

}  // namespace laconic::ops
