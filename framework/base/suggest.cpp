#include "framework/base/suggest.hpp"

#include <algorithm>
#include <cctype>

namespace laconic {

namespace {

// Returns one byte per letter: lower case, '-' as '_', and a letter beyond ASCII as its first byte.
std::string folded(std::string_view word) {
  std::string letters;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    letters += c == '-' ? '_' : byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c;
  }
  return letters;
}

size_t gap(size_t a, size_t b) {
  return a > b ? a - b : b - a;
}

}  // namespace

size_t edit_distance(std::string_view word_a, std::string_view word_b, size_t limit) {
  const std::string a = folded(word_a), b = folded(word_b);
  if (gap(a.size(), b.size()) > limit) return limit + 1;
  // Three rows of the table: distance of the first i letters of `a` to the first j of `b`.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    // The next row can reach back two rows (a swap), so both must be beyond the limit.
    if (i > 1 && std::ranges::min(row) > limit && std::ranges::min(last) > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

std::vector<std::string> nearest_names(std::string_view word,
                                       std::span<const std::string> candidates, size_t most) {
  std::vector<std::pair<size_t, const std::string*>> near;
  for (const auto& candidate : candidates) {
    const size_t limit = std::max<size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const size_t distance = edit_distance(word, candidate, limit);
    // A single letter that is wrong leaves nothing in common.
    if (distance <= limit && distance < std::max(word.size(), candidate.size())) {
      near.emplace_back(distance, &candidate);
    }
  }
  std::ranges::stable_sort(near, {}, &std::pair<size_t, const std::string*>::first);
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(most, near.size()); ++i) names.push_back(*near[i].second);
  return names;
}

std::string did_you_mean(std::span<const std::string> names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "; did you mean " : " or ") + name;
  return text.empty() ? "" : text + "?";
}

}  // namespace laconic
