// What a rank is connected with, as the alpha-beta model sees it: a message of b bytes is under way
// for alpha + b beta seconds and occupies the way out of its sender and the way into its receiver
// for b beta seconds each. Messages on one way go one after the other; the two ways of a rank do
// not disturb each other, and there is nothing else that messages could meet in. Beside it what a
// sparse sum costs before anything travels.
#pragma once

#include <cstdint>
#include <limits>

namespace laconic::comm {

// An element of a gradient to accumulate, select from and commit, selected or not: about 20 bytes
// from memory.
constexpr double usual_element_ns = 0.8;

struct LinkOptions {
  double latency_s = 0;                                          // alpha
  double bytes_per_s = std::numeric_limits<double>::infinity();  // 1/beta, each way
  double element_s = 1e-9 * usual_element_ns;                    // gamma

  double occupied_s(int64_t bytes) const { return static_cast<double>(bytes) / bytes_per_s; }
};

// In the units of people; all may be 0.
inline LinkOptions link_of(double alpha_us, double beta_ns_per_byte,
                           double gamma_ns_per_element = usual_element_ns) {
  return {.latency_s = 1e-6 * alpha_us,
          .bytes_per_s = 1e9 / beta_ns_per_byte,
          .element_s = 1e-9 * gamma_ns_per_element};
}

}  // namespace laconic::comm
