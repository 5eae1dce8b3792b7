#include "comm/sparse/options.hpp"

namespace laconic::comm {

void describe(PairFormat& format, config::Fields& f) {
  f.choice("index_codec", format.codec,
           {{"plain", ops::IndexCodec::plain},
            {"delta16", ops::IndexCodec::delta16},
            {"rice", ops::IndexCodec::rice}},
           "how indices are sent; plain: 32 bits; delta16: 16-bit gaps; rice: Golomb-Rice coded "
           "gaps");
  f.choice(
      "value_type", format.type,
      {{"bfloat16", ops::ValueType::bfloat16}, {"float32", ops::ValueType::float32}},
      "how values are sent; bfloat16 has 16 bits, and its rounding error is added to the residual");
}

}  // namespace laconic::comm
