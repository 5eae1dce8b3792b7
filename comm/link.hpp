// What a rank is connected with, as the alpha-beta model sees it: a message of b bytes is under way
// for alpha + b beta seconds and occupies the way out of its sender and the way into its receiver
// for b beta seconds each. Messages on one way go one after the other; the two ways of a rank do
// not disturb each other, and there is nothing else that messages could meet in.
#pragma once

#include <cstdint>
#include <limits>

namespace laconic::comm {

struct LinkOptions {
  double latency_s = 0;                                          // alpha
  double bytes_per_s = std::numeric_limits<double>::infinity();  // 1/beta, each way

  double occupied_s(int64_t bytes) const { return static_cast<double>(bytes) / bytes_per_s; }
};

// From alpha and beta in the units of people; both may be 0.
inline LinkOptions link_of(double alpha_us, double beta_ns_per_byte) {
  return {.latency_s = 1e-6 * alpha_us, .bytes_per_s = 1e9 / beta_ns_per_byte};
}

}  // namespace laconic::comm
