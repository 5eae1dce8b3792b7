// The choice: for each length the algorithm that should be the fastest on the given link. Chosen
// from numbers that all ranks share, never from time that was measured in the run, so all ranks
// choose alike, in every run.
#include "comm/dense/dense.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "comm/cost.hpp"

namespace laconic::comm {

// Of those that are about equally fast the first: a ring works in place, and of all it is the one
// whose rank sends to one peer and receives from another, which no prediction by link alone values;
// a circulant copies.
std::span<const DenseAlgorithm> dense_algorithms() {
  static constexpr DenseAlgorithm algorithms[] = {
      {"ring", make_ring, ring_traffic, ring_seconds},
      {"recursive_doubling", make_recursive_doubling, recursive_doubling_traffic,
       recursive_doubling_seconds},
      {"rabenseifner", make_rabenseifner, rabenseifner_traffic, rabenseifner_seconds},
      {"circulant", make_circulant, circulant_traffic, circulant_seconds},
  };
  return algorithms;
}

size_t choose_dense(const LinkOptions& link, int64_t n, int ranks) {
  const auto all = dense_algorithms();
  double best = std::numeric_limits<double>::infinity();
  for (const DenseAlgorithm& algorithm : all)
    best = std::min(best, algorithm.seconds(link, n, ranks));
  constexpr double about = 1.05;
  size_t first = 0;
  while (all[first].seconds(link, n, ranks) > best * about) ++first;
  return first;
}

namespace {

class Dense : public Allreduce {
 public:
  explicit Dense(const LinkOptions& link) : link_(link) {
    for (const DenseAlgorithm& algorithm : dense_algorithms())
      algorithms_.push_back(algorithm.make());
  }
  void sum(Communicator& communicator, std::span<float> values, int64_t bucket) override {
    const size_t chosen = choose_dense(link_, std::ssize(values), communicator.size());
    algorithms_[chosen]->sum(communicator, values, bucket);
  }

 private:
  const LinkOptions link_;
  std::vector<std::unique_ptr<Allreduce>> algorithms_;
};

}  // namespace

std::unique_ptr<Allreduce> make_dense(const LinkOptions& link) {
  return std::make_unique<Dense>(link);
}

Traffic dense_traffic(const LinkOptions& link, int64_t n, int rank, int ranks) {
  return dense_algorithms()[choose_dense(link, n, ranks)].traffic(n, rank, ranks);
}

}  // namespace laconic::comm
