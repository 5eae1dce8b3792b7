#include "comm/gradient/xi.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::comm {
namespace {

class DenseSum : public SumJob {
 public:
  explicit DenseSum(std::span<float> values)
      : values_(values), dense_(find_allreduce("ring").make({})) {}
  void run(Communicator& communicator) override { dense_->sum(communicator, values_, 0); }

 private:
  std::span<float> values_;
  std::unique_ptr<Allreduce> dense_;
};

}  // namespace

Xi::Xi(Exchange& exchange, const Context& context, int64_t elements)
    : exchange_(exchange), context_(context), accumulators_(elements), gradients_(elements) {}

void Xi::add(int64_t begin, const ops::Accumulator& accumulator, const ops::SparseVector& result) {
  ops::accumulate(context_, accumulator,
                  std::span(accumulators_).subspan(begin, accumulator.size()));
  std::copy(accumulator.gradient.begin(), accumulator.gradient.end(), gradients_.begin() + begin);
  for (int64_t i = 0; i < result.size(); ++i)
    result_.push_back(static_cast<int32_t>(begin + result.indices[i]), result.values[i]);
}

double Xi::measure(int64_t k) {
  DenseSum accumulators(accumulators_);
  DenseSum gradients(gradients_);
  exchange_.start(accumulators, "xi");
  exchange_.start(gradients, "xi");
  exchange_.finish();
  ops::top_k(context_, {{}, accumulators_, 1}, k, scratch_, wanted_);
  // accumulators_ is reused for the difference.
  std::fill(accumulators_.begin(), accumulators_.end(), 0.0f);
  for (int64_t i = 0; i < wanted_.size(); ++i)
    accumulators_[wanted_.indices[i]] = wanted_.values[i];
  for (int64_t i = 0; i < result_.size(); ++i)
    accumulators_[result_.indices[i]] -= result_.values[i];
  result_.clear();
  const auto norm = [](const std::vector<float>& values) {
    double sum = 0;
    for (const float v : values) sum += static_cast<double>(v) * v;
    return std::sqrt(sum);
  };
  return norm(accumulators_) / norm(gradients_);
}

}  // namespace laconic::comm
