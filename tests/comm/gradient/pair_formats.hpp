// The two formats of pairs that tests of messages use.
#pragma once

#include "comm/sparse/pair_message.hpp"

namespace laconic::comm::test {

inline constexpr PairFormat plain_pairs{ops::IndexCodec::plain, ops::ValueType::float32};
inline constexpr PairFormat small_pairs{ops::IndexCodec::rice, ops::ValueType::bfloat16};

}  // namespace laconic::comm::test
