// The truth about the codes of indices: bit by bit. For tests.
#pragma once

#include "framework/ops/codec/codec.hpp"

namespace laconic::ops {

void encode_indices_ref(IndexCodec codec, std::span<const int32_t> indices, int64_t base,
                        int64_t range, std::vector<std::byte>& out);
int64_t decode_indices_ref(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                           int64_t base, int64_t range, int32_t* indices);

}  // namespace laconic::ops
