// A figure of the page: a chart as SVG, with its values as a CSV file behind a link.
#pragma once

#include <string>

#include "apps/laconic/report/chart.hpp"

namespace laconic::report {

// Returns a <figure>. `below`: HTML under the chart.
std::string figure_html(const std::string& title, const Chart& chart,
                        const std::string& below = "");

// Returns the values of a chart as CSV (RFC 4180): line, x, mean, low, high. The values are those
// drawn; they are not multiplied by 100 for a chart in percent.
std::string csv_of(const Chart& chart);

}  // namespace laconic::report
