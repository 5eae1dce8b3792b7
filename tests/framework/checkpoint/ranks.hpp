// Threads as ranks, and what each of them has.
#pragma once

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "framework/checkpoint/writer.hpp"
#include "framework/device/state.hpp"

namespace laconic {

class Ranks {
 public:
  explicit Ranks(int count) : count_(count), gate_(count) {}
  void run(const std::function<void(Shard, const Agree&)>& work) {
    std::vector<std::thread> threads;
    for (int rank = 0; rank < count_; ++rank)
      threads.emplace_back([this, &work, rank] {
        work({rank, count_}, [this](ExitCode mine) { return agree(mine); });
      });
    for (std::thread& thread : threads) thread.join();
  }

 private:
  ExitCode agree(ExitCode mine) {
    for (int seen = largest_; seen < static_cast<int>(mine);)
      largest_.compare_exchange_weak(seen, static_cast<int>(mine));
    gate_.arrive_and_wait();
    const auto largest = static_cast<ExitCode>(largest_.load());
    gate_.arrive_and_wait();
    largest_ = 0;
    gate_.arrive_and_wait();
    return largest;
  }
  int count_;
  std::barrier<> gate_;
  std::atomic<int> largest_{0};
};

struct RankState {
  std::vector<float> parameters = std::vector<float>(16), residual = std::vector<float>(4);
  std::vector<int64_t> own = std::vector<int64_t>(1);
  StateList list(bool with_own) {
    StateList state;
    state.add("model/parameters", std::span(parameters));
    state.add("comm/residual", std::span(residual), Placement::rank_sum);
    if (with_own) state.add("rank/own", std::span(own), Placement::per_rank);
    return state;
  }
};

}  // namespace laconic
