// Random numbers as a function without hidden state: bits(seed, stream, step, index). So the bits
// of an index are the same after a resume, on every rank and with any number of threads. The
// generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1,
// 2, 3", SC'11).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace laconic {

// One name per purpose, so that two purposes never share bits. New names go to the end, since old
// runs depend on the numbers.
enum class Stream : uint32_t {
  initialise = 1,  // parameters
  epoch_order = 2,
  dropout = 3,
  data = 4,  // synthetic data sets
  split = 5,
  test = 6,
  partition = 7,       // of the units of a network among sites
  clients = 8,         // that take part in a round
  client_samples = 9,  // that a client takes in a round
  client_split = 10,   // of samples among clients
};

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Random {
 public:
  // `substream` separates the users of one stream, e.g. the dropout nodes of a network.
  Random(uint64_t seed, Stream stream, uint64_t step = 0, uint32_t substream = 0);

  std::array<uint32_t, 4> bits(uint64_t index) const;    // 128 bits for this index
  uint64_t word(uint64_t index) const;                   // 64 bits
  double uniform(uint64_t index) const;                  // [0, 1), 53 bits
  double normal(uint64_t index) const;                   // mean 0, variance 1 (Box-Muller)
  uint64_t below(uint64_t index, uint64_t bound) const;  // [0, bound); bias < 2^-64 * bound

  // Shuffles in place (Fisher-Yates); the permutation is a function of this generator alone.
  void shuffle(std::span<int32_t> values) const;

  // Returns the key, for kernels that process many counters at once: bits(i) = philox4x32({i,
  // step}, key()).
  std::array<uint32_t, 2> key() const { return key_; }

 private:
  std::array<uint32_t, 2> key_;
  uint64_t step_;
};

}  // namespace laconic
