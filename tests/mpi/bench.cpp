// Times every allreduce of the list through the exchange, interleaved so that all see the same
// machine:
//   mpirun -n 2 mpi_bench [repetitions] [busy]
// `busy`: a compute thread a rank spins meanwhile, as on a node with no core to spare.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "comm/exchange/exchange.hpp"
#include "comm/exchange/list.hpp"
#include "comm/transport/transports.hpp"

using namespace laconic::comm;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

struct Candidate {
  std::string name;
  std::unique_ptr<Exchange> exchange;
  std::vector<double> seconds;
};

void time_sums(MpiWorld& world, int64_t n, int repetitions) {
  std::vector<Candidate> candidates;
  for (const AllreduceEntry& entry : allreduce_list())
    if (!entry.is_sparse()) {
      ExchangeOptions options;
      options.allreduce.select(entry.name);
      candidates.push_back({entry.name, std::make_unique<Exchange>(world.world(), options), {}});
    }
  std::vector<float> values(n, 1);
  for (int i = -2; i < repetitions; ++i)
    for (Candidate& candidate : candidates) {
      candidate.exchange->barrier();
      const Clock::time_point start = Clock::now();
      candidate.exchange->start_sum(values);
      candidate.exchange->finish();
      if (i >= 0) candidate.seconds.push_back(seconds_since(start));
      std::fill(values.begin(), values.end(), 1.0f);
    }
  if (candidates[0].exchange->rank() != 0) return;
  for (const Candidate& candidate : candidates) {
    const double middle = median(candidate.seconds);
    std::printf("n=%-9ld %-20s median %9.1f us  best %9.1f us  %6.2f GB/s\n", static_cast<long>(n),
                candidate.name.c_str(), 1e6 * middle,
                1e6 * *std::min_element(candidate.seconds.begin(), candidate.seconds.end()),
                4e-9 * n / middle);
  }
}

}  // namespace

int main(int argc, char** argv) {
  MpiWorld world(&argc, &argv);
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 21;
  const bool busy = argc > 2;
  std::atomic<bool> stop = false;
  std::thread compute([&] {
    while (busy && !stop) continue;
  });
  for (const int64_t n : {1, 1000, 100000, 10000000}) time_sums(world, n, repetitions);
  stop = true;
  compute.join();
}
