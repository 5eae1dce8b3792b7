// Update rules and the norm on the flat parameter buffer, over all threads of a context. The bits
// are the same for any number of threads.
#pragma once

#include <span>

#include "framework/base/context.hpp"
#include "framework/ops/update/update_kernels.hpp"

namespace laconic::ops {

// Gradients g, parameters w and moments have the same length; v may be empty.
void sgd(const Context& context, const SgdArgs& rule, std::span<const float> g, std::span<float> w,
         std::span<float> v);
void adam(const Context& context, const AdamArgs& rule, std::span<const float> g,
          std::span<float> w, std::span<float> m, std::span<float> v);

// Returns the Euclidean norm, summed in double. It is NaN or infinite if any element is.
double norm(const Context& context, std::span<const float> values);

}  // namespace laconic::ops
