// Logical sites (subnets, workers, clients) and the ranks that host them: site s is at rank
// s mod ranks. Sites may outnumber ranks.
#pragma once

namespace laconic::comm {

struct Hosted {
  int rank = 0, ranks = 1, sites = 1;

  int host(int site) const { return site % ranks; }
  bool has(int site) const { return host(site) == rank; }
  int count(int of_rank) const { return (sites - of_rank + ranks - 1) / ranks; }
};

}  // namespace laconic::comm
