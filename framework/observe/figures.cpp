#include "framework/observe/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

using nlohmann::json;

constexpr double absent = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const char*, 3> better_names = {"higher", "lower", "neither"};

// Returns the text under `key`; "" if there is none.
std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

const char* better_name(Better better) {
  return better_names[static_cast<size_t>(better)];
}

std::optional<Better> parse_better(std::string_view name) {
  const auto found = std::ranges::find(better_names, name);
  if (found == better_names.end()) return std::nullopt;
  return static_cast<Better>(found - better_names.begin());
}

bool is_better(Better better, double a, double b) {
  if (better == Better::neither || std::isnan(a)) return false;
  return std::isnan(b) || (better == Better::higher ? a > b : a < b);
}

size_t Figures::declare(FigureSpec spec) {
  LACONIC_CHECK(!spec.name.empty(), "a figure has a name");
  LACONIC_CHECK(!find(spec.name), "figure {} is declared twice", spec.name);
  specs_.push_back(std::move(spec));
  values_.push_back(absent);
  present_.push_back(0);
  return specs_.size() - 1;
}

void Figures::clear() {
  std::ranges::fill(values_, absent);
  std::ranges::fill(present_, 0);
}

void Figures::set(size_t index, double value) {
  LACONIC_CHECK(index < size(), "figure {} of {}", index, size());
  values_[index] = value;
  present_[index] = 1;
}

std::optional<size_t> Figures::find(std::string_view name) const {
  const auto found = std::ranges::find(specs_, name, &FigureSpec::name);
  if (found == specs_.end()) return std::nullopt;
  return static_cast<size_t>(found - specs_.begin());
}

json figures_json(std::span<const FigureSpec> specs) {
  json list = json::array();
  for (const FigureSpec& spec : specs)
    list.push_back(
        {{"name", spec.name}, {"unit", spec.unit}, {"better", better_name(spec.better)}});
  return list;
}

std::vector<FigureSpec> figures_from_json(const json& list) {
  std::vector<FigureSpec> specs;
  if (!list.is_array()) return specs;
  for (const json& entry : list) {
    if (!entry.is_object() || text_of(entry, "name").empty()) continue;
    specs.push_back({text_of(entry, "name"), text_of(entry, "unit"),
                     parse_better(text_of(entry, "better")).value_or(Better::neither)});
  }
  return specs;
}

}  // namespace laconic
