#include "comm/cost.hpp"

#include <algorithm>
#include <bit>

#include "comm/butterfly.hpp"

namespace laconic::comm {
namespace {

constexpr int64_t float_bytes = 4;

int64_t longest_segment(int64_t n, int ranks) {
  return (n + ranks - 1) / ranks;
}

double message_s(const LinkOptions& link, double share, int64_t n) {
  return link.latency_s + share * link.occupied_s(float_bytes * n);
}

}  // namespace

double ring_seconds(const LinkOptions& link, int64_t n, int ranks) {
  return 2 * (ranks - 1) * message_s(link, 1, longest_segment(n, ranks));
}

double recursive_doubling_seconds(const LinkOptions& link, int64_t n, int ranks) {
  const Fold fold(0, ranks);
  return (fold.rounds + (fold.has_partner ? 2 : 0)) * message_s(link, 1, n);
}

double rabenseifner_seconds(const LinkOptions& link, int64_t n, int ranks) {
  const Fold fold(0, ranks);
  double seconds = fold.has_partner ? 2 * message_s(link, 1, n) : 0;
  for (int distance = fold.core / 2; distance > 0; distance /= 2)
    seconds += 2 * message_s(link, static_cast<double>(distance) / fold.core, n);
  return seconds;
}

double circulant_seconds(const LinkOptions& link, int64_t n, int ranks) {
  const int rounds = std::bit_width(static_cast<unsigned>(ranks - 1));
  const int64_t bytes = float_bytes * (ranks - 1) * longest_segment(n, ranks);
  return 2 * (rounds * link.latency_s + link.occupied_s(bytes));
}

double ref_seconds(const LinkOptions& link, int64_t n, int ranks) {
  return ranks == 1 ? 0 : 2 * message_s(link, ranks - 1, n);
}

double dense_seconds(const LinkOptions& link, int64_t n, int ranks) {
  return std::min({ring_seconds(link, n, ranks), recursive_doubling_seconds(link, n, ranks),
                   rabenseifner_seconds(link, n, ranks), circulant_seconds(link, n, ranks)});
}

double sparse_seconds(const LinkOptions& link, int64_t n, double messages, double pairs,
                      double bytes_per_pair) {
  return messages * link.latency_s + link.occupied_s(static_cast<int64_t>(pairs * bytes_per_pair)) +
         static_cast<double>(n) * link.element_s;
}

}  // namespace laconic::comm
