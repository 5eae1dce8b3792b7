// The checker of the invariants must be able to fail: each mistake that a sparse allreduce could
// make is made here on purpose.
#include <gmock/gmock.h>

#include "tests/comm/sparse/training.hpp"

namespace laconic::comm::test {
namespace {

using testing::HasSubstr;
using Tamper = std::function<void(int rank, int64_t step, SparseSum&)>;

// Ok-Topk with a slip in its result.
class Slipping : public SparseAllreduce {
 public:
  Slipping(int ranks, Tamper tamper)
      : SparseAllreduce(test_context(), {}),
        inner_(make_oktopk(test_context(), {}, {}, ranks)),
        tamper_(std::move(tamper)) {}
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    inner_->sum_pairs(communicator, selected, length, k, result);
    tamper_(communicator.rank(), step_++, result);
  }

 private:
  std::unique_ptr<SparseAllreduce> inner_;
  Tamper tamper_;
  int64_t step_ = 0;
};

std::string with(const Tamper& tamper, const SparseCase& c = {}) {
  const PairFormat format{ops::IndexCodec::rice, ops::ValueType::float32};
  return train(
      c, [&](int ranks) { return std::make_unique<Slipping>(ranks, tamper); },
      [&](int64_t, const Vectors& accumulators, const std::vector<SparseSum>& sums,
          const std::vector<TagTraffic>&) {
        return problems({}, format, accumulators, c.k, sums);
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

// A local selection of one too few, as with a strict comparison with the k-th.
class OneTooFew : public SparseAllreduce {
 public:
  explicit OneTooFew(int ranks)
      : SparseAllreduce(test_context(), {}), inner_(make_oktopk(test_context(), {}, {}, ranks)) {}
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
      [&](int64_t, const Vectors& accumulators, const std::vector<SparseSum>& sums,
          const std::vector<TagTraffic>&) { return problems({}, {}, accumulators, c.k, sums); });
  EXPECT_THAT(problem, HasSubstr("local count"));
}

// gTopk as published: all of what a rank selected is cleared where its index is in the result,
// though the tree may have dropped this rank's part of it.
class PlainGtopk : public SparseAllreduce {
 public:
  PlainGtopk()
      : SparseAllreduce(test_context(), {}), inner_(make_gtopk(test_context(), {}, {}, 1)) {}
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
      [&](int64_t, const Vectors& accumulators, const std::vector<SparseSum>& sums,
          const std::vector<TagTraffic>&) { return conservation(accumulators, sums, 0); });
  EXPECT_THAT(problem, HasSubstr("conservation"));
}

}  // namespace
}  // namespace laconic::comm::test
