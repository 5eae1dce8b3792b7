// Pairs as bytes: ascending indices relative to a base, and values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace laconic::ops {

// plain: 4 bytes an index. delta16: 16-bit gaps with an escape. rice: Golomb-Rice coded gaps, the
// parameter chosen from (range, count) alone, so that it needs no bytes.
enum class IndexCodec { plain, delta16, rice };
enum class ValueType { float32, bfloat16 };

// Round to nearest, ties to even. Finite numbers only; a number that would round to infinity
// becomes the largest finite one.
float to_bfloat16(float x);

// Appends the code of `indices`, which are ascending, in [base, base + range). Allocates only where
// `out` must grow.
void encode_indices(IndexCodec codec, std::span<const int32_t> indices, int64_t base, int64_t range,
                    std::vector<std::byte>& out);
// Reads `count` indices from the front of `bytes` into `indices`, and says how many bytes they
// took. Error(communication) where the bytes are no code of so many ascending indices in the range.
int64_t decode_indices(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                       int64_t base, int64_t range, int32_t* indices);

// Values that bfloat16 can hold exactly when type says so; 4 or 2 bytes each.
void encode_values(ValueType type, std::span<const float> values, std::vector<std::byte>& out);
int64_t decode_values(ValueType type, std::span<const std::byte> bytes, int64_t count,
                      float* values);

}  // namespace laconic::ops
