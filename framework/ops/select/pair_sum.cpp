#include <bit>

#include "framework/base/error.hpp"
#include "framework/base/room.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::ops {

namespace {

// Calls body(position) for every set bit of the words, in ascending order, and clears them.
template <class Body>
void drain(std::span<uint64_t> words, Body body) {
  for (size_t word = 0; word < words.size(); ++word) {
    if (words[word] == 0) continue;
    for (uint64_t bits = words[word]; bits != 0; bits &= bits - 1)
      body(static_cast<int64_t>(word) * 64 + std::countr_zero(bits));
    words[word] = 0;
  }
}

size_t words_of(int64_t length) {
  return static_cast<size_t>((length + 63) / 64);
}

}  // namespace

void PairSum::open(int64_t first, int64_t length) {
  LACONIC_CHECK(first >= 0 && length >= 0 && first + length <= int64_t{INT32_MAX} + 1);
  if (count_ > 0) drain({touched_.data(), words_of(length_)}, [&](int64_t at) { sums_[at] = 0; });
  first_ = first;
  length_ = length;
  count_ = 0;
  if (static_cast<size_t>(length) > sums_.size()) {
    make_room(sums_, length);
    make_room(touched_, words_of(length));
    sums_.resize(length);
    touched_.resize(words_of(length));
  }
}

void PairSum::add(std::span<const int32_t> indices, std::span<const float> values) {
  LACONIC_CHECK(indices.size() == values.size());
  const size_t size = indices.size();
  if (size == 0) return;
  LACONIC_CHECK(indices.front() >= first_ && indices.back() < first_ + length_,
                "pairs at {} .. {}, window [{}, {})", indices.front(), indices.back(), first_,
                first_ + length_);
  int64_t fresh = 0;
  for (size_t i = 0; i < size; ++i) {
    const int64_t at = indices[i] - first_;
    sums_[at] += values[i];
    uint64_t& word = touched_[at / 64];
    fresh += static_cast<int64_t>(~word >> (at % 64) & 1);
    word |= uint64_t{1} << (at % 64);
  }
  count_ += fresh;
}

void PairSum::take(SparseVector& out) {
  make_room(out.indices, count_);
  make_room(out.values, count_);
  out.indices.resize(count_);
  out.values.resize(count_);
  // Positions first, so that the reads of the sums are independent.
  int32_t* index = out.indices.data();
  drain({touched_.data(), words_of(length_)},
        [&](int64_t at) { *index++ = static_cast<int32_t>(first_ + at); });
  for (int64_t i = 0; i < count_; ++i) {
    float& sum = sums_[out.indices[i] - first_];
    out.values[i] = sum;
    sum = 0;
  }
  count_ = 0;
}

}  // namespace laconic::ops
