// Figures: the numbers that a run reports, each with a name, a unit and a direction. They are
// declared once, before the first one is set; setting and clearing allocate nothing.
//
// An absent figure was not measured this time. A figure that is NaN was measured, but its value is
// not a number.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace laconic {

// The direction in which a figure improves; `neither` for a figure that is only observed.
enum class Better { higher, lower, neither };

const char* better_name(Better better);                     // "higher", "lower", "neither"
std::optional<Better> parse_better(std::string_view name);  // nothing for any other name

// Returns whether `a` is better than `b`. NaN is worse than every number. With `neither` no value
// is better than another.
bool is_better(Better better, double a, double b);

struct FigureSpec {
  std::string name;  // "val/accuracy": stands nested by '/' in result.json
  std::string unit;  // "s", "B"; "fraction" is shown as percent; "" for a plain number
  Better better = Better::neither;
  bool headline = false;  // shown in the progress line; is not stored

  bool operator==(const FigureSpec&) const = default;
};

class Figures {
 public:
  // Adds a figure, which is absent at first, and returns its index. A name can be declared once.
  size_t declare(FigureSpec spec);

  void clear();  // all become absent
  void set(size_t index, double value);

  bool has(size_t index) const { return present_[index] != 0; }
  double value(size_t index) const { return values_[index]; }  // NaN if absent
  std::span<const double> values() const { return values_; }   // by index; NaN if absent
  const std::vector<FigureSpec>& specs() const { return specs_; }
  std::optional<size_t> find(std::string_view name) const;
  size_t size() const { return specs_.size(); }

 private:
  std::vector<FigureSpec> specs_;
  std::vector<double> values_;
  std::vector<char> present_;
};

// Returns [{"name": "val/accuracy", "unit": "fraction", "better": "higher"}, ...].
nlohmann::json figures_json(std::span<const FigureSpec> specs);
// Reads what figures_json() writes. Entries without a name are left out; an unknown direction
// counts as `neither`, a missing unit as "".
std::vector<FigureSpec> figures_from_json(const nlohmann::json& json);

}  // namespace laconic
