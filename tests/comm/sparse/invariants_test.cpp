// Every sparse allreduce, on data that has gone wrong somewhere: agreement, reduction, selection
// and conservation at every step.
#include "tests/comm/sparse/invariants.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <random>

namespace laconic::comm::test {
namespace {

// All pairs of (algorithm and mode, ranks), (.., size), (.., data), (.., format): a latin walk
// through the longer lists beside a full product of the short ones.
struct Method {
  const char* algorithm;
  Mode mode = Mode::exact;
};
const Method methods[] = {{"oktopk"}, {"oktopk", Mode::paper}, {"topka"}, {"topkdsa"},
                          {"gtopk"},  {"gaussiank"},           {"spardl"}};

std::vector<SparseCase> cases(const Method& method, size_t turn) {
  const int ranks[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16};
  std::vector<SparseCase> all;
  for (const int P : ranks) {
    const int64_t sizes[] = {0, 1, P - 1, P, P + 1, 1000};
    for (const int64_t n : sizes) {
      const int64_t ks[] = {1, P - 1, n / 100, n / 3, n};
      for (int pick = 0; pick < 2; ++pick, ++turn) {
        SparseCase c;
        c.algorithm = method.algorithm;
        c.options.mode = method.mode;
        c.options.format.codec = static_cast<ops::IndexCodec>(turn % 3);
        c.options.format.type = static_cast<ops::ValueType>(turn / 3 % 2);
        c.options.tau = 8;
        c.options.tau_prime = 5;
        c.ranks = P;
        c.n = n;
        c.k = std::clamp<int64_t>(ks[turn % 5], 0, n);
        c.data = data_kinds()[turn % data_kinds().size()];
        c.steps = sanitized ? 5 : 25;
        all.push_back(c);
      }
    }
  }
  return all;
}

class SparseInvariants : public testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(Methods, SparseInvariants, testing::Range<size_t>(0, std::size(methods)),
                         [](const auto& test) {
                           const Method& method = methods[test.param];
                           return std::string(method.algorithm) +
                                  (method.mode == Mode::paper ? "_paper" : "_exact");
                         });

TEST_P(SparseInvariants, HoldAtEveryStep) {
  const size_t first_turn = 120 * GetParam();
  for (const SparseCase& c : cases(methods[GetParam()], first_turn))
    EXPECT_EQ(train(c), "") << testing::PrintToString(c);
}

std::string problem_of_run(const SparseCase& c) {
  RunChecker checker(c);
  return train(
      c, [&](int) { return make_rank(c); },
      [&](int64_t, const std::vector<RankStep>& steps) { return checker.check(steps); });
}

class OkTopkRuns : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Ranks, OkTopkRuns, testing::ValuesIn(rank_counts()),
                         testing::PrintToStringParamName());

TEST_P(OkTopkRuns, HoldEverything) {
  for (const SparseCase& c : oktopk_cases(GetParam(), std::getenv("LACONIC_TEST_FULL") != nullptr))
    EXPECT_EQ(problem_of_run(c), "") << testing::PrintToString(c);
}

TEST(OkTopkRuns, HoldEverythingForLong) {
  for (const Mode mode : {Mode::exact, Mode::paper}) {
    SparseCase c;
    c.options.mode = mode;
    c.data = "drifting";
    c.steps = steps_or_more(50);
    EXPECT_EQ(problem_of_run(c), "") << testing::PrintToString(c);
  }
}

// Every message is late by chance.
class Late : public Communicator {
 public:
  Late(std::unique_ptr<Communicator> inner, unsigned seed)
      : inner_(std::move(inner)), random_(seed + 100 * inner_->rank()) {}
  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  const char* transport() const override { return "late"; }
  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    if (random_() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random_() % 300));
    count_sent(tag, std::ssize(bytes));
    return inner_->send(peer, tag, bytes);
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    count_received(tag, std::ssize(bytes));
    return inner_->receive(peer, tag, bytes);
  }
  void wait(Request request) override { inner_->wait(request); }
  int64_t next_size(int peer, Tag tag) override { return inner_->next_size(peer, tag); }
  std::unique_ptr<Communicator> split(int colour, int key) override {
    return inner_->split(colour, key);
  }

 private:
  const std::unique_ptr<Communicator> inner_;
  std::minstd_rand random_;
};

Communicators late_group(int ranks, unsigned seed) {
  Communicators group;
  for (auto& communicator : make_thread_group(ranks))
    group.push_back(std::make_unique<Late>(std::move(communicator), seed));
  return group;
}

TEST(OkTopkRuns, HaveTheSameBitsAgainAndWhenMessagesAreLate) {
  for (const Mode mode : {Mode::exact, Mode::paper}) {
    SparseCase c;
    c.options.mode = mode;
    c.ranks = 5;
    c.data = "drifting";
    c.distinct = true;  // sums that depend on their order
    c.steps = sanitized ? 10 : 100;
    const auto bits = [&](Communicators group) { return fingerprints(c, std::move(group)); };
    const auto first = bits({});
    EXPECT_EQ(first, bits({}));
    EXPECT_EQ(first, bits(late_group(c.ranks, 1)));
    c.k = 11;
    EXPECT_NE(first, bits({}));
  }
}

}  // namespace
}  // namespace laconic::comm::test
