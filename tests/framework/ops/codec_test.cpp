// Codes of indices and values against their bit by bit definitions, and what decoding makes of
// damaged ones.
#include "framework/ops/codec/codec.hpp"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/ops/codec/codec_ref.hpp"
#include "framework/ops/codec/rice.hpp"
#include "tests/comm/allocations.hpp"

namespace laconic::ops {
namespace {

constexpr IndexCodec codecs[] = {IndexCodec::plain, IndexCodec::delta16, IndexCodec::rice};

struct Indices {
  std::string name;
  int64_t base, range;
  std::vector<int32_t> list;
};

std::vector<int32_t> scattered(uint64_t seed, int64_t base, int64_t range, double density) {
  const Random random(seed, Stream::test);
  std::vector<int32_t> list;
  for (int64_t i = 0; i < range; ++i)
    if (random.uniform(static_cast<uint64_t>(i)) < density)
      list.push_back(static_cast<int32_t>(base + i));
  return list;
}

std::vector<int32_t> consecutive(int64_t first, int64_t count) {
  std::vector<int32_t> list(count);
  std::iota(list.begin(), list.end(), static_cast<int32_t>(first));
  return list;
}

std::vector<Indices> cases() {
  constexpr int64_t all = int64_t{INT32_MAX} + 1;
  std::vector<Indices> list = {
      {"none", 5, 10, {}},
      {"none of none", 7, 0, {}},
      {"the only one", 9, 1, {9}},
      {"first", 100, 50, {100}},
      {"last", 100, 50, {149}},
      {"all", 64, 200, consecutive(64, 200)},
      {"all but one", 64, 200, consecutive(65, 199)},
      {"ends of everything", 0, all, {0, INT32_MAX}},
      {"last of everything", 0, all, {INT32_MAX}},
      {"gaps around the escape",
       3,
       1 << 20,
       {3, 3 + 65535, 3 + 65535 + 65536, 3 + 65535 + 65536 + 65537, (1 << 20) + 2}},
      {"crowd at the front", 0, 1000000, consecutive(0, 1000)},
      {"crowd at the back", 0, 1000000, consecutive(999000, 1000)},
      {"crowd and one far away", 0, all, consecutive(0, 1000)},
  };
  list.back().list.push_back(INT32_MAX);
  uint64_t seed = 0;
  for (const double density : {0.9, 0.5, 0.3, 0.1, 0.01, 0.001})
    for (const int64_t range : {63, 64, 65, 1000, 100003})
      list.push_back(
          {"density " + std::to_string(density), 77, range, scattered(++seed, 77, range, density)});
  return list;
}

std::vector<std::byte> encode(IndexCodec codec, const Indices& each) {
  std::vector<std::byte> bytes = {std::byte{42}};  // something is there already
  encode_indices(codec, each.list, each.base, each.range, bytes);
  EXPECT_EQ(bytes.front(), std::byte{42});
  bytes.erase(bytes.begin());
  return bytes;
}

TEST(IndexCodes, AreTheDefinedBytesAndComeBack) {
  for (const Indices& each : cases())
    for (const IndexCodec codec : codecs) {
      SCOPED_TRACE(each.name + ", range " + std::to_string(each.range) + ", codec " +
                   std::to_string(static_cast<int>(codec)));
      std::vector<std::byte> bytes = encode(codec, each), expected;
      encode_indices_ref(codec, each.list, each.base, each.range, expected);
      EXPECT_EQ(bytes, expected);
      const auto count = static_cast<int64_t>(each.list.size());
      std::vector<int32_t> back(each.list.size());
      EXPECT_EQ(decode_indices(codec, bytes, count, each.base, each.range, back.data()),
                static_cast<int64_t>(bytes.size()));
      EXPECT_EQ(back, each.list);
      // What follows is not looked at.
      const int64_t size = static_cast<int64_t>(bytes.size());
      bytes.resize(bytes.size() + 9, std::byte{255});
      back.assign(back.size(), 0);
      EXPECT_EQ(decode_indices(codec, bytes, count, each.base, each.range, back.data()), size);
      EXPECT_EQ(back, each.list);
    }
}

// Decodes bytes that end where their memory does, so that a sanitizer sees a read too far. Whatever
// the bytes: decoding does what the reference does, and what it accepts is in order.
// Returns whether it accepts.
bool decodes_like_the_reference(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                                int64_t base, int64_t range) {
  const auto run = [&](auto decode, std::vector<int32_t>& indices) -> int64_t {
    const std::unique_ptr<std::byte[]> exact(new std::byte[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    try {
      return decode(codec, std::span<const std::byte>(exact.get(), bytes.size()), count, base,
                    range, indices.data());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::communication) << error.what();
      return -1;
    }
  };
  std::vector<int32_t> indices(count), expected(count);
  const int64_t taken = run(decode_indices, indices);
  const int64_t truth = run(decode_indices_ref, expected);
  EXPECT_EQ(taken, truth);
  if (taken < 0) return false;
  EXPECT_EQ(indices, expected);
  for (int64_t i = 0, next = base; i < count; next = indices[i++] + int64_t{1})
    if (indices[i] < next || indices[i] >= base + range) ADD_FAILURE() << "not in order";
  return true;
}

std::vector<Indices> small_cases() {
  std::vector<Indices> list;
  for (const Indices& each : cases())
    if (each.list.size() < 700) list.push_back(each);
  return list;
}

TEST(DamagedIndexCodes, AreRefusedWhereTheyEndTooEarly) {
  for (const Indices& each : small_cases())
    for (const IndexCodec codec : codecs) {
      const std::vector<std::byte> bytes = encode(codec, each);
      const auto count = static_cast<int64_t>(each.list.size());
      for (size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(
            decodes_like_the_reference(codec, {bytes.data(), size}, count, each.base, each.range))
            << each.name << " codec " << static_cast<int>(codec) << " size " << size;
    }
}

TEST(DamagedIndexCodes, AreRefusedOrOtherIndicesInOrderWhereABitIsWrong) {
  for (const IndexCodec codec : codecs) {
    int64_t accepted = 0, refused = 0;
    for (const Indices& each : small_cases()) {
      std::vector<std::byte> bytes = encode(codec, each);
      for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        const std::byte flip = std::byte{1} << (bit % 8);
        bytes[bit / 8] ^= flip;
        const bool accepts = decodes_like_the_reference(
            codec, bytes, static_cast<int64_t>(each.list.size()), each.base, each.range);
        (accepts ? accepted : refused) += 1;
        bytes[bit / 8] ^= flip;
      }
    }
    EXPECT_GT(accepted, 0);  // a code has few bits to spare, so many are a code again
    EXPECT_GT(refused, 0);
  }
}

TEST(DamagedIndexCodes, AreRefusedOrInOrderWhereAllIsNoise) {
  const Random random(1, Stream::test);
  uint64_t draw = 0;
  const auto below = [&](uint64_t bound) {
    return static_cast<int64_t>(random.below(draw++, bound));
  };
  for (int trial = 0; trial < 20000; ++trial) {
    const int64_t count = below(20), range = below(uint64_t{1} << below(32));
    std::vector<std::byte> bytes(below(64));
    const bool sparse = below(2) == 0;  // few ones
    for (std::byte& byte : bytes) {
      const int64_t mask = sparse ? below(256) & below(256) : 255;
      byte = static_cast<std::byte>(below(256) & mask);
    }
    decodes_like_the_reference(codecs[trial % 3], bytes, count, 0, range);
  }
}

TEST(DamagedIndexCodes, WithImpossibleCountsAreRefusedBeforeAnythingIsWritten) {
  const std::vector<std::byte> bytes(64, std::byte{255});
  for (const IndexCodec codec : codecs)
    for (const int64_t count : {int64_t{-1}, int64_t{1001}, INT64_MAX})
      EXPECT_THROW(decode_indices(codec, bytes, count, 0, 1000, nullptr), Error);
  // The range has room for them, the message has not.
  for (const IndexCodec codec : codecs)
    EXPECT_THROW(decode_indices(codec, bytes, INT32_MAX, 0, INT32_MAX, nullptr), Error);
}

TEST(DamagedIndexCodes, OfManyZerosAreRefused) {
  std::vector<std::byte> bytes(1 << 20);
  bytes.back() = std::byte{128};
  int32_t index;
  for (const int64_t range : {int64_t{1}, int64_t{100}, int64_t{INT32_MAX} + 1})
    EXPECT_THROW(decode_indices(IndexCodec::rice, bytes, 1, 0, range, &index), Error);
}

TEST(IndexCodes, RefuseToEncodeWhatIsNotAscendingInTheRange) {
  std::vector<std::byte> out;
  for (const IndexCodec codec : codecs) {
    EXPECT_THROW(encode_indices(codec, std::vector<int32_t>{4, 5}, 5, 10, out), Error);
    EXPECT_THROW(encode_indices(codec, std::vector<int32_t>{5, 15}, 5, 10, out), Error);
    EXPECT_THROW(encode_indices(codec, {}, 5, INT32_MAX, out), Error);
  }
  for (const IndexCodec codec : {IndexCodec::delta16, IndexCodec::rice})
    EXPECT_THROW(encode_indices(codec, std::vector<int32_t>{5, 8, 7, 9}, 5, 10, out), Error);
}

double bits_per_index(double density) {
  const int64_t range = 1 << 20;
  const Indices each{"", 0, range, scattered(99, 0, range, density)};
  return 8.0 * static_cast<double>(encode(IndexCodec::rice, each).size()) /
         static_cast<double>(each.list.size());
}

TEST(RiceCodes, AreNearTheEntropy) {
  for (const double d : {0.5, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001}) {
    const double entropy = -std::log2(d) - (1 - d) / d * std::log2(1 - d);
    EXPECT_LT(bits_per_index(d), 1.04 * entropy) << d;
  }
}

TEST(RiceCodes, WithBfloat16TakeLessThan45PercentOfPlainPairsAtOnePercent) {
  EXPECT_LT((bits_per_index(0.01) + 16) / 64, 0.38);
}

// The expected length with r low bits at density d: r + 1 + q / (1 - q), q = (1 - d)^(2^r).
TEST(RiceCodes, UseTheBestParameter) {
  for (const int64_t range : {int64_t{1000}, int64_t{1} << 20, int64_t{1} << 31})
    for (int64_t count = 1; count <= range; count += 1 + count / 7) {
      const double d = static_cast<double>(count) / static_cast<double>(range);
      const auto length = [&](int r) {
        const double q = std::exp(std::ldexp(std::log1p(-d), r));
        return r + 1 + q / (1 - q);
      };
      const int r = rice_parameter(range, count);
      ASSERT_GE(r, 0);
      ASSERT_LE(r, 31);
      EXPECT_LE(length(r), 1.003 * length(r + 1)) << range << " " << count;
      if (r > 0) {
        EXPECT_LE(length(r), 1.003 * length(r - 1)) << range << " " << count;
      }
    }
}

TEST(RiceCodes, StayShortWhereverTheIndicesAre) {
  for (const Indices& each : cases()) {
    if (each.list.empty()) continue;
    const auto count = static_cast<int64_t>(each.list.size());
    EXPECT_LE(8 * static_cast<int64_t>(encode(IndexCodec::rice, each).size()),
              count * (rice_parameter(each.range, count) + 6) + 16)
        << each.name;
  }
}

TEST(Codes, AllocateNothingTheSecondTime) {
  const std::vector<int32_t> list = scattered(5, 0, 100000, 0.01);
  const std::vector<float> values(list.size(), 1.5f);
  std::vector<int32_t> indices(list.size());
  std::vector<float> back(list.size());
  std::vector<std::byte> bytes;
  const auto round = [&] {
    for (const IndexCodec codec : codecs)
      for (const ValueType type : {ValueType::float32, ValueType::bfloat16}) {
        const auto count = static_cast<int64_t>(list.size());
        bytes.clear();
        encode_indices(codec, list, 0, 100000, bytes);
        encode_values(type, values, bytes);
        const int64_t taken = decode_indices(codec, bytes, count, 0, 100000, indices.data());
        decode_values(type, std::span(bytes).subspan(taken), count, back.data());
      }
  };
  round();
  comm::test::start_counting();
  round();
  EXPECT_EQ(comm::test::stop_counting(), 0);
  EXPECT_EQ(back, values);
}

uint32_t bits(float x) {
  return __builtin_bit_cast(uint32_t, x);
}
float number(uint32_t b) {
  return __builtin_bit_cast(float, b);
}

// By definition: the nearer of the two neighbours, the even one of two equally near.
float to_bfloat16_ref(float x) {
  const float below = number(bits(x) & 0xffff0000u);
  const uint32_t next = bits(below) + 0x10000u;
  if ((next & 0x7fffffffu) == 0x7f800000u) return below;
  const float above = number(next);
  const double down = std::abs(static_cast<double>(x) - below);
  const double up = std::abs(static_cast<double>(above) - x);
  if (down != up) return down < up ? below : above;
  return (bits(below) >> 16) % 2 == 0 ? below : above;
}

TEST(Bfloat16, IsTheNearestTiesToEvenAndNeverInfinite) {
  for (uint32_t upper = 0; upper < 0x10000; ++upper)
    for (const uint32_t lower : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu}) {
      const float x = number(upper << 16 | lower);
      if (!std::isfinite(x)) continue;
      ASSERT_EQ(bits(to_bfloat16(x)), bits(to_bfloat16_ref(x))) << x;
      ASSERT_TRUE(std::isfinite(to_bfloat16(x)));
      ASSERT_EQ(bits(to_bfloat16(x)) & 0xffff, 0u);
    }
  EXPECT_EQ(bits(to_bfloat16(FLT_MAX)), 0x7f7f0000u);
  EXPECT_EQ(bits(to_bfloat16(-FLT_MAX)), 0xff7f0000u);
  EXPECT_EQ(bits(to_bfloat16(-0.0f)), 0x80000000u);
}

TEST(ValueCodes, ComeBackBitForBit) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const float nan = number(0x7fc10000u);
  for (const int64_t count : {0, 1, 7, 8, 9, 1000}) {
    for (const ValueType type : {ValueType::float32, ValueType::bfloat16}) {
      std::vector<float> values;
      for (int64_t i = 0; i < count; ++i) {
        const float odd[] = {-0.0f, inf, nan, number(0x00010000u), -1.5f};
        const float x = i < 5 ? odd[i] : 1.1f * static_cast<float>(i);
        values.push_back(type == ValueType::float32 || i < 5 ? x : to_bfloat16(x));
      }
      std::vector<std::byte> bytes = {std::byte{7}};
      encode_values(type, values, bytes);
      const int64_t size = count * (type == ValueType::float32 ? 4 : 2);
      ASSERT_EQ(static_cast<int64_t>(bytes.size()), 1 + size);
      std::vector<float> back(count);
      const std::span<const std::byte> code = std::span(bytes).subspan(1);
      EXPECT_EQ(decode_values(type, code, count, back.data()), size);
      for (int64_t i = 0; i < count; ++i) EXPECT_EQ(bits(back[i]), bits(values[i]));
      EXPECT_THROW(decode_values(type, code, count + 1, back.data()), Error);
      EXPECT_THROW(decode_values(type, code, -1, back.data()), Error);
      EXPECT_THROW(decode_values(type, code, INT64_MAX, back.data()), Error);
    }
  }
}

TEST(ValueCodes, RefuseToLoseBits) {
  std::vector<std::byte> bytes;
  EXPECT_THROW(encode_values(ValueType::bfloat16, std::vector<float>{1, 1.1f}, bytes), Error);
}

}  // namespace
}  // namespace laconic::ops
