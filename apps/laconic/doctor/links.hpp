// Latency and bandwidth between every two ranks, and which of them are out of line.
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.hpp"

namespace laconic::doctor {

struct Link {
  int a = 0, b = 0;  // ranks, a < b
  double latency_s = 0;
  double bytes_per_s = 0;
};

// Who meets `rank` in this round of a tournament of `ranks`, -1: nobody. In rounds 0 ...
// rounds_of(ranks) - 1 every two meet once, and in a round nobody meets two.
int opponent(int rank, int ranks, int round);
int rounds_of(int ranks);

// Collective. Messages to and fro, round after round, the best of several of each kind: half the
// time of an empty one, the rate of one of 1 MiB. Beyond 64 rounds (65 ranks) some pairs are not
// measured, but every rank is as often as the others. At rank 0: all links; elsewhere nothing.
std::vector<Link> measure_links(comm::Communicator& communicator);

struct SlowLink {
  Link link;
  double usual_latency_s = 0, usual_bytes_per_s = 0;
};

// Links with more than four times the median latency or less than a third of the median bandwidth
// of their kind: within a host and between hosts (`hosts`: of each rank).
std::vector<SlowLink> slow_ones(const std::vector<Link>& links,
                                const std::vector<std::string>& hosts);

}  // namespace laconic::doctor
