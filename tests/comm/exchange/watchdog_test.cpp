// The watchdog, and what an exchange tells it: a transport that never comes back, and a caller that
// does not take an error.
#include "comm/exchange/watchdog.hpp"

#include <gmock/gmock.h>

#include <future>

#include "comm/exchange/exchange.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

TEST(Watchdog, EndsWhatComplains) {
  std::promise<std::string> ended;
  std::atomic<int> looks = 0;
  {
    Watchdog watchdog(
        0.001, [&] { return ++looks == 3 ? "stuck" : ""; },
        [&](const std::string& why) { ended.set_value(why); });
    EXPECT_EQ(ended.get_future().get(), "stuck");
  }
  EXPECT_GE(looks, 3);
}

TEST(Watchdog, IsDestroyedAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  {
    Watchdog watchdog(
        1000, [] { return "never asked"; }, [](const std::string&) { FAIL(); });
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 100s);
}

// One of two ranks; a sum never comes back until it is let go.
class Stuck : public Communicator {
 public:
  explicit Stuck(std::unique_ptr<Communicator> inner) : inner_(std::move(inner)) {}
  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  const char* transport() const override { return "stuck"; }
  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    return inner_->send(peer, tag, bytes);
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    return inner_->receive(peer, tag, bytes);
  }
  void wait(Request request) override { inner_->wait(request); }
  int64_t next_size(int peer, Tag tag) override { return inner_->next_size(peer, tag); }
  std::unique_ptr<Communicator> split(int colour, int key) override {
    return inner_->split(colour, key);
  }
  bool vendor_sum(std::span<float>) override {
    since_ns_ = std::chrono::steady_clock::now().time_since_epoch().count();
    released_.wait();
    since_ns_ = 0;
    return true;
  }
  Wait waits_for() const override { return {since_ns_, "rank 0 is inside MPI_Allreduce"}; }
  void release() { release_.set_value(); }

 private:
  const std::unique_ptr<Communicator> inner_;
  std::atomic<int64_t> since_ns_ = 0;
  std::promise<void> release_;
  std::future<void> released_ = release_.get_future();
};

TEST(ExchangeWatchdog, EndsACallThatNeverReturns) {
  auto mine = std::make_unique<Stuck>(make_self());
  Stuck& stuck = *mine;
  std::promise<std::string> ended;
  std::atomic<bool> once = false;
  Exchange exchange(std::move(mine), options_with("vendor", [](auto& o) { o.timeout = 0.2; }),
                    [&](const std::string& why) {
                      if (!once.exchange(true)) ended.set_value(why);
                    });
  std::vector<float> values(10);
  exchange.start_sum(values);
  EXPECT_THAT(ended.get_future().get(), AllOf(HasSubstr("rank 0 is inside MPI_Allreduce: waited"),
                                              HasSubstr("UTC"), HasSubstr("in gradient 1")));
  stuck.release();
  exchange.finish();
}

TEST(ExchangeWatchdog, EndsACallerThatTakesNoError) {
  Communicators group = make_thread_group(2);
  std::promise<std::string> ended;
  std::atomic<bool> once = false;
  const ExchangeOptions options = options_with("dense", [](auto& o) { o.timeout = 0.3; });
  std::thread silent([&, other = std::move(group[1])]() mutable {
    Exchange exchange(std::move(other), options);
    ended.get_future().wait();  // sums nothing, while rank 0 waits for it
  });
  Exchange exchange(std::move(group[0]), options, [&](const std::string& why) {
    if (!once.exchange(true)) ended.set_value(why);
  });
  std::vector<float> values(1000);
  exchange.start_sum(values);
  silent.join();  // which it does only when the watchdog has spoken
  try {
    exchange.finish();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::communication);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("rank 0 "), HasSubstr("rank 1 (tag"),
                      HasSubstr("waited 0.3 s, since "), HasSubstr("in bucket 1 of gradient 1")));
  }
}

}  // namespace
}  // namespace laconic::comm::test
