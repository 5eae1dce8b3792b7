// "Did you mean ...?": the names nearest to a word that is none of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace laconic::config {

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (restricted
// Damerau-Levenshtein). Upper and lower case are the same letter, and so are '-' and '_'.
// Returns `limit` + 1 as soon as the distance is known to be above `limit`.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit = 64);

// The candidates near enough to be meant (a third of the word's letters may be wrong), nearest
// first, candidates at equal distance in the order given; at most `most` of them.
std::vector<std::string> nearest_names(std::string_view word,
                                       std::span<const std::string> candidates, size_t most = 3);

// The nearest of them, or "" when none is near enough.
std::string nearest(const std::string& word, std::span<const std::string> candidates);

// "; did you mean a or b?", or "" for no names: to end an error message with.
std::string did_you_mean(std::span<const std::string> names);

}  // namespace laconic::config
