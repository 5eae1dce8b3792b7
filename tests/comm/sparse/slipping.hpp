// Ok-Topk with a slip in its result, to see that a checker notices.
#pragma once

#include <functional>

#include "tests/comm/sparse/training.hpp"

namespace laconic::comm::test {

using Tamper = std::function<void(int rank, int64_t step, SparseSum&)>;

class Slipping : public OkTopk {
 public:
  Slipping(int ranks, Tamper tamper)
      : OkTopk(test_context(), exact(), {}, ranks), tamper_(std::move(tamper)) {}
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    OkTopk::sum_pairs(communicator, selected, length, k, result);
    tamper_(communicator.rank(), step_++, result);
  }

 private:
  static OkTopkOptions exact() {
    OkTopkOptions options;
    options.format.type = ops::ValueType::float32;
    return options;
  }

  Tamper tamper_;
  int64_t step_ = 0;
};

}  // namespace laconic::comm::test
