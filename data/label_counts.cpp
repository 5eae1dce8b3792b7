#include "data/label_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace laconic::data {
namespace {

LabelCount count(std::span<const int32_t> labels, const std::vector<int32_t>& rows) {
  const auto all = std::ssize(rows);
  if (labels.empty()) return {all, all, 0};
  std::unordered_set<int32_t> met;
  int64_t labelled = 0;
  for (const int32_t row : rows) {
    if (labels[row] < 0) continue;
    ++labelled;
    met.insert(labels[row]);
  }
  return {all, labelled, std::ssize(met)};
}

}  // namespace

LabelCounts count_labels(std::span<const int32_t> labels, const Split& split) {
  return {count(labels, split.train), count(labels, split.val), count(labels, split.test)};
}

std::string text(const LabelCounts& counts) {
  const bool all = std::ranges::all_of(
      counts, [](const LabelCount& part) { return part.labelled == part.rows; });
  constexpr const char* names[] = {"train", "validate", "test"};
  std::string text;
  for (size_t p = 0; p < counts.size(); ++p)
    text +=
        fmt::format("{}{}{} {}", p == 0 ? "" : ", ",
                    all ? "" : fmt::format("{} of ", counts[p].labelled), counts[p].rows, names[p]);
  return text + (all ? "" : " have a label");
}

std::string doubt_about(std::span<const int32_t> labels, int32_t classes) {
  const bool has_labels = std::ranges::any_of(labels, [](int32_t c) { return c > 0; });
  if (!has_labels || classes < 2 || std::ranges::count(labels, 0) > 0) return "";
  return "no row has class 0: do the labels count from 1? Here they count from 0";
}

}  // namespace laconic::data
