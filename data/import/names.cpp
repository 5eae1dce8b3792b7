#include "data/import/names.hpp"

#include <algorithm>
#include <string>

namespace laconic::data {
namespace {

bool is_split_name(std::string_view name) {
  if (name.starts_with("split/")) name = name.substr(name.rfind('/') + 1);
  for (const std::string part : split_parts) {
    for (const char* ending : split_endings)
      if (name == part + ending) return true;
    for (const char* beginning : split_beginnings)
      if (name == beginning + part) return true;
  }
  return false;
}

}  // namespace

bool is_known_name(std::string_view name) {
  const auto is_in = [&](const auto& names) {
    return std::ranges::find(names, name) != names.end();
  };
  return is_in(edge_names) || is_in(matrix_names) || is_in(edge_weight_names) ||
         is_in(feature_names) || is_in(label_names) || is_in(count_names) || is_in(content_names) ||
         is_in(text_names) || is_split_name(name);
}

}  // namespace laconic::data
