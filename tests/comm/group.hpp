// N ranks, one a thread, and what the tests of comm ask of an allreduce.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <exception>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "comm/exchange/list.hpp"
#include "comm/exchange/options.hpp"
#include "comm/sparse/options.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm::test {

using Communicators = std::vector<std::unique_ptr<Communicator>>;

// Options with another allreduce than the default, and whatever else `change` changes.
template <class Change>
ExchangeOptions options_with(const std::string& allreduce, Change change) {
  ExchangeOptions options;
  options.allreduce.select(allreduce);
  change(options);
  return options;
}
inline ExchangeOptions options_with(const std::string& allreduce) {
  return options_with(allreduce, [](ExchangeOptions&) {});
}

// Options with which values are sent unchanged, so that integers stay integers.
inline ExchangeOptions exact_options(const std::string& allreduce) {
  return options_with(allreduce, [](ExchangeOptions& o) {
    if (o.allreduce.entry().is_sparse())
      o.allreduce.as<SparseOptions>().format.type = ops::ValueType::float32;
  });
}

// Runs body(communicator) for each rank on a thread of its own; a communicator is destroyed when
// its rank ends. Returns one message a rank: of the Error(communication) or other exception that
// ended it, or "".
template <class Body>
std::vector<std::string> run_ranks(Communicators group, Body body, double timeout_s = 60) {
  std::vector<std::string> messages(group.size());
  std::vector<std::thread> threads;
  for (size_t rank = 0; rank < group.size(); ++rank)
    threads.emplace_back([&, rank, communicator = std::move(group[rank])]() mutable {
      const std::unique_ptr<Communicator> mine = std::move(communicator);
      mine->set_timeout(timeout_s);
      try {
        body(*mine);
      } catch (const std::exception& e) {
        messages[rank] = e.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  return messages;
}

template <class Body>
std::vector<std::string> run_ranks(int ranks, Body body, double timeout_s = 60) {
  return run_ranks(make_thread_group(ranks), std::move(body), timeout_s);
}

template <class Body>
void run_ranks_well(int ranks, Body body) {
  const std::vector<std::string> messages = run_ranks(ranks, std::move(body));
  for (const std::string& message : messages) EXPECT_EQ(message, "");
}

inline Communicators make_shaped_group(int ranks, const Link& link) {
  Communicators group;
  for (auto& communicator : make_thread_group(ranks))
    group.push_back(make_shaped(std::move(communicator), link));
  return group;
}

using Vectors = std::vector<std::vector<float>>;  // by rank

inline Vectors integers(int ranks, int64_t n) {
  std::mt19937 random(ranks * 1000003 + n);
  std::uniform_int_distribution<int> value(-32768, 32768);
  Vectors vectors(ranks, std::vector<float>(n));
  for (auto& v : vectors)
    for (float& x : v) x = static_cast<float>(value(random));
  return vectors;
}

inline Vectors reals(int ranks, int64_t n) {
  std::mt19937 random(ranks * 7919 + n);
  std::normal_distribution<float> value;
  Vectors vectors(ranks, std::vector<float>(n));
  for (auto& v : vectors)
    for (float& x : v) x = value(random);
  return vectors;
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * 4) == 0);
}

struct SumResult {
  Vectors sums;
  std::vector<Traffic> traffic;
  std::vector<std::string> errors;
};

inline std::unique_ptr<Allreduce> make_ring() {
  return find_allreduce("ring").make({});
}
inline std::unique_ptr<Allreduce> make_ref() {
  return find_allreduce("ref").make({});
}

// One sum by `make` on the given ranks.
template <class Make>
SumResult sum_on(Communicators group, Make make, Vectors vectors, double timeout_s = 60) {
  SumResult result{std::move(vectors), std::vector<Traffic>(group.size()), {}};
  result.errors = run_ranks(
      std::move(group),
      [&](Communicator& c) {
        make()->sum(c, result.sums[c.rank()], 0);
        result.traffic[c.rank()] = c.traffic();
      },
      timeout_s);
  return result;
}

template <class Make>
SumResult sum(Make make, const Vectors& vectors) {
  return sum_on(make_thread_group(static_cast<int>(vectors.size())), make, vectors);
}

// The checker of every allreduce: "" or what is wrong. Integer-valued data must give the bits of
// `ref`; real data the same bits on all ranks, within the rounding of P additions of the sum in
// double.
template <class Make>
std::string problems(Make make, int ranks, int64_t n) {
  const std::string where = fmt::format("P={} n={}: ", ranks, n);
  const Vectors whole = integers(ranks, n);
  const SumResult truth = sum(make_ref, whole);
  const SumResult exact = sum(make, whole);
  const Vectors parts = reals(ranks, n);
  const SumResult rounded = sum(make, parts);
  for (int rank = 0; rank < ranks; ++rank) {
    for (const SumResult* result : {&truth, &exact, &rounded})
      if (!result->errors[rank].empty()) return where + result->errors[rank];
    if (!same_bits(exact.sums[rank], truth.sums[rank]))
      return where + fmt::format("rank {} is not ref's sum of integers", rank);
    if (!same_bits(rounded.sums[rank], rounded.sums[0]))
      return where + fmt::format("rank {} has other bits than rank 0", rank);
  }
  for (int64_t i = 0; i < n; ++i) {
    double expected = 0;
    double magnitude = 0;
    for (const auto& v : parts) {
      expected += v[i];
      magnitude += std::abs(v[i]);
    }
    if (!(std::abs(rounded.sums[0][i] - expected) <= ranks * 6e-8 * magnitude))
      return where + fmt::format("element {} is {}, not {}", i, rounded.sums[0][i], expected);
  }
  return "";
}

inline std::vector<int64_t> awkward_lengths(int ranks) {
  return {0, 1, ranks - 1, ranks, ranks + 1, 1000, 12345};
}

// What makes an algorithm of the list, as sum() and problems() want it.
inline auto maker(const AllreduceEntry& entry, const Link& link = {}) {
  return [&entry, link] { return entry.make(link); };
}

// Algorithms whose transfers go through the communicator: all but the vendor's.
inline std::vector<AllreduceEntry> counted_algorithms() {
  std::vector<AllreduceEntry> result;
  for (const AllreduceEntry& entry : allreduce_list())
    if (entry.counted && !entry.is_sparse()) result.push_back(entry);
  return result;
}

}  // namespace laconic::comm::test
