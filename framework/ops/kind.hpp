// What operators share when they describe themselves: checks of a node with messages that name it,
// and the two functions of an Implementation.
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

// Every attribute of the node is one of `allowed`.
void check_attributes(const NodeSpec& node, std::initializer_list<const char*> allowed);
// Between `least` and `most` inputs of positive width; sparse ones only if allowed.
void check_inputs(const NodeSpec& node, size_t least, size_t most, bool sparse_allowed = false);
inline constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

// Every size, given by the attribute of its name, is from 1 to 2^20: products of three are no
// overflow.
void check_sizes(const NodeSpec& node,
                 std::initializer_list<std::pair<const char*, int64_t>> sizes);

bool is_sparse(const NodeSpec& node, size_t input);

// The attribute or, when absent, the fallback. Fails when it has another type.
bool flag_attribute(const NodeSpec& node, const char* key, bool fallback);
int64_t integer_attribute(const NodeSpec& node, const char* key, int64_t fallback);
double real_attribute(const NodeSpec& node, const char* key, double fallback);
std::string text_attribute(const NodeSpec& node, const char* key, const std::string& fallback);
// An array of exactly `count` texts.
std::vector<std::string> texts_attribute(const NodeSpec& node, const char* key,
                                         const std::vector<std::string>& fallback);

// A conformance case of dense inputs; the node is called after its kind.
Example dense_example(const char* kind, std::vector<int64_t> widths, int64_t rows,
                      nlohmann::json attributes = nlohmann::json::object());

inline std::string accept(const NodeSpec&, const Context&) {
  return {};
}

template <class T, class ThisKernel>
std::unique_ptr<Kernel<T>> make_kernel(const NodeSpec& node, const Context& context) {
  return std::make_unique<ThisKernel>(node, context);
}

// Obeys Cotangents::accumulate for one element.
template <class T>
void put(T& target, bool accumulate, T value) {
  target = accumulate ? target + value : value;
}

}  // namespace laconic::ops
