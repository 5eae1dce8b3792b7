// The references for the codes of pairs. They work bit by bit and are for tests.
#pragma once

#include "framework/ops/codec/codec.hpp"
#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

void encode_indices_ref(IndexCodec codec, std::span<const int32_t> indices, int64_t base,
                        int64_t range, std::vector<std::byte>& out);
int64_t decode_indices_ref(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                           int64_t base, int64_t range, int32_t* indices);
void encode_values_ref(ValueType type, std::span<const float> values, std::vector<std::byte>& out);
int64_t decode_values_ref(ValueType type, std::span<const std::byte> bytes, int64_t count,
                          float* values);

// The functions of codec.hpp, for the walk.
struct CodecFunctions {
  void (*encode_indices)(IndexCodec codec, std::span<const int32_t> indices, int64_t base,
                         int64_t range, std::vector<std::byte>& out);
  int64_t (*decode_indices)(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                            int64_t base, int64_t range, int32_t* indices);
  void (*encode_values)(ValueType type, std::span<const float> values, std::vector<std::byte>& out);
  int64_t (*decode_values)(ValueType type, std::span<const std::byte> bytes, int64_t count,
                           float* values);
};
extern const KernelChecks<CodecFunctions> codec_checks;

}  // namespace laconic::ops
