// y = x * mask / keep in training, y = x otherwise (Srivastava et al. 2014, inverted scaling).
//
//   rate: number in [0, 1)    probability of a zero
//   site: int >= 0            substream; differs for each dropout node of a network
//
// The mask is a function of (seed, site, Frame::step, element), so backward computes it again and
// nothing is stored. Element (i, j) is kept if the 16-bit lane j % 8 of bits(i * ceil(width / 8) +
// j / 8) is at least the threshold round(65536 * rate). keep = 1 - threshold / 65536 is the exact
// probability, so the expectation is exact, too.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind dropout;
}

// The threshold, and the exact inverse of the probability to keep an element.
struct DropoutRate {
  uint32_t threshold;
  double scale;
};
DropoutRate dropout_rate(double rate);

template <class T>
std::unique_ptr<Kernel<T>> make_dropout_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_dropout_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
