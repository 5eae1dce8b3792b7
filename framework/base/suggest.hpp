// "Did you mean ...?": finds the names nearest to a misspelt word.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace laconic {

// Returns the number of insertions, deletions, replacements and swaps of neighbours that turn `a`
// into `b` (restricted Damerau-Levenshtein). Ignores case, and treats '-' and '_' as equal. Returns
// `limit` + 1 as soon as the distance is above `limit`.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit = 64);

// Returns at most `most` candidates that the user may have meant, nearest first. A third of the
// word's letters may be wrong. Candidates at equal distance keep their order.
std::vector<std::string> nearest_names(std::string_view word,
                                       std::span<const std::string> candidates, size_t most = 3);

// Returns the end of an error message: "; did you mean a or b?", or "" for no names.
std::string did_you_mean(std::span<const std::string> names);

}  // namespace laconic
