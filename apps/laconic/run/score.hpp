// Finds the figures of a run, and the one that counts. result.json and checkpoint attributes store
// both. This file alone supplies them for older runs, which do not.
//
// `facts` is result.json or a checkpoint's attributes. No function throws: a value that is missing
// or of another type counts as absent.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/observe/figures.hpp"

namespace laconic {

// Returns the text under `key`, "" where there is none.
std::string text_at(const nlohmann::json& object, const char* key);
// Returns the number at `path` ("time_s/total"), NaN where there is none.
double number_at(const nlohmann::json& object, std::string_view path);
// Returns the figure `name` of result.json's best state, NaN where there is none.
double metric_of(const nlohmann::json& result, const std::string& name);

// Returns the declared figures; of runs that declare none those of a network.
std::vector<FigureSpec> figures_of(const nlohmann::json& facts);
// Returns the spec of that name, or one without unit and direction.
FigureSpec find_figure(const std::vector<FigureSpec>& figures, const std::string& name);

struct Score {
  FigureSpec monitor;  // decides which state is best; without a name where nothing does
  // The figures to report: the test figure that belongs to the monitor, else the monitor. Without a
  // monitor, every declared figure that the metrics contain.
  std::vector<FigureSpec> reported;
};

// Returns the figures that count. `has` returns whether the run has a value for a figure.
Score score_of(const nlohmann::json& facts, const std::function<bool(const std::string&)>& has);
Score score_of(const nlohmann::json& result);  // has the values in its metrics

// Shown instead of a value that is not known or does not apply.
inline constexpr const char* unknown_text = "–";
// Returns "84.1 %" for the unit "fraction", "0.0312", "12.5 s"; unknown_text if `value` is not
// finite.
std::string figure_text(double value, const std::string& unit);
// Returns the name as a heading: "test accuracy" for "test/accuracy".
std::string figure_title(std::string name);

}  // namespace laconic
