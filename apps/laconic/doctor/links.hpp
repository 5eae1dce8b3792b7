// Measures latency and bandwidth between all pairs of ranks, and finds slow links.
#pragma once

#include <string>
#include <vector>

#include "comm/base/communicator.hpp"

namespace laconic::doctor {

struct Link {
  int a = 0, b = 0;  // ranks, a < b
  double latency_s = 0;
  double bytes_per_s = 0;
};

// Returns the partner of `rank` in a round of a tournament of `ranks`; -1: it has none. In rounds 0
// to rounds_of(ranks) - 1 each pair of ranks meets once. A rank meets at most one other per round.
int opponent(int rank, int ranks, int round);
int rounds_of(int ranks);

// Measures the links. Collective. Returns all links at rank 0, nothing at other ranks. Each pair
// sends several messages of each kind back and forth, and the best one counts. Latency is half the
// round trip of an empty message; bandwidth is that of 1 MiB. There are at most 64 rounds, so with
// more than 65 ranks some pairs are not measured, but each rank equally often.
std::vector<Link> measure_links(comm::Communicator& communicator);

struct SlowLink {
  Link link;
  double usual_latency_s = 0, usual_bytes_per_s = 0;
};

// Returns the links that are slow for their kind, within a host or between hosts. These have more
// than four times the median latency, or less than a third of the median bandwidth.
// `hosts`: the host of each rank.
std::vector<SlowLink> slow_ones(const std::vector<Link>& links,
                                const std::vector<std::string>& hosts);

}  // namespace laconic::doctor
