// What `plan` says of the exchange, compared with what an exchange then does.
#include "apps/laconic/learn/exchange_facts.hpp"

#include <gmock/gmock.h>

#include "apps/laconic/learn/exchange_cost.hpp"
#include "apps/laconic/learn/options.hpp"
#include "comm/gradient/sum.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string fact(const Config& options, int ranks, int64_t elements, const std::string& name,
                 int64_t steps = 1000) {
  const auto link =
      comm::link_of(options.comm().link.alpha_us, options.comm().link.beta_ns_per_byte);
  for (const auto& [what, how_much] : describe_exchange(options, link, ranks, elements, steps))
    if (what == name) return how_much;
  return "";
}

Config with(const std::string& allreduce, double bucket_mb = 4) {
  Config options;
  options.comm().allreduce.select(allreduce);
  options.get<comm::GradientOptions>().bucket_mb = bucket_mb;
  return options;
}

TEST(ExchangeFacts, NameMethodBucketsAndPairs) {
  Config options = with("oktopk", 0.1);
  options.get<comm::GradientOptions>().density.auto_dense = false;
  EXPECT_THAT(fact(options, 4, 100'000, "exchange"), HasSubstr("oktopk (exact): Ok-Topk"));
  EXPECT_EQ(fact(options, 4, 100'000, "buckets"),
            "4 of 0.10 MB each, the fewest of at most 0.1 MB (comm.bucket_mb)");
  EXPECT_THAT(fact(options, 4, 100'000, "pairs a rank"),
              HasSubstr("1000 of 100000 elements (comm.density 0.01); a bucket: 250 at first"));
  EXPECT_THAT(fact(options, 4, 100'000, "summed densely"),
              HasSubstr("no bucket: comm.auto_dense is off"));
  options.get<comm::GradientOptions>().density.dense_steps = 7;
  EXPECT_THAT(fact(options, 4, 100'000, "pairs a rank"), HasSubstr("all in the first 7 steps"));
  options.get<comm::GradientOptions>().density.auto_dense = true;
  EXPECT_THAT(fact(options, 4, 100'000, "summed densely"), HasSubstr("4 of 4 buckets"));
  EXPECT_THAT(fact(with("oktopk", 0), 4, 100'000, "buckets"), HasSubstr("comm.bucket_mb is 0"));
  EXPECT_THAT(fact(with("dense"), 4, 100'000, "exchange"), HasSubstr("dense (rabenseifner): "));
  EXPECT_EQ(fact(with("dense"), 4, 100'000, "pairs a rank"), "");
}

TEST(ExchangeFacts, SayWhyThereIsNoOverlap) {
  Config options = with("oktopk", 0.1);
  EXPECT_EQ(why_no_overlap(options, 4, 4), "");
  EXPECT_THAT(fact(options, 4, 100'000, "overlap"), HasSubstr("a bucket leaves when"));
  EXPECT_THAT(why_no_overlap(options, 1, 4), HasSubstr("one rank"));
  EXPECT_THAT(why_no_overlap(options, 4, 1), HasSubstr("the only bucket"));
  options.get<OptimizerOptions>().optimizer.clip_norm = 1;
  EXPECT_THAT(fact(options, 4, 100'000, "overlap"), HasSubstr("off: optimizer.clip_norm"));
  options.comm().allreduce.select("dense");  // clips the sum
  EXPECT_EQ(why_no_overlap(options, 4, 4), "");
  options.comm().overlap = false;
  EXPECT_THAT(why_no_overlap(options, 4, 4), HasSubstr("comm.overlap"));
}

// Bytes that rank 0 sends a step, as counted.
double counted_bytes(const Config& options, int ranks, int64_t elements, int64_t steps) {
  double bytes = 0;
  on_ranks(
      ranks,
      [&](comm::Exchange& exchange) {
        comm::GradientSum sum(exchange, {.isa = detect_isa()}, options.get<comm::GradientOptions>(),
                              {}, elements);
        sum.allocate();
        std::vector<float> gradient(elements);
        for (int64_t step = 0; step < steps; ++step) {
          const Random random(3, Stream::test, step, exchange.rank());
          for (int64_t i = 0; i < elements; ++i)
            gradient[i] = static_cast<float>(random.normal(static_cast<uint64_t>(i)));
          sum.begin(step, 1);
          EXPECT_TRUE(sum.finish(gradient, {}));
        }
        if (exchange.rank() == 0)
          bytes = static_cast<double>(exchange.gradient_traffic().bytes_sent) /
                  static_cast<double>(steps);
      },
      options.comm());
  return bytes;
}

TEST(ExchangeFacts, PredictTheBytesThatAreThenCounted) {
  constexpr int64_t n = 200'000;
  const auto predicted = [](const Config& options, int ranks) {
    const std::string text = fact(options, ranks, n, "on the wire");  // in kB or MB
    return std::stod(text) * (text.find("kB") < text.find("sent") ? 1e-3 : 1);
  };
  for (const int ranks : {2, 3, 4}) {
    for (const char* dense : {"dense", "ring", "circulant", "ref"}) {
      const Config options = with(dense, 0.3);
      EXPECT_NEAR(predicted(options, ranks), 1e-6 * counted_bytes(options, ranks, n, 1),
                  0.006 * predicted(options, ranks))
          << dense << " " << ranks;
    }
    for (const char* sparse : {"oktopk", "topka"}) {
      Config options = with(sparse, 0.3);
      options.get<comm::GradientOptions>().density.auto_dense = false;
      EXPECT_NEAR(predicted(options, ranks), 1e-6 * counted_bytes(options, ranks, n, 6),
                  0.3 * predicted(options, ranks))
          << sparse << " " << ranks;
      EXPECT_THAT(fact(options, ranks, n, "on the wire"), HasSubstr("; dense: "));
    }
  }
}

TEST(ExchangeCost, IsTheMeanOverTheEpochsOfARun) {
  constexpr int64_t n = 200'000, steps = 40;
  const auto link = comm::link_of(100, 80);  // 100 us, 100 Mbit/s
  const auto cost = [&](Config&& options, int ranks) {
    options.get<TrainOptions>().epochs = 4;
    return exchange_cost(options, link, ranks, n, steps);
  };
  const PeriodCost dense = cost(with("ring"), 4);
  EXPECT_NEAR(dense.bytes, 10 * counted_bytes(with("ring"), 4, n, 1), 1);
  EXPECT_NEAR(dense.exchange_s, dense.bytes / 12.5e6, 0.3 * dense.exchange_s);
  EXPECT_EQ(cost(with("dense"), 1).bytes, 0);
  EXPECT_EQ(cost(with("dense"), 1).exchange_s, 0);
  const auto sparse = [&](int64_t warmup_steps, int64_t xi_every) {
    Config options = with("oktopk");
    auto& sum = options.get<comm::GradientOptions>();
    sum.density.auto_dense = false;
    sum.density.warmup_steps = warmup_steps;
    sum.xi_every = xi_every;
    return cost(std::move(options), 4).bytes;
  };
  const double constant = sparse(0, 0), falling = sparse(20, 0);
  EXPECT_LT(constant, 0.05 * dense.bytes);
  EXPECT_GT(falling, 1.5 * constant);  // so short a run begins with more than 1 %
  EXPECT_LT(falling, dense.bytes);
  EXPECT_NEAR(sparse(0, 10) - constant, 2 * dense.bytes / 10,
              0.01 * dense.bytes);  // 4 times 2 sums
}

}  // namespace
}  // namespace laconic::test
