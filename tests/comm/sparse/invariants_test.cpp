// Every sparse allreduce, on data that has gone wrong somewhere: agreement, reduction, selection
// and conservation at every step.
#include <gmock/gmock.h>

#include "tests/comm/sparse/training.hpp"

namespace laconic::comm::test {
namespace {

// All pairs of (algorithm and mode, ranks), (.., size), (.., data), (.., format): a latin walk
// through the longer lists beside a full product of the short ones.
struct Method {
  const char* algorithm;
  const char* mode;
};
const Method methods[] = {{"oktopk", "exact"},  {"oktopk", "paper"}, {"topka", "exact"},
                          {"topkdsa", "exact"}, {"gtopk", "exact"},  {"gaussiank", "exact"},
                          {"spardl", "exact"}};

std::vector<SparseCase> cases(const Method& method, size_t turn) {
  const int ranks[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16};
  const char* codecs[] = {"plain", "delta16", "rice"};
  const char* types[] = {"float32", "bfloat16"};
  std::vector<SparseCase> all;
  for (const int P : ranks) {
    const int64_t sizes[] = {0, 1, P - 1, P, P + 1, 1000};
    for (const int64_t n : sizes) {
      const int64_t ks[] = {1, P - 1, n / 100, n / 3, n};
      for (int pick = 0; pick < 2; ++pick, ++turn) {
        SparseCase c;
        c.algorithm = method.algorithm;
        c.options.mode = method.mode;
        c.options.index_codec = codecs[turn % 3];
        c.options.value_type = types[turn / 3 % 2];
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
                           return std::string(method.algorithm) + "_" + method.mode;
                         });

TEST_P(SparseInvariants, HoldAtEveryStep) {
  const size_t first_turn = 120 * GetParam();
  for (const SparseCase& c : cases(methods[GetParam()], first_turn))
    EXPECT_EQ(train(c), "") << testing::PrintToString(c);
}

}  // namespace
}  // namespace laconic::comm::test
