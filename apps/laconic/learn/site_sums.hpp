// Sums what logical sites measured over the ranks. Each site has its own place in the vector, so the
// sums over the ranks are exact, and those over the sites have one order: the results do not depend
// on the number of ranks.
#pragma once

#include <vector>

#include "apps/laconic/learn/batch_sums.hpp"
#include "apps/laconic/run/votes.hpp"
#include "comm/base/hosted.hpp"

namespace laconic {

class SiteSums {
 public:
  explicit SiteSums(const comm::Hosted& hosted)
      : hosted_(hosted), values_(hosted.sites * width + Votes().values().size()) {}

  // Sets the sums of a site of this rank, and one more number of the site.
  void set(int site, std::span<const double> sums, double number) {
    *std::ranges::copy(sums, values_.begin() + static_cast<int64_t>(width) * site).out = number;
  }
  // Sums over the sites, and `votes` over the ranks. Returns the sums of all sites, and writes the
  // sum of their numbers to `number`. Collective. Every site must be set again for the next call.
  BatchSums agree(comm::Exchange& exchange, Votes& votes, double& number) {
    const std::span<double> cast = votes.values(), summed = std::span(values_).last(cast.size());
    std::ranges::copy(cast, summed.begin());
    exchange.sum(values_);
    std::ranges::copy(summed, cast.begin());
    votes.summed();
    BatchSums total;
    number = 0;
    for (int s = 0; s < hosted_.sites; ++s) {
      const std::span<const double> site = std::span(values_).subspan(width * s, width);
      for (size_t i = 0; i + 1 < width; ++i) total.values()[i] += site[i];
      number += site.back();
    }
    std::ranges::fill(values_, 0.0);
    return total;
  }

 private:
  static constexpr size_t width = BatchSums::count + 1;
  const comm::Hosted hosted_;
  std::vector<double> values_;  // of each site, and the votes
};

}  // namespace laconic
