#include "framework/base/random.hpp"
#include "framework/ops/codec/codec_ref.hpp"
#include "framework/ops/kernel_check.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t first_index = 1000;

// Ascending indices and their range: dense ones, and sparse ones whose gaps need an escape.
template <class Use>
void for_lists(const Trial& trial, Use use) {
  const Random random(17, Stream::test);
  for (const uint64_t widest : {3u, 400u, 100'000u}) {
    std::vector<int32_t> indices;
    int64_t next = first_index;
    for (int64_t i = 0; i < trial.size(); ++i) {
      next += static_cast<int64_t>(random.below(static_cast<uint64_t>(i), widest));
      indices.push_back(static_cast<int32_t>(next++));
    }
    for (const IndexCodec codec : {IndexCodec::plain, IndexCodec::delta16, IndexCodec::rice})
      use(codec, indices, next - first_index + 5);
  }
}

void encode_indices(const CodecFunctions& table, Trial& trial) {
  for_lists(trial, [&](IndexCodec codec, const std::vector<int32_t>& indices, int64_t range) {
    std::vector<std::byte> bytes;
    table.encode_indices(codec, indices, first_index, range, bytes);
    trial.returned("code", bytes);
  });
}

void decode_indices(const CodecFunctions& table, Trial& trial) {
  for_lists(trial, [&](IndexCodec codec, const std::vector<int32_t>& indices, int64_t range) {
    std::vector<std::byte> bytes;
    encode_indices_ref(codec, indices, first_index, range, bytes);
    bytes.resize(bytes.size() + 3);  // what follows in a message
    int32_t* const decoded =
        trial.list<int32_t>("indices", trial.size(), [](int64_t) { return 0; });
    trial.returned("bytes read",
                   table.decode_indices(codec, bytes, trial.size(), first_index, range, decoded));
  });
}

constexpr ValueType types[] = {ValueType::float32, ValueType::bfloat16};

std::vector<float> values_for(ValueType type, Trial& trial) {
  const float* const drawn = trial.floats("drawn", trial.size());
  std::vector<float> values(drawn, drawn + trial.size());
  if (type == ValueType::bfloat16)
    for (float& x : values) x = to_bfloat16(x);
  return values;
}

void encode_values(const CodecFunctions& table, Trial& trial) {
  for (const ValueType type : types) {
    std::vector<std::byte> bytes;
    table.encode_values(type, values_for(type, trial), bytes);
    trial.returned("code", bytes);
  }
}

void decode_values(const CodecFunctions& table, Trial& trial) {
  for (const ValueType type : types) {
    std::vector<std::byte> bytes;
    encode_values_ref(type, values_for(type, trial), bytes);
    bytes.resize(bytes.size() + 3);
    float* const decoded = trial.list<float>("values", trial.size(), [](int64_t) { return 0; });
    trial.returned("bytes read", table.decode_values(type, bytes, trial.size(), decoded));
  }
}

constexpr KernelCheck<CodecFunctions> codec_calls[] = {{"codec.encode_indices", encode_indices},
                                                       {"codec.decode_indices", decode_indices},
                                                       {"codec.encode_values", encode_values},
                                                       {"codec.decode_values", decode_values}};
constexpr CodecFunctions codec_functions = {
    .encode_indices = ops::encode_indices,
    .decode_indices = ops::decode_indices,
    .encode_values = ops::encode_values,
    .decode_values = ops::decode_values,
};
constexpr CodecFunctions codec_functions_ref = {.encode_indices = encode_indices_ref,
                                                .decode_indices = decode_indices_ref,
                                                .encode_values = encode_values_ref,
                                                .decode_values = decode_values_ref};

}  // namespace

constinit const KernelChecks<CodecFunctions> codec_checks = {
    {"codec", walk_once<CodecFunctions>},
    codec_calls,
    [](Isa) -> const CodecFunctions& { return codec_functions; },
    &codec_functions_ref};

}  // namespace laconic::ops
