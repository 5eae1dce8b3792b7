// The method local_steps: compared with a textbook in double, with data_parallel, and by what it
// sums, evaluates and leaves out.
#include <gmock/gmock.h>

#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "framework/ops/loss/loss.hpp"
#include "framework/optim/adam.hpp"
#include "framework/optim/sgd.hpp"
#include "tests/apps/methods/method_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

using Numbers = std::vector<double>;

// 8 batches per epoch.
constexpr const char* images_yaml = R"(
data:
  source: {format: shapes, shapes: {images: 210, size: 8}}
  standardise: true
model: {kind: mlp, layers: 2, hidden: 12, dropout: 0}
method: {kind: local_steps, steps: 3}
optimizer: {kind: sgd, momentum: 0, lr: 0.1}
train: {epochs: 2, batch: 16}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

// The options of the outer step and of the round, as the textbook has them.
struct Outer {
  int64_t steps = 3;
  double lr = 1, momentum = 0;
  bool nesterov = false;
};

// What a rank keeps for itself.
struct Apart {
  Numbers w, m = {}, v = {};
  int64_t t = 0;
};

// One step of SGD or Adam on w, as the papers write it.
void inner_step(const optim::OptimizerOptions& options, const Numbers& g, Apart& rank) {
  rank.m.resize(g.size());
  rank.v.resize(g.size());
  ++rank.t;
  for (size_t i = 0; i < g.size(); ++i) {
    double &w = rank.w[i], &m = rank.m[i], &v = rank.v[i];
    if (const auto* sgd = dynamic_cast<const optim::SgdOptions*>(options.kind.options())) {
      m = sgd->momentum * m + g[i];
      w -= options.lr * (sgd->nesterov ? g[i] + sgd->momentum * m : m);
      continue;
    }
    const auto& adam = options.kind.as<optim::AdamOptions>();
    m = adam.beta1 * m + (1 - adam.beta1) * g[i];
    v = adam.beta2 * v + (1 - adam.beta2) * g[i] * g[i];
    const double mean = m / (1 - std::pow(adam.beta1, static_cast<double>(rank.t)));
    const double square = v / (1 - std::pow(adam.beta2, static_cast<double>(rank.t)));
    w -= options.lr * mean / (std::sqrt(square) + adam.epsilon);
  }
}

// θ and the w of each rank after every step.
struct Course {
  std::vector<Numbers> theta;
  std::vector<std::vector<Numbers>> local;  // a step, a rank
};

// The method, one rank after the other. All of its arithmetic but the gradients is in double.
Course textbook(const std::string& file, const Overrides& overrides, int ranks,
                const Outer& outer) {
  const Config config = load_config(file, overrides);
  const auto& optimizer = config.get<OptimizerOptions>().optimizer;
  const TrainOptions& options = config.get<TrainOptions>();
  const Context context = make_context(config, 1);
  comm::Exchange alone(comm::make_self(), config.comm());
  const auto task = make_task(config, context, alone, Task::Use::train);
  const graph::Graph& network = task->network();
  graph::Executor<float> executor(network, context, task->batches().largest());
  const auto batch = task->batches().make_batch();
  EpochSampler sampler(task->batches(), context.seed, ranks, options.accumulate);
  std::vector<float> start(network.parameter_count);
  graph::initialise(network, context.seed, start);

  const auto gradient = [&](const Numbers& w, EpochPosition position, int rank) {
    const std::vector<float> at(w.begin(), w.end());
    std::vector<float> sum(w.size());
    int64_t labels = 0;
    for (int64_t a = 0; a < options.accumulate; ++a) {
      graph::Feed<float>& feed = batch->build(sampler.group(position, a, rank));
      feed.step = sampler.serial(position, a, rank);
      const MatrixView<const float> output = executor.forward(at, feed, true);
      labels +=
          ops::loss(context, output, feed.targets, 1.0f, executor.output_cotangent()).labelled;
      executor.backward(at, feed, std::span<float>(sum));
    }
    Numbers mean(labels > 0 ? sum.size() : 0);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] = sum[i] / static_cast<double>(labels);
    return mean;
  };

  Numbers theta(start.begin(), start.end()), velocity(start.size());
  std::vector<Apart> apart(ranks, Apart{theta});
  Course course;
  const int64_t steps = sampler.steps_until({}, options.epochs);
  EpochPosition position;
  for (int64_t s = 1; s <= steps; ++s, sampler.advance(position)) {
    for (int r = 0; r < ranks; ++r)
      if (const Numbers g = gradient(apart[r].w, position, r); !g.empty())
        inner_step(optimizer, g, apart[r]);
    if (s % outer.steps == 0 || s == steps) {
      for (size_t i = 0; i < theta.size(); ++i) {
        double g = 0;
        for (const Apart& rank : apart) g += (theta[i] - rank.w[i]) / ranks;
        velocity[i] = outer.momentum * velocity[i] + g;
        theta[i] -= outer.lr * (outer.nesterov ? g + outer.momentum * velocity[i] : velocity[i]);
      }
      for (Apart& rank : apart) rank.w = theta;
    }
    course.theta.push_back(theta);
    course.local.emplace_back();
    for (const Apart& rank : apart) course.local.back().push_back(rank.w);
  }
  return course;
}

Course course_of(const std::string& file, const Overrides& overrides, int ranks) {
  std::vector<std::vector<Numbers>> theta(ranks), local(ranks);  // a rank, a step
  train(file, overrides, ranks, [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
    if (learner.step() == 0) return;
    const std::vector<float> p = numbers(learner, "parameters"),
                             w = numbers(learner, "local/parameters");
    theta[exchange.rank()].emplace_back(p.begin(), p.end());
    local[exchange.rank()].emplace_back(w.begin(), w.end());
  });
  Course course{theta[0], {}};
  for (size_t s = 0; s < theta[0].size(); ++s) {
    course.local.emplace_back();
    for (int r = 0; r < ranks; ++r) {
      EXPECT_EQ(theta[r][s], theta[0][s]) << "rank " << r << ", step " << s + 1;
      course.local.back().push_back(local[r][s]);
    }
  }
  return course;
}

double largest_difference(const Course& a, const Course& b) {
  EXPECT_EQ(a.theta.size(), b.theta.size());
  double largest = 0;
  const auto compare = [&](const Numbers& x, const Numbers& y) {
    EXPECT_EQ(x.size(), y.size());
    for (size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
  };
  for (size_t s = 0; s < a.theta.size(); ++s) {
    compare(a.theta[s], b.theta[s]);
    for (size_t r = 0; r < a.local[s].size(); ++r) compare(a.local[s][r], b.local[s][r]);
  }
  return largest;
}

class LocalSteps : public testing::Test {
 protected:
  LocalSteps() { std::ofstream(file_) << images_yaml; }
  const TemporaryFolder folder_;
  const std::string file_ = folder_ / "config.yaml";
};

// A large epsilon: Adam divides a gradient near zero by its own size, and so makes a rounding error a
// step.
const Overrides adam = {"optimizer.kind=adam", "optimizer.lr=0.01", "optimizer.epsilon=0.1"};
const Overrides momentum = {"optimizer.momentum=0.9", "optimizer.lr=0.05"};
const Overrides cnn = {"model.kind=cnn", "model.channels=[4]", "model.kernel=3", "model.dense=[8]"};
const Overrides diloco = {"method.outer.lr=0.7", "method.outer.momentum=0.9",
                          "method.outer.nesterov=true"};

TEST_F(LocalSteps, AreThoseOfTheTextbook) {
  const Outer nesterov{.lr = 0.7, .momentum = 0.9, .nesterov = true};
  const struct {
    Overrides overrides;
    Outer outer;
  } settings[] = {
      {{}, {}},
      {momentum, {}},
      {joined(momentum, {"optimizer.nesterov=true", "train.accumulate=2"}), {}},
      {adam, {}},
      {diloco, nesterov},
      {joined(adam, diloco), nesterov},
      {{"method.outer.lr=0.5", "method.outer.momentum=0.8"}, {.lr = 0.5, .momentum = 0.8}},
      {{"method.steps=1"}, {.steps = 1}},
      {{"method.steps=100"}, {.steps = 100}}};
  for (const int ranks : {1, 2, 3})  // of 3 ranks, one is idle at the end of an epoch
    for (const auto& [overrides, outer] : settings)
      EXPECT_LE(largest_difference(course_of(file_, overrides, ranks),
                                   textbook(file_, overrides, ranks, outer)),
                1e-6)
          << ranks << " ranks, " << testing::PrintToString(overrides);
}

TEST_F(LocalSteps, AreNotThoseOfAnotherTextbook) {  // the comparison can fail
  const Course course = course_of(file_, diloco, 2);
  for (const Outer& wrong :
       {Outer{.lr = 0.7, .momentum = 0.9}, Outer{.lr = 0.71, .momentum = 0.9, .nesterov = true},
        Outer{.steps = 4, .lr = 0.7, .momentum = 0.9, .nesterov = true}})
    EXPECT_GT(largest_difference(course, textbook(file_, diloco, 2, wrong)), 1e-4);
}

// One rank that goes on from its own parameters is one that never stopped.
TEST_F(LocalSteps, OfOneRankHaveTheBitsOfDataParallel) {
  using Bits = std::vector<std::vector<float>>;
  const auto bits = [&](const Overrides& overrides, int64_t every) {
    Bits all;
    train(file_, overrides, 1, [&](Learner& learner, comm::Exchange&, const Votes&) {
      if (learner.step() % every != 0) return;
      for (const char* name : {"parameters", "state/average"})
        all.push_back(numbers(learner, name));
    });
    return all;
  };
  const Overrides norm = joined(cnn, {"model.norm=batch", "model.dropout=0.3"});
  for (const Overrides& inner : {Overrides{}, momentum, adam, joined(adam, norm),
                                 joined(momentum, {"optimizer.clip_norm=0.1"})}) {
    const Overrides plain = joined(inner, {"method.kind=data_parallel"});
    EXPECT_EQ(bits(joined(inner, {"method.steps=1"}), 1), bits(plain, 1));
    EXPECT_EQ(bits(joined(inner, {"method.steps=4"}), 4), bits(plain, 4));
    EXPECT_NE(bits(joined(inner, {"method.steps=4", "method.outer.lr=0.9"}), 4), bits(plain, 4));
  }
}

TEST_F(LocalSteps, SumOncePerRoundAndVoteThere) {
  const auto sent = [&](const Overrides& overrides) {
    std::map<std::string, int64_t> bytes;
    std::vector<int64_t> sums;
    train(file_, overrides, 2, [&](Learner& learner, comm::Exchange& exchange, const Votes& votes) {
      if (exchange.rank() != 0) return;
      if (votes.are_summed()) sums.push_back(learner.step());
      bytes = exchange.sent_by_phase();
    });
    return std::pair(bytes, sums);
  };
  auto [dense, every] = sent({"method.kind=data_parallel"});
  const auto [few, rounds] = sent({"method.steps=4"});
  EXPECT_THAT(every, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(rounds, testing::ElementsAre(4, 8));
  EXPECT_THAT(sent({"method.steps=3"}).second, testing::ElementsAre(3, 6, 8));
  EXPECT_FALSE(few.empty());
  for (auto& [purpose, bytes] : dense) bytes /= 4;
  EXPECT_EQ(few, dense);
}

// In the first round all ranks take the steps that they take with a dense sum. What that delivers
// and a sparse one does not is in the residuals.
TEST_F(LocalSteps, DeliverOrKeepEveryDifferenceWhereTheSumIsSparse) {
  constexpr int ranks = 2;
  const Numbers dense = course_of(file_, {}, ranks).theta[2];
  for (const char* allreduce : {"topka", "oktopk", "spardl"}) {
    std::vector<std::vector<float>> residuals(ranks);
    std::vector<float> start, theta;
    train(file_,
          {std::string("comm.allreduce=") + allreduce, "comm.density=0.05",
           "comm.density_warmup_steps=0", "comm.auto_dense=false", "comm.value_type=float32"},
          ranks, [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
            if (learner.step() == 0 && exchange.rank() == 0) start = numbers(learner, "parameters");
            if (learner.step() != 3) return;
            residuals[exchange.rank()] = numbers(learner, "exchange/residual");
            if (exchange.rank() == 0) theta = numbers(learner, "parameters");
          });
    int64_t moved = 0;
    for (size_t i = 0; i < theta.size(); ++i) {
      EXPECT_NEAR(theta[i] - residuals[0][i] - residuals[1][i], dense[i], 1e-6) << allreduce;
      moved += theta[i] != start[i];
    }
    EXPECT_GT(moved, 0) << allreduce;
    EXPECT_LE(moved, std::ssize(theta) / 5) << allreduce;
  }
}

// In mid-round an evaluation sees what the last sum left: parameters and running statistics.
TEST_F(LocalSteps, AreNotEvaluatedBeforeTheyAreShared) {
  for (const char* recalibrate : {"train.recalibrate=0", "train.recalibrate=2"}) {
    std::vector<double> losses;
    train(file_, joined(cnn, {"model.norm=batch", recalibrate}), 2,
          [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
            learner.evaluate();
            if (exchange.rank() == 0)
              losses.push_back(learner.scores().value(*learner.scores().find("val/loss")));
          });
    ASSERT_EQ(losses.size(), 9u);
    for (const size_t round : {0, 3, 6})
      for (size_t s = round + 1; s < std::min<size_t>(round + 3, 8); ++s)
        EXPECT_EQ(losses[s], losses[round]) << recalibrate << ", step " << s;
    for (const size_t end : {3, 6, 8}) EXPECT_NE(losses[end], losses[end - 1]) << recalibrate;
  }
}

TEST_F(LocalSteps, ReportTheMeanOfARound) {
  train(file_, {}, 2, [&](Learner& learner, comm::Exchange&, const Votes& votes) {
    const Figures& figures = learner.figures();
    const auto has = [&](const char* name) { return figures.has(*figures.find(name)); };
    EXPECT_EQ(has("loss"), votes.are_summed());
    EXPECT_EQ(has("gradient_norm"), votes.are_summed());
    EXPECT_EQ(has("lr"), learner.step() > 0);
    EXPECT_FALSE(has("skipped"));
    constexpr int64_t images = 126;  // for training: 8 batches of 16, the last one smaller
    EXPECT_EQ(learner.samples(), learner.step() == 8   ? 2 * images
                                 : learner.step() >= 6 ? images + 64
                                 : learner.step() >= 3 ? 96
                                                       : 0);
  });
}

// In each step one of two ranks has the cluster that no gradient survives.
class AStepThatIsNotFinite : public testing::Test {
 protected:
  AStepThatIsNotFinite() {
    write_unbounded_graph(folder_ / "graph.h5");
    std::ofstream(file_) << R"(
data: {source: {format: hdf5, file: graph.h5}, parts: 2, clusters_per_batch: 1, partitioner: contiguous}
model: {layers: 2, hidden: 8, dropout: 0, precompute: none}
method: {kind: local_steps, steps: 3}
optimizer: {kind: sgd, momentum: 0.9, lr: 0.01}
train: {epochs: 6}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";
  }
  const TemporaryFolder folder_;
  const std::string file_ = folder_ / "config.yaml";
};

TEST_F(AStepThatIsNotFinite, EndsTheRunOnAllRanksWhenTheRoundEnds) {
  const Config config = load_config(file_, {});
  on_ranks(2, [&](comm::Exchange& exchange) {
    const Context context = make_context(config, 1);
    PhaseTimer timer;
    const auto learner = config.method().make(
        {.config = config, .context = context, .exchange = exchange, .timer = timer, .ranks = 2});
    learner->begin(false);
    Votes votes;
    learner->advance(votes);
    learner->advance(votes);
    try {
      learner->advance(votes);
      ADD_FAILURE() << "the round ended well";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::diverged);
      EXPECT_THAT(error.what(), testing::HasSubstr("the round of 3 steps before step 3"));
    }
  });
}

TEST_F(AStepThatIsNotFinite, IsLeftOutWhereItMayBe) {
  std::vector<float> last;
  train(file_, {"train.skip_nonfinite=6"}, 2,
        [&](Learner& learner, comm::Exchange& exchange, const Votes& votes) {
          for (const char* name : {"parameters", "local/parameters", "local/optimizer/moment1"})
            for (const float value : numbers(learner, name)) ASSERT_TRUE(std::isfinite(value));
          if (!votes.are_summed()) return;
          const Figures& figures = learner.figures();
          EXPECT_EQ(figures.value(*figures.find("skipped")), 3);  // one of two ranks in each step
          EXPECT_TRUE(std::isfinite(figures.value(*figures.find("loss"))));
          if (exchange.rank() != 0) return;
          EXPECT_NE(numbers(learner, "parameters"), last);
          last = numbers(learner, "parameters");
        });
}

}  // namespace
}  // namespace laconic::test
