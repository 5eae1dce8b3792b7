// The link of a rank in the alpha-beta model. A message of b bytes is in flight for alpha + b beta
// seconds. It occupies the egress of its sender and the ingress of its receiver for b beta seconds
// each. Messages on one egress or ingress go one after the other. Egress and ingress of a rank are
// independent, and the network between them has no limit. gamma is the time per element that a
// sparse sum computes before it sends anything.
#pragma once

#include <cstdint>
#include <limits>

namespace laconic::comm {

// The default of gamma, in nanoseconds: the time to accumulate, select and commit one element of a
// gradient. This is about 20 bytes of memory traffic.
constexpr double usual_element_ns = 0.8;

struct Link {
  double latency_s = 0;                                          // alpha
  double bytes_per_s = std::numeric_limits<double>::infinity();  // 1/beta, each way
  double element_s = 1e-9 * usual_element_ns;                    // gamma

  double occupied_s(int64_t bytes) const { return static_cast<double>(bytes) / bytes_per_s; }
  double message_s(int64_t bytes) const { return latency_s + occupied_s(bytes); }
};

// Returns a link from the units of the configuration. All values may be 0.
inline Link link_of(double alpha_us, double beta_ns_per_byte,
                    double gamma_ns_per_element = usual_element_ns) {
  return {.latency_s = 1e-6 * alpha_us,
          .bytes_per_s = 1e9 / beta_ns_per_byte,
          .element_s = 1e-9 * gamma_ns_per_element};
}

}  // namespace laconic::comm
