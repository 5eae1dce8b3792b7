#include "framework/graph/slice_plan.hpp"

#include <algorithm>
#include <numeric>

#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/graph/subnet.hpp"

namespace laconic::graph {

SlicePlan::SlicePlan(const Graph& network, int sites) : network_(network), sites_(sites) {
  LACONIC_CHECK(sites >= 1);
  const std::vector<HiddenUnits> hidden = hidden_units(network);
  if (hidden.empty()) fail(ExitCode::config, "the network has no hidden units to divide");
  for (const auto& [label, count] : hidden) {
    if (count < sites)
      fail(ExitCode::config, "{} has {} units, too few for {} sites; allowed are up to {} sites",
           label, count, sites, std::ranges::min(hidden, {}, &HiddenUnits::count).count);
    auto& units = *units_.emplace_back(std::make_unique<Units>());
    units.layer = std::ssize(units_) - 1;
    units.is_hidden = true;
    units.all.resize(count);
    std::iota(units.all.begin(), units.all.end(), 0);
    units.part.resize(sites);
  }
  const auto find = [&](const std::string& label, int64_t size) -> const Units* {
    const auto known = std::ranges::find(hidden, label, &HiddenUnits::label);
    return known == hidden.end() ? undivided(size) : units_[known - hidden.begin()].get();
  };
  for (const Parameter& p : network.parameters)
    axes_.push_back({find(p.spec.row_units, p.spec.rows), find(p.spec.col_units, p.spec.cols)});
  deal(0, 0, Deal::uniform);
  for (const Division division : {Division::whole, Division::homes, Division::sites})
    lay_out(division);
}

const SlicePlan::Units* SlicePlan::undivided(int64_t size) {
  for (const auto& units : units_)
    if (!units->is_hidden && std::ssize(units->all) == size) return units.get();
  auto& units = *units_.emplace_back(std::make_unique<Units>());
  units.all.resize(size);
  std::iota(units.all.begin(), units.all.end(), 0);
  return &units;
}

void SlicePlan::lay_out(Division division) {
  std::vector<int64_t> order(parameters());  // that of the network's buffer
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](int64_t p) { return network_.parameters[p].offset; });
  auto& offsets = offsets_[static_cast<size_t>(division)];
  for (int site = 0; site < sites_; ++site) {
    offsets.emplace_back(parameters() + 1);
    int64_t offset = 0;
    for (const int64_t p : order) {
      offsets[site][p] = offset;
      offset += slice(division, site, p).size();
    }
    offsets[site].back() = offset;
  }
}

std::span<const int32_t> SlicePlan::Units::home(int site) const {
  const auto count = std::ssize(all), sites = std::ssize(part);
  return std::span(all).subspan(equal_cut(count, sites, site), equal_part(count, sites, site));
}

// Units are dealt like cards, the first one of layer l to site l.
int64_t SlicePlan::first_dealt(const Units& units, int site) const {
  return ((site - units.layer) % sites_ + sites_) % sites_;
}

void SlicePlan::deal(uint64_t seed, int64_t round, Deal how) {
  for (const auto& units : units_) {
    if (!units->is_hidden) continue;
    dealt_ = units->all;
    const int homes = how == Deal::stratified ? sites_ : 1;
    for (int h = 0; h < homes; ++h) {
      const auto shuffled = how == Deal::stratified ? units->home(h) : std::span(units->all);
      const auto substream = static_cast<uint32_t>(units->layer * sites_ + h);
      Random(seed, Stream::partition, static_cast<uint64_t>(round), substream)
          .shuffle(std::span(dealt_).subspan(shuffled.front(), shuffled.size()));
    }
    for (int site = 0; site < sites_; ++site) {
      std::vector<int32_t>& part = units->part[site];
      part.clear();
      for (int64_t i = first_dealt(*units, site); i < std::ssize(dealt_); i += sites_)
        part.push_back(dealt_[i]);
      std::ranges::sort(part);
    }
  }
}

std::vector<int64_t> SlicePlan::counts(int site) const {
  std::vector<int64_t> counts;
  for (const auto& units : units_)
    if (units->is_hidden) counts.push_back(std::ssize(units->part[site]));
  return counts;
}

Slice SlicePlan::slice(Division division, int site, int64_t parameter) const {
  const auto& [rows, cols] = axes_[parameter];
  if (division == Division::sites) return {rows->of(site), cols->of(site)};
  if (division == Division::homes && cols->is_hidden) return {rows->all, cols->home(site)};
  if (division == Division::homes && rows->is_hidden) return {rows->home(site), cols->all};
  return site == 0 ? Slice{rows->all, cols->all} : Slice{};
}

}  // namespace laconic::graph
