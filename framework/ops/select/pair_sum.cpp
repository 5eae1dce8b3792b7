#include <bit>

#include "framework/base/error.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::ops {

void PairSum::open(int64_t first, int64_t length) {
  first_ = first;
  const auto elements = static_cast<size_t>(length);
  if (elements > sums_.size()) {
    sums_.resize(elements);
    touched_.resize((elements + 63) / 64);
  }
}

void PairSum::add(std::span<const int32_t> indices, std::span<const float> values) {
  if (indices.empty()) return;
  LACONIC_CHECK(indices.front() >= first_ &&
                indices.back() - first_ < static_cast<int64_t>(sums_.size()));
  for (size_t i = 0; i < indices.size(); ++i) {
    const int64_t at = indices[i] - first_;
    sums_[at] += values[i];
    touched_[at / 64] |= uint64_t{1} << (at % 64);
  }
}

void PairSum::take(SparseVector& out) {
  out.clear();
  for (size_t word = 0; word < touched_.size(); ++word) {
    for (uint64_t bits = touched_[word]; bits != 0; bits &= bits - 1) {
      const int64_t at = static_cast<int64_t>(word) * 64 + std::countr_zero(bits);
      out.push_back(static_cast<int32_t>(first_ + at), sums_[at]);
      sums_[at] = 0;
    }
    touched_[word] = 0;
  }
}

}  // namespace laconic::ops
