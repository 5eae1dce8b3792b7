// The checker of the invariants must be able to fail: each mistake that a sparse allreduce could
// make is made here on purpose.
#include <gmock/gmock.h>

#include "tests/comm/sparse/invariants.hpp"
#include "tests/comm/sparse/slipping.hpp"

namespace laconic::comm::test {
namespace {

using testing::HasSubstr;

std::string with(const Tamper& tamper, const SparseCase& c = {}) {
  const PairFormat format{ops::IndexCodec::rice, ops::ValueType::float32};
  return train(
      c, [&](int ranks) { return std::make_unique<Slipping>(ranks, tamper); },
      [&](int64_t, const std::vector<RankStep>& steps) {
        return problems({}, format, steps, c.k);
      });
}

TEST(SparseChecker, AcceptsWhatIsRight) {
  EXPECT_EQ(with([](int, int64_t, SparseSum&) {}), "");
}

TEST(SparseChecker, CatchesARankThatDoesNotClearWhatWasDelivered) {
  // What the released code does when thresholds are evaluated anew.
  EXPECT_THAT(with([](int rank, int64_t step, SparseSum& sum) {
                if (rank == 2 && step == 5) sum.delivered.clear();
              }),
              HasSubstr("step 5: delivered: rank 2"));
}

TEST(SparseChecker, CatchesARankThatClearsWhatWasNotDelivered) {
  EXPECT_THAT(with([](int, int64_t step, SparseSum& sum) {
                if (step == 3 && sum.sum.size() > 0) {
                  sum.sum.indices.pop_back();
                  sum.sum.values.pop_back();
                }
              }),
              HasSubstr("step 3: "));
}

TEST(SparseChecker, CatchesOneWrongBitOnOneRank) {
  EXPECT_THAT(with([](int rank, int64_t step, SparseSum& sum) {
                if (rank == 1 && step == 7 && sum.sum.size() > 0)
                  sum.sum.values[0] = std::nextafter(sum.sum.values[0], 0.0f);
              }),
              HasSubstr("step 7: agreement: rank 1"));
}

TEST(SparseChecker, CatchesAWrongSumOnAllRanks) {
  EXPECT_THAT(with([](int, int64_t, SparseSum& sum) {
                if (sum.sum.size() > 0) sum.sum.values.back() += 1;
              }),
              HasSubstr("reduction"));
}

TEST(SparseChecker, CatchesMassThatAppears) {
  EXPECT_THAT(with([](int rank, int64_t, SparseSum& sum) {
                if (rank == 0) sum.returned.push_back(999, 1);
              }),
              HasSubstr("conservation"));
}

// What RunChecker says of a run whose record was changed.
std::string recorded(const SparseCase& c,
                     const std::function<void(int64_t step, std::vector<RankStep>&)>& change) {
  RunChecker checker(c);
  return train(
      c, [&](int) { return make_rank(c); },
      [&](int64_t step, std::vector<RankStep> steps) {
        change(step, steps);
        return checker.check(steps);
      });
}

TEST(RunChecker, CatchesEveryKindOfChange) {
  SparseCase c;
  c.options.mode = Mode::paper;
  c.options.tau = 8;
  c.options.tau_prime = 5;
  EXPECT_EQ(recorded(c, [](int64_t, std::vector<RankStep>&) {}), "");
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step == 3) ranks[1].regions[1] += 1;
                       }),
              HasSubstr("step 3: regions or threshold: rank 1"));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         for (RankStep& rank : ranks)
                           if (step == 9) rank.regions[2] = rank.regions[1];
                       }),
              HasSubstr("step 9: regions: cut between"));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         for (RankStep& rank : ranks)
                           if (step == 2) rank.regions[0] = 1;
                       }),
              HasSubstr("step 2: regions: they do not cover"));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step == 5) ++ranks[2].local_threshold;
                       }),
              HasSubstr("step 5: local threshold: rank 2"));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step == 7) ++ranks[2].sum.selected;
                       }),
              HasSubstr("step 7: local count: rank 2"));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         for (RankStep& rank : ranks)
                           if (step == 4) rank.global_threshold += 1 << 23;
                       }),
              HasSubstr("step 4: global"));
  // Mass that moves from one rank to another is conserved, but no rank may change what it has.
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step != 6) return;
                         ranks[0].accumulator[500] += 1;
                         ranks[0].sum.delivered.clear();
                         ranks[0].sum.delivered.push_back(500, 1);
                       }),
              HasSubstr("step 6: "));
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step == 8) ranks[3].accumulator[0] += 1;  // out of nowhere
                       }),
              HasSubstr("step 8: "));
}

TEST(RunChecker, CatchesNoiseWhereThereIsNothingToSay) {
  SparseCase c;
  c.k = 0;
  EXPECT_THAT(recorded(c,
                       [](int64_t step, auto& ranks) {
                         if (step == 1) ranks[1].traffic[count_tag].messages_sent = 1;
                       }),
              HasSubstr("step 1: silence: rank 1"));
}

TEST(RunChecker, CatchesAGradientThatWasNeverSummed) {
  SparseCase c;
  RunChecker checker(c);
  SparseCase later = c;
  later.data = "few_values";  // not what the checker thinks was given
  EXPECT_THAT(
      train(
          later, [&](int) { return make_rank(c); },
          [&](int64_t, const std::vector<RankStep>& steps) { return checker.check(steps); }),
      HasSubstr("step 0: telescoping"));
}

// A local selection of one too few, as with a strict comparison with the k-th.
class OneTooFew : public SparseAllreduce {
 public:
  explicit OneTooFew(int ranks)
      : SparseAllreduce(test_context(), {}),
        inner_(OkTopkOptions().make(test_context(), {}, ranks)) {}
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    inner_->sum_pairs(communicator, selected, length, k, result);
  }

 protected:
  ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int,
                       ops::SparseVector& selected) override {
    return ops::top_k(context_, accumulator, k - 1, scratch_, selected);
  }

 private:
  std::unique_ptr<SparseAllreduce> inner_;
};

TEST(SparseChecker, CatchesASelectionOfOneTooFew) {
  const SparseCase c;
  const std::string problem = train(
      c, [&](int ranks) { return std::make_unique<OneTooFew>(ranks); },
      [&](int64_t, const std::vector<RankStep>& steps) { return problems({}, {}, steps, c.k); });
  EXPECT_THAT(problem, HasSubstr("local count"));
}

// gTopk as published: all of what a rank selected is cleared where its index is in the result,
// though the tree may have dropped this rank's part of it.
class PlainGtopk : public SparseAllreduce {
 public:
  PlainGtopk()
      : SparseAllreduce(test_context(), {}),
        inner_(make_rank({.algorithm = "gtopk", .ranks = 1})) {}
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    inner_->sum_pairs(communicator, selected, length, k, result);
    result.returned.clear();
    intersect(view(selected), result.sum.indices, result.delivered);
  }

 private:
  std::unique_ptr<SparseAllreduce> inner_;
};

TEST(SparseChecker, CatchesTheMassThatPlainGtopkLoses) {
  SparseCase c;
  c.algorithm = "gtopk";
  c.ranks = 8;
  c.k = 100;
  c.data = "decaying";
  const std::string problem = train(
      c, [&](int) { return std::make_unique<PlainGtopk>(); },
      [&](int64_t, const std::vector<RankStep>& steps) { return conservation(steps, 0); });
  EXPECT_THAT(problem, HasSubstr("conservation"));
}

}  // namespace
}  // namespace laconic::comm::test
