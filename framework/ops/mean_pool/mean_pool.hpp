// y(image, c) = the mean of x(pixel, c) over all pixels of the image (global average pooling; Lin,
// Chen, Yan: "Network in network", arXiv 1312.4400). The output is a row per image, whatever the
// size of the images.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind mean_pool;
}

template <class T>
std::unique_ptr<Kernel<T>> make_mean_pool_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_mean_pool_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
