// Randomness is a function, never a hidden state: bits(seed, stream, step, index). A resumed run,
// another rank or another thread count asks for the same index and gets the same bits. Generator:
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC'11).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace laconic {

// One name a purpose, so that two purposes never share bits. Append only: the numbers are in every
// run's history.
enum class Stream : uint32_t {
  initialise = 1,  // parameters
  epoch_order = 2,
  dropout = 3,
  data = 4,  // synthetic data sets
  split = 5,
  test = 6,
};

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Random {
 public:
  // `substream` separates users of one stream, e.g. the dropout sites of a network.
  Random(uint64_t seed, Stream stream, uint64_t step = 0, uint32_t substream = 0);

  std::array<uint32_t, 4> bits(uint64_t index) const;    // 128 bits for this index
  uint64_t word(uint64_t index) const;                   // 64 bits
  double uniform(uint64_t index) const;                  // [0, 1), 53 bits
  double normal(uint64_t index) const;                   // mean 0, variance 1 (Box-Muller)
  uint64_t below(uint64_t index, uint64_t bound) const;  // [0, bound); bias < 2^-64 * bound

  // Shuffles in place (Fisher-Yates); the permutation is a function of this generator alone.
  void shuffle(std::span<int32_t> values) const;

  // For kernels that make many counters at once: bits(i) = philox4x32({i, step}, key()).
  std::array<uint32_t, 2> key() const { return key_; }

 private:
  std::array<uint32_t, 2> key_;
  uint64_t step_;
};

}  // namespace laconic
