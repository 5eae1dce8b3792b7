// What a transfer is predicted to cost, by the alpha-beta model: a message of b bytes takes
// latency + b * seconds_per_byte. Choices between algorithms are functions of these constants,
// which come from the configuration or a machine file, never of the timing of the run that makes
// them.
#pragma once

#include <bit>
#include <cstdint>

namespace laconic::comm {

struct LinkCost {
  double latency_s = 50e-6;
  double seconds_per_byte = 0.8e-9;
  double select_seconds_per_element = 0.8e-9;  // accumulate, select and commit, on this processor
};

inline int log2_ceil(int ranks) {
  return std::bit_width(static_cast<unsigned>(ranks - 1));
}

// The ring: 2(P-1) messages, 2(P-1)/P of the vector.
inline double dense_seconds(int64_t n, int ranks, const LinkCost& cost) {
  const double steps = 2.0 * (ranks - 1);
  return steps * cost.latency_s +
         steps / ranks * 4.0 * static_cast<double>(n) * cost.seconds_per_byte;
}

// A sparse method that sends `messages` one after the other and `pairs` in all.
inline double sparse_seconds(int64_t n, double messages, double pairs, double bytes_per_pair,
                             const LinkCost& cost) {
  return messages * cost.latency_s + pairs * bytes_per_pair * cost.seconds_per_byte +
         static_cast<double>(n) * cost.select_seconds_per_element;
}

}  // namespace laconic::comm
