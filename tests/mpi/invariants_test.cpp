// Runs of Ok-Topk on MPI: everything that holds on threads holds here, with the same bits and the
// same bytes. One world size a process group: the cases are those of as many ranks as there are.
// LACONIC_TEST_FULL in the environment asks for the whole product instead of the pairwise cover.
#include "tests/comm/sparse/invariants.hpp"

#include <gmock/gmock.h>
#include <mpi.h>

#include <chrono>
#include <numeric>
#include <thread>

#include "comm/base/collectives.hpp"
#include "tests/comm/sparse/slipping.hpp"
#include "tests/mpi/world.hpp"

namespace laconic::comm::test {
namespace {

using testing::HasSubstr;

// A step as one text, but for its accumulator, which rank 0 knows.
class Text {
 public:
  explicit Text(std::string text = "") : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  template <class T>
  void write(const std::vector<T>& values) {
    const auto count = static_cast<int64_t>(values.size());
    text_.append(reinterpret_cast<const char*>(&count), sizeof count);
    text_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  template <class T>
  void read(std::vector<T>& values) {
    int64_t count = 0;
    ASSERT_LE(at_ + sizeof count, text_.size());
    std::memcpy(&count, text_.data() + at_, sizeof count);
    at_ += sizeof count;
    ASSERT_LE(at_ + count * sizeof(T), text_.size());
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), text_.data() + at_, count * sizeof(T));
    at_ += count * sizeof(T);
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

struct OfTag {
  int number;
  Traffic moved;
};

void write(const RankStep& step, Text& text) {
  for (const ops::SparseVector* pairs : {&step.sum.sum, &step.sum.delivered, &step.sum.returned}) {
    text.write(pairs->indices);
    text.write(pairs->values);
  }
  text.write(std::vector<int64_t>{step.sum.finite ? 1 : 0, step.sum.selected, step.local_threshold,
                                  step.global_threshold});
  text.write(step.regions);
  std::vector<OfTag> traffic;
  step.traffic.each([&](Tag tag, const Traffic& moved) { traffic.push_back({tag.number, moved}); });
  text.write(traffic);
}

void read(Text& text, RankStep& step) {
  for (ops::SparseVector* pairs : {&step.sum.sum, &step.sum.delivered, &step.sum.returned}) {
    text.read(pairs->indices);
    text.read(pairs->values);
  }
  std::vector<int64_t> numbers(4);
  text.read(numbers);
  step.sum.finite = numbers[0] == 1;
  step.sum.selected = numbers[1];
  step.local_threshold = static_cast<uint32_t>(numbers[2]);
  step.global_threshold = static_cast<uint32_t>(numbers[3]);
  text.read(step.regions);
  std::vector<OfTag> traffic;
  text.read(traffic);
  step.traffic = {};
  for (const auto& [number, moved] : traffic) step.traffic[number] = moved;
}

// Rank 0's side: it follows all ranks' residuals.
class Replay {
 public:
  explicit Replay(const SparseCase& c)
      : case_(c),
        checker_(c),
        residuals_(c.ranks, std::vector<float>(c.n)),
        gradient_(c.n),
        ranks_(c.ranks) {}

  // The next step, read from each rank's text.
  std::string check(std::vector<Text>& texts) {
    for (int rank = 0; rank < case_.ranks; ++rank) {
      read(texts[rank], ranks_[rank]);
      fill(case_.data, rank, case_.ranks, step_, gradient_, case_.distinct);
      TrainingRank::add(residuals_[rank], gradient_, ranks_[rank].accumulator);
      residuals_[rank] = next_residual(ranks_[rank].accumulator, ranks_[rank].sum);
    }
    std::vector<uint64_t>& of_ranks = fingerprints_.emplace_back();
    for (const RankStep& step : ranks_) of_ranks.push_back(fingerprint(step));
    std::string problem = checker_.check(ranks_);
    if (!problem.empty()) problem = fmt::format("step {}: {}", step_, problem);
    ++step_;
    return problem;
  }
  const std::vector<std::vector<uint64_t>>& fingerprints() const { return fingerprints_; }

 private:
  const SparseCase case_;
  RunChecker checker_;
  Vectors residuals_;
  std::vector<float> gradient_;
  std::vector<RankStep> ranks_;
  std::vector<std::vector<uint64_t>> fingerprints_;
  int64_t step_ = 0;
};

// Rank 0's word, for which the others wait asleep: it needs the processors to check.
std::string verdict(Communicator& c, const std::string& mine) {
  constexpr int tag = 7;
  if (c.rank() == 0) {
    for (int rank = 1; rank < c.size(); ++rank)
      MPI_Send(mine.data(), static_cast<int>(mine.size()), MPI_CHAR, rank, tag, MPI_COMM_WORLD);
    return mine;
  }
  MPI_Status status;
  for (int here = 0; here == 0;) {
    MPI_Iprobe(0, tag, MPI_COMM_WORLD, &here, &status);
    if (here == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  int length = 0;
  MPI_Get_count(&status, MPI_CHAR, &length);
  std::string theirs(length, ' ');
  MPI_Recv(theirs.data(), length, MPI_CHAR, 0, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return theirs;
}

// "" or the first problem, on all ranks. `same_bits`: compares with threads, too.
std::string train_on_mpi(Communicator& c, const SparseCase& settings,
                         std::unique_ptr<SparseAllreduce> allreduce, bool same_bits) {
  const bool large = settings.n > 1000;
  TrainingRank rank(settings, c.rank(), std::move(allreduce));
  Replay replay(settings);
  RankStep step;
  std::string problem;
  for (int64_t done = 0; done < settings.steps && problem.empty();) {
    const int64_t together = large ? 1 : std::min<int64_t>(50, settings.steps - done);
    Text mine;
    for (int64_t i = 0; i < together; ++i) {
      rank.step(c, step);
      rank.commit(step);
      write(step, mine);
    }
    done += together;
    std::vector<Text> texts;
    for (std::string& text : gather(c, mine.text())) texts.emplace_back(std::move(text));
    for (int64_t i = 0; c.rank() == 0 && i < together && problem.empty(); ++i)
      problem = replay.check(texts);
    if (c.rank() == 0 && done == settings.steps && problem.empty() && same_bits &&
        replay.fingerprints() != fingerprints(settings))
      problem = "other bits or bytes than on threads";
    problem = verdict(c, problem);
  }
  return problem;
}

std::unique_ptr<Communicator> communicator() {
  auto result = world().world();
  result->set_timeout(100);
  return result;
}

TEST(MpiInvariants, HoldAtEveryStepWithTheBitsOfThreads) {
  const auto c = communicator();
  const bool full = std::getenv("LACONIC_TEST_FULL") != nullptr;
  const std::vector<SparseCase> cases = oktopk_cases(c->size(), full);
  int64_t steps = 0;
  for (SparseCase settings : cases) {
    // One period of what happens every tau and every tau' steps, of long vectors a step at which it
    // happens and one at which it does not. Threads take more.
    const int64_t period = std::lcm(settings.options.tau, settings.options.tau_prime);
    if (!full) settings.steps = std::min(settings.steps, settings.n > 1000 ? 2 : period);
    // In the whole product the comparison is left to the cover.
    EXPECT_EQ(train_on_mpi(*c, settings, make_rank(settings), !full), "")
        << testing::PrintToString(settings);
    steps += settings.steps;
  }
  if (c->rank() == 0)
    std::printf("%zu runs, %lld steps\n", cases.size(), static_cast<long long>(steps));
}

// It must be able to fail, too.
TEST(MpiInvariants, NoticeOneWrongBitAndAForgottenClearing) {
  const auto c = communicator();
  SparseCase settings;
  settings.ranks = c->size();
  settings.steps = 10;
  settings.options.format.type = ops::ValueType::float32;  // integers stay integers
  settings.k = 100;  // of 1000: each of many ranks has its part in the result
  const int last = c->size() - 1;
  const auto with = [&](const Tamper& tamper) {
    return train_on_mpi(*c, settings, std::make_unique<Slipping>(c->size(), tamper), false);
  };
  EXPECT_EQ(with([](int, int64_t, SparseSum&) {}), "");
  EXPECT_THAT(with([&](int rank, int64_t step, SparseSum& sum) {
                if (rank == last && step == 7)
                  sum.sum.values[0] = std::nextafter(sum.sum.values[0], 0.0f);
              }),
              HasSubstr("step 7: "));
  EXPECT_THAT(with([&](int rank, int64_t step, SparseSum& sum) {
                if (rank == last && step == 5) sum.delivered.clear();
              }),
              HasSubstr(fmt::format("step 5: delivered: rank {}", last)));
}

}  // namespace
}  // namespace laconic::comm::test
