// The votes of a rank at the end of a unit: to stop, to save, and to wait because it is still
// writing its part of a checkpoint. A learner sums the votes over the ranks together with its own
// values. If it sums nothing in a unit, it leaves the votes alone or calls agree().
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "comm/exchange/exchange.hpp"

namespace laconic {

class Votes {
 public:
  enum Name { stop, save, writing };

  void cast(Name name, bool yes) { values_[name] = yes ? 1 : 0; }
  // Returns the values to sum over the ranks, in place. Call summed() after that.
  std::span<double> values() { return values_; }
  void summed() { are_summed_ = true; }
  void agree(comm::Exchange& exchange) {
    exchange.sum(values_);
    summed();
  }

  bool are_summed() const { return are_summed_; }
  // Returns whether any rank voted for it; false if the votes were not summed. All ranks get the
  // same answer.
  bool any(Name name) const { return are_summed_ && values_[name] > 0; }
  // Returns whether the votes were summed and no rank voted for it. All ranks get the same answer.
  bool none(Name name) const { return are_summed_ && values_[name] == 0; }

 private:
  std::array<double, 3> values_{};
  bool are_summed_ = false;
};

}  // namespace laconic
