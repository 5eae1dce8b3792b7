// The kernels for any processor of the architecture the project is built for.

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {
namespace {
#include "framework/ops/simd/kernels.inc.hpp"
}  // namespace

const Kernels kernels_generic = table;

}  // namespace laconic::ops
