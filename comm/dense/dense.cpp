// Chooses, for each length, the algorithm that is predicted to be the fastest on the given link.
// The choice depends on numbers that all ranks share, never on time measured in the run. So all
// ranks choose alike, in every run.
#include "comm/dense/dense.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "comm/dense/list.hpp"

namespace laconic::comm {

namespace {

double dense_seconds(const Link& link, int64_t n, int ranks) {
  double best = std::numeric_limits<double>::infinity();
  for (const AllreduceEntry& entry : dense_list())
    if (entry.automatic) best = std::min(best, entry.seconds(link, n, ranks));
  return best;
}

}  // namespace

const AllreduceEntry& choose_dense(const Link& link, int64_t n, int ranks) {
  constexpr double about = 1.05;
  const double limit = dense_seconds(link, n, ranks) * about;
  return *std::ranges::find_if(dense_list(), [&](const AllreduceEntry& entry) {
    return entry.automatic && !(entry.seconds(link, n, ranks) > limit);
  });
}

namespace {

class Dense : public Allreduce {
 public:
  explicit Dense(const Link& link) : link_(link) {
    for (const AllreduceEntry& entry : dense_list())
      if (entry.automatic) choices_.push_back({&entry, entry.make(link)});
  }
  void sum(Communicator& communicator, std::span<float> values, int64_t bucket) override {
    const AllreduceEntry* chosen = &choose_dense(link_, std::ssize(values), communicator.size());
    std::ranges::find(choices_, chosen, &Choice::entry)
        ->allreduce->sum(communicator, values, bucket);
  }

 private:
  struct Choice {
    const AllreduceEntry* entry;
    std::unique_ptr<Allreduce> allreduce;
  };
  const Link link_;
  std::vector<Choice> choices_;
};

Traffic dense_traffic(const Link& link, int64_t n, int rank, int ranks) {
  return choose_dense(link, n, ranks).traffic(link, n, rank, ranks);
}

}  // namespace

AllreduceEntry dense() {
  return {.name = "dense",
          .help =
              "the one of those below, vendor and ref apart, that comm.alpha_us and "
              "comm.beta_ns_per_byte predict to be the fastest",
          .make = [](const Link& link) -> std::unique_ptr<Allreduce> {
            return std::make_unique<Dense>(link);
          },
          .traffic = dense_traffic,
          .seconds = dense_seconds};
}

}  // namespace laconic::comm
