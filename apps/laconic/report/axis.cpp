#include "apps/laconic/report/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace laconic::report {
namespace {

constexpr double decades_from = 50;  // high / low, from which an axis becomes logarithmic

// Returns the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace

Range::Range()
    : low(std::numeric_limits<double>::infinity()),
      high(-std::numeric_limits<double>::infinity()) {}

void Range::add(double v) {
  if (!std::isfinite(v)) return;
  low = std::min(low, v);
  high = std::max(high, v);
}

Axis::Axis(Range range, Scale scale, bool percent)
    : range_(range),
      logarithmic_(scale == Scale::logarithmic || (scale == Scale::by_range && range.low > 0 &&
                                                   range.high / range.low > decades_from)),
      percent_(percent) {
  if (range_.low < range_.high) return;
  const double room = std::max(std::abs(range_.low) * 0.1, 1e-12);  // a single value
  range_.low -= room;
  range_.high += room;
}

double Axis::place(double v) const {
  // Halves, since the whole range may exceed what a double holds.
  const auto scaled = [&](double u) { return logarithmic_ ? std::log10(u) : 0.5 * u; };
  return (scaled(v) - scaled(range_.low)) / (scaled(range_.high) - scaled(range_.low));
}

std::string Axis::text(double v) const {
  return fmt::format("{:.6g}", (percent_ ? 100 : 1) * v + 0.0);
}

std::vector<Tick> Axis::ticks(int most) const {
  std::vector<Tick> ticks;
  const auto add = [&](double value) {
    if (value >= range_.low && value <= range_.high) ticks.push_back({value, text(value)});
  };
  const auto low = range_.low, high = range_.high;
  if (logarithmic_) {
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::floor(std::log10(high)));
    for (const bool between : {true, false}) {  // with 2 and 5 if they fit
      ticks.clear();
      const int stride = between ? 1 : (last - first) / most + 1;
      for (int decade = first; decade <= last; decade += stride)
        for (const double factor : {1.0, 2.0, 5.0})
          if (factor == 1 || between) add(factor * std::pow(10.0, decade));
      if (std::ssize(ticks) <= most) break;
    }
    if (ticks.size() > 1) return ticks;
    ticks.clear();  // less than a decade: round values as on a linear axis
  }
  const double step = round_step(2 * ((0.5 * high - 0.5 * low) / most));
  const double first = std::ceil(low / step), last = std::floor(high / step);
  for (int i = 0; i <= most && first + i <= last; ++i) {
    const double value = (first + i) * step;
    add(std::abs(value) < step / 2 ? 0 : value);
  }
  return ticks;
}

}  // namespace laconic::report
