// Update rules and the norm on the flat parameter buffer, over all threads of a context. The same
// bits for any number of threads.
#pragma once

#include <span>

#include "framework/base/context.hpp"
#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {

// Gradients g, parameters w and the moments of all of them have the same length; v may be empty.
void sgd(const Context& context, const SgdArgs& rule, std::span<const float> g, std::span<float> w,
         std::span<float> v);
void adam(const Context& context, const AdamArgs& rule, std::span<const float> g,
          std::span<float> w, std::span<float> m, std::span<float> v);

// The Euclidean norm, summed in double; not finite if any element is not.
double norm(const Context& context, std::span<const float> values);

}  // namespace laconic::ops
