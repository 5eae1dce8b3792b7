// The exchange on threads: buckets, overlap, agreement, errors that cross from the communication
// thread.
#include <gmock/gmock.h>

#include <atomic>

#include "comm/base/transfer.hpp"
#include "comm/gradient/sum.hpp"
#include "comm/sparse/oktopk.hpp"
#include "tests/comm/allocations.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Runs body(exchange) on each rank; one message a rank, "" where nothing went wrong.
template <class Body, class Options>
std::vector<std::string> run_exchanges(int ranks, Options options_of_rank, Body body) {
  Communicators group = make_thread_group(ranks);
  std::vector<std::string> messages(ranks);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Exchange exchange(std::move(group[rank]), options_of_rank(rank));
        body(exchange);
      } catch (const Error& error) {
        messages[rank] = fmt::format("{}: {}", static_cast<int>(error.code()), error.what());
      }
    });
  for (std::thread& thread : threads) thread.join();
  return messages;
}

template <class Body>
void run_exchanges_well(int ranks, const ExchangeOptions& options, Body body) {
  for (const std::string& message : run_exchanges(
           ranks, [&](int) { return options; }, body))
    EXPECT_EQ(message, "");
}

// Sums the vectors in three pieces, as backward would hand them over.
Vectors exchanged(double bucket_mb, bool overlap, Vectors vectors) {
  const auto options = options_with("dense", [&](auto& o) { o.overlap = overlap; });
  GradientOptions gradient;
  gradient.bucket_mb = bucket_mb;
  run_exchanges_well(static_cast<int>(vectors.size()), options, [&](Exchange& exchange) {
    const std::span<float> all = vectors[exchange.rank()];
    const auto n = std::ssize(all);
    GradientSum sum(exchange, Context(), gradient, {}, n);
    sum.allocate();
    sum.begin(0, 1);
    sum.ready(all, n / 5);
    sum.ready(all, n / 2);
    EXPECT_TRUE(sum.finish(all, {}));
  });
  return vectors;
}

TEST(GradientSum, GivesTheSameBitsWithAndWithoutOverlap) {
  const Vectors vectors = reals(3, 10007);
  for (const double bucket_mb : {0.0, 0.001, 0.01, 4.0}) {
    const Vectors with = exchanged(bucket_mb, true, vectors);
    const Vectors without = exchanged(bucket_mb, false, vectors);
    for (int rank = 0; rank < 3; ++rank) {
      EXPECT_TRUE(same_bits(with[rank], without[0]));
      EXPECT_TRUE(same_bits(without[rank], without[0]));
    }
  }
}

TEST(GradientSum, SumsRightWithBucketsOfAnySize) {
  const Vectors vectors = integers(4, 10007);
  const SumResult truth = sum(make_ref, vectors);
  for (const double bucket_mb : {0.0, 1e-9, 0.0001, 0.01, 100.0}) {
    Vectors few = vectors;
    if (bucket_mb == 1e-9)  // one element a bucket
      for (auto& v : few) v.resize(100);
    const Vectors sums = exchanged(bucket_mb, true, few);
    for (const auto& v : sums)
      EXPECT_TRUE(std::equal(v.begin(), v.end(), truth.sums[0].begin())) << bucket_mb;
  }
}

TEST(GradientSum, CutsAGradientIntoBuckets) {
  GradientOptions options;
  options.bucket_mb = 0.001;  // 250 floats
  run_exchanges_well(2, options_with("ring"), [&](Exchange& exchange) {
    std::vector<float> values(1001, 1);
    GradientSum sum(exchange, Context(), options, {}, 1001);
    sum.allocate();
    sum.begin(0, 1);
    EXPECT_TRUE(sum.finish(values, {}));
    EXPECT_THAT(values, testing::Each(2));
    EXPECT_EQ(exchange.gradient_traffic().messages_sent, 2 * 5);
    EXPECT_NEAR(exchange.gradient_traffic().bytes_sent, 4 * 1001, 2 * 8 * 5);
  });
}

TEST(Exchange, CountsRoundsGradientsAndTime) {
  run_exchanges_well(2, {}, [](Exchange& exchange) {
    const Traffic handshake = exchange.traffic();
    EXPECT_GT(handshake.bytes_sent, 0);
    EXPECT_EQ(exchange.gradient_traffic().bytes_sent, 0);
    exchange.finish();  // nothing to sum
    EXPECT_EQ(exchange.rounds(), 0);
    std::vector<float> values(1000, 1);
    for (int round = 0; round < 3; ++round) {
      exchange.start_sum(values);
      exchange.barrier();  // in order, and it does not end the round
      exchange.finish();
    }
    EXPECT_EQ(exchange.rounds(), 3);
    EXPECT_EQ(exchange.gradient_traffic().bytes_sent, 3 * 4000);
    EXPECT_EQ(exchange.traffic().bytes_sent, handshake.bytes_sent + 3 * 4000 + 3 * 8);
    EXPECT_TRUE(exchange.counts_bytes());
    EXPECT_GT(exchange.time().busy_s, 0);
    EXPECT_STREQ(exchange.transport(), "thread");
    std::vector<float> long_sum(4'000'000, 1);  // so long that finish() has to wait for it
    exchange.start_sum(long_sum);
    exchange.finish();
    EXPECT_GT(exchange.time().exposed_s, 0);
  });
}

// Sends one byte to every other rank.
class Greeting : public SumJob {
 public:
  void run(Communicator& c) override {
    std::byte mine{1}, theirs{0};
    for (int peer = 0; peer < c.size(); ++peer)
      if (peer != c.rank())
        send_and_receive(c, Tag(16, "greeting"), {peer, {&mine, 1}, peer, {&theirs, 1}});
  }
};

TEST(Exchange, CountsBytesUnderTheNamesOfThoseWhoStartTheJobs) {
  run_exchanges_well(2, options_with("ring"), [](Exchange& exchange) {
    std::vector<float> values(1000, 1);
    Greeting greeting;
    exchange.start_sum(values);
    exchange.start_sum(values, "weights");
    exchange.start(greeting);
    exchange.finish();
    using Sent = std::map<std::string, int64_t>;
    EXPECT_EQ(exchange.sent_by_phase(),
              (Sent{{"gather", 2000}, {"greeting", 1}, {"reduce", 2000}, {"weights", 4000}}));
    exchange.start(greeting, "weights");
    exchange.finish();
    EXPECT_EQ(exchange.sent_by_phase().at("weights"), 4001);
    EXPECT_EQ(exchange.sent_by_phase().at("greeting"), 1);
  });
}

TEST(Exchange, HidesSumsBehindComputation) {
  run_exchanges_well(2, {}, [](Exchange& exchange) {
    std::vector<float> values(100000, 1);
    exchange.start_sum(values);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // a backward pass
    exchange.finish();
    EXPECT_LT(exchange.time().exposed_s, 0.1);
  });
}

TEST(Exchange, AgreesOnSmallThings) {
  run_exchanges_well(3, {}, [](Exchange& exchange) {
    const int rank = exchange.rank();
    double sums[] = {1.5, 1.0 * rank};
    exchange.sum(sums);
    EXPECT_THAT(sums, testing::ElementsAre(4.5, 3.0));
    int64_t largest[] = {-rank, rank};
    exchange.max(largest);
    EXPECT_THAT(largest, testing::ElementsAre(0, 2));
    EXPECT_EQ(exchange.broadcast(std::string(rank, 'r'), 2), "rr");
    int64_t number = rank;
    exchange.broadcast(std::as_writable_bytes(std::span(&number, 1)), 1);
    EXPECT_EQ(number, 1);
    EXPECT_EQ(exchange.gather("x").size(), rank == 0 ? 3u : 0u);
  });
}

TEST(Exchange, RefusesAWorldThatDoesNotAgree) {
  const auto errors = run_exchanges(
      3, [](int rank) { return options_with(rank == 2 ? "ref" : "dense"); },
      [](Exchange&) { FAIL(); });
  for (const std::string& error : errors)
    EXPECT_THAT(error, AllOf(HasSubstr("69: "), HasSubstr("rank 0 has comm.allreduce=dense"),
                             HasSubstr("rank 2 has comm.allreduce=ref")));
  const auto links = run_exchanges(
      2,
      [](int rank) {
        return options_with("dense", [&](auto& o) { o.link.alpha_us = 5.0 + rank; });
      },
      [](Exchange&) { FAIL(); });
  EXPECT_THAT(links[0], HasSubstr("rank 0 has comm.alpha_us=5, rank 1 has comm.alpha_us=6"));
}

TEST(Exchange, ComparesTheKeysOfTheChosenAllreduceAlone) {
  const auto errors = [](const std::string& allreduce) {
    return run_exchanges(
        2,
        [&](int rank) {
          return options_with(allreduce, [&](auto& o) {
            o.allreduce.select("oktopk");  // its keys have values, chosen or not
            o.allreduce.template as<OkTopkOptions>().tau = 10 + rank;
            o.allreduce.template as<SparseOptions>().format.type =
                rank == 0 ? ops::ValueType::float32 : ops::ValueType::bfloat16;
            o.allreduce.select(allreduce);
          });
        },
        [](Exchange&) {});
  };
  EXPECT_THAT(errors("oktopk"),
              testing::Each(AllOf(HasSubstr("rank 0 has comm.tau=10, rank 1 has comm.tau=11"),
                                  HasSubstr("rank 1 has comm.value_type=bfloat16"))));
  EXPECT_THAT(errors("topka"), testing::Each(""));
  EXPECT_THAT(errors("ring"), testing::Each(""));
}

TEST(GradientSum, ComparesTheKeysThatItUses) {
  // What each rank's sum reports when change(gradient options, rank) made its options.
  const auto errors = [](const std::string& allreduce, auto change) {
    return run_exchanges(
        3, [&](int) { return options_with(allreduce); },
        [&](Exchange& exchange) {
          GradientOptions options;
          change(options, exchange.rank());
          GradientSum(exchange, Context(), options, {}, 1000).allocate();
        });
  };
  const auto sizes = errors("dense", [](auto& o, int rank) { o.bucket_mb = rank + 1.0; });
  EXPECT_THAT(sizes, testing::Each(HasSubstr("rank 1 has comm.bucket_mb=2")));
  const auto set_density = [](auto& o, int rank) { o.density.density = rank == 1 ? 0.02 : 0.01; };
  EXPECT_THAT(
      errors("topka", set_density),
      testing::Each(HasSubstr("rank 0 has comm.density=0.01, rank 1 has comm.density=0.02")));
  EXPECT_THAT(errors("dense", set_density), testing::Each(""));
}

TEST(GradientSum, RefusesGradientsOfDifferentLengths) {
  const auto errors = run_exchanges(
      3, [](int) { return ExchangeOptions{}; },
      [](Exchange& exchange) {
        GradientSum(exchange, Context(), {}, {}, exchange.rank() == 2 ? 999 : 1000).allocate();
        FAIL();
      });
  for (const std::string& error : errors)
    EXPECT_THAT(error,
                AllOf(HasSubstr("69: "), HasSubstr("rank 0 has a gradient of 1000 elements, "
                                                   "rank 2 has a gradient of 999 elements")));
}

TEST(Exchange, RethrowsTheErrorOfItsThreadInEveryLaterCall) {
  const auto errors = run_exchanges(
      3, [](int) { return ExchangeOptions{}; },
      [](Exchange& exchange) {
        if (exchange.rank() == 1) return;  // dies
        std::vector<float> values(1000);
        exchange.start_sum(values);
        EXPECT_THROW(exchange.finish(), Error);
        EXPECT_THROW(exchange.start_sum(values), Error);
        EXPECT_THROW(exchange.barrier(), Error);
        exchange.finish();
      });
  EXPECT_THAT(errors[0], HasSubstr("76: "));
  EXPECT_EQ(errors[1], "");
  EXPECT_THAT(errors[2], HasSubstr("76: rank 2"));
  EXPECT_THAT(errors, testing::Contains(HasSubstr("from rank 1 (tag")));
}

TEST(Exchange, TimesOutOnASilentRank) {
  const auto errors = run_exchanges(
      2, [](int) { return options_with("dense", [](auto& o) { o.timeout = 0.2; }); },
      [](Exchange& exchange) {
        if (exchange.rank() == 1) std::this_thread::sleep_for(std::chrono::milliseconds(800));
        exchange.barrier();
      });
  EXPECT_THAT(errors[0],
              HasSubstr("76: rank 0 receives from rank 1 (tag agreement, 8 bytes): waited 0.2 s"));
}

TEST(Exchange, IsDestroyedAtOnceWithWorkUnderWay) {
  const auto start = std::chrono::steady_clock::now();
  std::atomic<bool> rank_0_left = false;
  const auto errors = run_exchanges(
      2, [](int) { return ExchangeOptions{}; },
      [&](Exchange& exchange) {
        std::vector<float> values(1000);
        if (exchange.rank() == 0) {
          exchange.start_sum(values);
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          rank_0_left = true;
          fail(ExitCode::data, "something else went wrong here");
        }
        while (!rank_0_left) std::this_thread::yield();
        exchange.barrier();
      });
  EXPECT_THAT(errors[0], HasSubstr("65: something else"));
  EXPECT_THAT(errors[1], HasSubstr("76: "));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Exchange, RefusesVendorWhereTheTransportHasNone) {
  const auto errors = run_exchanges(
      2, [](int) { return options_with("vendor"); },
      [](Exchange& exchange) {
        std::vector<float> values(10);
        exchange.start_sum(values);
        exchange.finish();
      });
  for (const std::string& error : errors) EXPECT_THAT(error, HasSubstr("78: comm.allreduce"));
}

TEST(Exchange, ModelsTheBytesOfTheVendor) {
  Exchange exchange(make_self(), options_with("vendor"));
  EXPECT_FALSE(exchange.counts_bytes());
}

TEST(Exchange, AllocatesNothingInTheSteadyState) {
  for (const AllreduceEntry& entry : counted_algorithms())
    for (const bool overlap : {true, false}) {
      int64_t counted = -1;
      run_exchanges_well(4, options_with(entry.name, [&](auto& o) { o.overlap = overlap; }),
                         [&](Exchange& exchange) {
                           std::vector<float> values(5000);
                           const auto step = [&] {
                             exchange.start_sum(std::span(values).subspan(1000));
                             exchange.start_sum(std::span(values).first(1000));
                             double loss = 1;
                             exchange.sum({&loss, 1});
                             exchange.finish();
                             exchange.barrier();
                           };
                           step();
                           step();
                           if (exchange.rank() == 0) start_counting();
                           exchange.barrier();
                           for (int i = 0; i < 20; ++i) step();
                           if (exchange.rank() == 0) counted = stop_counting();
                           exchange.barrier();
                         });
      EXPECT_EQ(counted, 0) << entry.name << " overlap " << overlap;
    }
}

}  // namespace
}  // namespace laconic::comm::test
