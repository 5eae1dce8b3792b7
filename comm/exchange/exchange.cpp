// The queue between a training thread and its communication thread. The caller appends operations,
// the thread runs them in order, and all are dropped when the last is done; memory is kept. The
// caller may be ahead of the thread by a whole round of sums.
#include "comm/exchange/exchange.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "comm/base/collectives.hpp"
#include "comm/exchange/handshake.hpp"
#include "comm/exchange/prompt_thread.hpp"
#include "comm/exchange/purposes.hpp"
#include "comm/exchange/watchdog.hpp"
#include "comm/transport/transports.hpp"
#include "comm/transport/wording.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t nanoseconds(Clock::time_point time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace

struct Exchange::Impl {
  // The sum of one bucket, a job, or a small collective that the caller waits for.
  struct Operation {
    std::span<float> values = {};
    int64_t bucket = 0;
    SumJob* job = nullptr;
    const char* purpose = nullptr;
    std::function<void()> call = {};  // empty for a sum or a job
  };

  Impl(std::unique_ptr<Communicator> c, const ExchangeOptions& o, LastResort last_resort)
      : options(o),
        entry(options.allreduce.entry()),
        rank(c->rank()),
        size(c->size()),
        transport(c->transport()),
        communicator(std::move(c)) {
    communicator->set_timeout(options.timeout);
    operations.reserve(64);
    thread = std::thread([this] { run(); });
    pthread_setname_np(thread.native_handle(), "exchange");
    if (last_resort)
      watchdog = std::make_unique<Watchdog>(
          look_period_s(), [this] { return complaint(); }, std::move(last_resort));
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stop = true;
      // Work is left only after an error on this rank: do not wait for the peers.
      if (communicator != nullptr && done < released) communicator->interrupt();
    }
    changed.notify_all();
    thread.join();
  }

  // The communication thread.
  void run() {
    make_prompt();
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return stop || done < released; });
      if (stop) return;
      const Operation operation = operations[done];
      lock.unlock();
      const Clock::time_point start = Clock::now();
      const Traffic before = communicator->traffic();
      const TrafficByTag tags_before = communicator->traffic_by_tag();
      std::exception_ptr thrown;
      try {
        perform(operation);
      } catch (const Error& e) {
        thrown = std::make_exception_ptr(
            e.code() == ExitCode::communication
                ? Error(e.code(), fmt::format("{}; {}", e.what(), place_of(operation)))
                : e);
      } catch (...) {
        thrown = std::current_exception();
      }
      const Traffic moved = communicator->traffic() - before;
      const TrafficByTag moved_by_tag = communicator->traffic_by_tag() - tags_before;
      const Clock::time_point end = Clock::now();
      lock.lock();
      if (tell && !operation.call) tell(operation.bucket, nanoseconds(start), nanoseconds(end));
      account(operation, moved, moved_by_tag, std::chrono::duration<double>(end - start).count());
      if (thrown) {
        error = thrown;
        looks = 0;
        communicator.reset();  // ends the peers' waits, where the transport can
        changed.notify_all();
        return;
      }
      ++done;
      if (done == released) changed.notify_all();
    }
  }

  void perform(const Operation& operation) {
    if (operation.call)
      operation.call();
    else if (operation.job != nullptr)
      operation.job->run(*communicator);
    else
      allreduce->sum(*communicator, operation.values, operation.bucket);
  }

  // Returns "in bucket 2 of gradient 57", counted by this process.
  std::string place_of(const Operation& operation) const {
    const std::lock_guard lock(mutex);
    if (operation.call) return fmt::format("in an agreement after gradient {}", rounds);
    return fmt::format("in bucket {} of gradient {}", operation.bucket + 1, rounds + 1);
  }

  // Returns, for the watchdog, a description of a wait that cannot end by itself; "" if there is
  // none. A wait inside the transport ends at the timeout, unless the transport is stuck. Then the
  // caller ends the run, unless the caller is stuck. Time is counted in calls of the watchdog, so
  // time in which the process was suspended does not count.
  std::string complaint() {
    const std::lock_guard lock(mutex);
    ++looks;
    const auto seconds = [&] { return static_cast<double>(looks) * look_period_s(); };
    if (error)
      return seconds() < options.timeout / 2
                 ? ""
                 : fmt::format("rank {}: the exchange has failed, and this rank does not end",
                               rank);
    const Wait wait = communicator->waits_for();
    if (wait.since_ns == 0 || wait.since_ns != seen_wait_ns) looks = 0;
    seen_wait_ns = wait.since_ns;
    if (seconds() < 1.5 * options.timeout) return "";
    return fmt::format("{}: {}; in gradient {}", wait.what, waited_in_vain(std::round(seconds())),
                       rounds + 1);
  }
  double look_period_s() const { return std::min(options.timeout / 8, 10.0); }

  void account(const Operation& operation, const Traffic& moved, const TrafficByTag& by_tag,
               double seconds) {
    traffic += moved;
    if (operation.call) return;
    by_tag.each([&](Tag tag, const Traffic& of_tag) {
      const char* purpose = operation.purpose != nullptr ? operation.purpose : tag.name;
      purposes.add(purpose != nullptr ? purpose : "other", of_tag.bytes_sent);
    });
    const Traffic cost =
        entry.counted ? moved : entry.traffic(link, std::ssize(operation.values), rank, size);
    gradient_traffic += cost;
    if (!entry.counted) traffic += cost;
    time.busy_s += seconds;
  }

  void rethrow() const {
    if (error) std::rethrow_exception(error);
  }

  // Releases everything in the queue and waits for it.
  void drain(std::unique_lock<std::mutex>& lock) {
    const bool sums_pending = done < std::ssize(operations) && !operations[done].call;
    const Clock::time_point start = Clock::now();
    released = std::ssize(operations);
    changed.notify_all();
    changed.wait(lock, [&] { return done == released || error; });
    if (sums_pending) time.exposed_s += seconds_since(start);
    rethrow();
    operations.clear();
    done = released = 0;
  }

  void start(Operation operation) {
    const std::lock_guard lock(mutex);
    rethrow();
    operation.bucket = buckets++;
    operations.push_back(std::move(operation));
    if (!options.overlap) return;
    released = std::ssize(operations);
    changed.notify_all();
  }

  // `call` must live until finish_call().
  template <class Call>
  void start_call(Call& call) {
    const std::lock_guard lock(mutex);
    rethrow();
    operations.push_back({.call = std::ref(call)});
    released = std::ssize(operations);
    changed.notify_all();
  }

  void finish_call() {
    std::unique_lock lock(mutex);
    drain(lock);
  }

  // Puts the slow link between the ranks. No operation may be pending.
  void slow_down() {
    const std::lock_guard lock(mutex);
    communicator = make_shaped(std::move(communicator), link);
    communicator->set_timeout(options.timeout);
    transport = communicator->transport();
  }

  template <class Call>
  void call_and_wait(Call call) {
    std::unique_lock lock(mutex);
    rethrow();
    operations.push_back({.call = std::ref(call)});  // a reference: nothing is allocated
    drain(lock);
  }

  const ExchangeOptions options;
  const AllreduceEntry& entry;
  const int rank;
  const int size;
  const char* transport;
  Link link;                             // set once, before the first sum
  std::unique_ptr<Allreduce> allreduce;  // used by the thread only
  Scratch scratch;

  mutable std::mutex mutex;  // guards all members below
  std::condition_variable changed;
  std::unique_ptr<Communicator> communicator;  // used by the thread alone while an operation runs
  std::vector<Operation> operations;
  int64_t released = 0;  // operations that the thread may run
  int64_t done = 0;      // operations that it has run
  int64_t buckets = 0;   // of this round
  int64_t rounds = 0;
  bool stop = false;
  std::exception_ptr error;
  int64_t looks = 0;         // calls of the watchdog since the error or the wait below began
  int64_t seen_wait_ns = 0;  // start of the wait that its last call found
  std::function<void(int64_t, int64_t, int64_t)> tell;
  Traffic traffic;
  Traffic gradient_traffic;
  Purposes purposes;
  ExchangeTime time;

  std::thread thread;
  std::unique_ptr<Watchdog> watchdog;
};

Exchange::Exchange(std::unique_ptr<Communicator> communicator, const ExchangeOptions& options,
                   LastResort last_resort)
    : impl_(std::make_unique<Impl>(std::move(communicator), options, std::move(last_resort))) {
  impl_->call_and_wait([&] {
    check_same_world(*impl_->communicator, options);
    impl_->link = agree_on_link(*impl_->communicator, options);
    if (!impl_->entry.is_sparse()) impl_->allreduce = impl_->entry.make(impl_->link);
  });
  if (options.slow_link.is_set() && impl_->size > 1) impl_->slow_down();
}

Exchange::~Exchange() = default;

int Exchange::rank() const {
  return impl_->rank;
}
int Exchange::size() const {
  return impl_->size;
}
const char* Exchange::transport() const {
  return impl_->transport;
}
const AllreduceChoice& Exchange::allreduce() const {
  return impl_->options.allreduce;
}
const Link& Exchange::link() const {
  return impl_->link;
}

void Exchange::start_sum(std::span<float> values, const char* purpose) {
  LACONIC_CHECK(impl_->allreduce != nullptr, "{} sums no plain vectors", impl_->entry.name);
  impl_->start({.values = values, .purpose = purpose});
}

void Exchange::start(SumJob& job, const char* purpose) {
  impl_->start({.job = &job, .purpose = purpose});
}

void Exchange::finish() {
  std::unique_lock lock(impl_->mutex);
  impl_->rethrow();
  if (impl_->buckets == 0) return;
  impl_->drain(lock);
  impl_->buckets = 0;
  ++impl_->rounds;
}

void Exchange::sum(std::span<double> values) {
  impl_->call_and_wait([&] { comm::sum(*impl_->communicator, values, impl_->scratch); });
}

void Exchange::max(std::span<int64_t> values) {
  impl_->call_and_wait([&] { comm::max(*impl_->communicator, values, impl_->scratch); });
}

void Exchange::broadcast(std::span<std::byte> bytes, int root) {
  impl_->call_and_wait([&] { comm::broadcast(*impl_->communicator, bytes, root); });
}

std::string Exchange::broadcast(const std::string& text, int root) {
  std::string result;
  impl_->call_and_wait([&] { result = comm::broadcast(*impl_->communicator, text, root); });
  return result;
}

std::vector<std::string> Exchange::gather(const std::string& text) {
  std::vector<std::string> result;
  impl_->call_and_wait([&] { result = comm::gather(*impl_->communicator, text); });
  return result;
}

std::string Exchange::differences(const std::string& text) {
  std::string result;
  impl_->call_and_wait([&] { result = comm::differences(*impl_->communicator, text); });
  return result;
}

void Exchange::during(const std::function<void()>& work) {
  std::promise<void> done;
  const std::future<void> is_done = done.get_future();
  const auto period = std::chrono::duration<double>(std::min(impl_->options.timeout / 4, 5.0));
  // Each round is an agreement. A rank that is done starts it at once.
  const auto stay_alive = [&] {
    for (int64_t busy = 1; busy != 0;) {
      busy = is_done.wait_for(period) == std::future_status::ready ? 0 : 1;
      comm::max(*impl_->communicator, {&busy, 1}, impl_->scratch);
    }
  };
  impl_->start_call(stay_alive);
  std::exception_ptr thrown;
  try {
    work();
  } catch (...) {
    thrown = std::current_exception();
  }
  done.set_value();
  impl_->finish_call();
  if (thrown) std::rethrow_exception(thrown);
}

void Exchange::barrier() {
  int64_t nothing = 0;
  max({&nothing, 1});
}

Traffic Exchange::traffic() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->traffic;
}

Traffic Exchange::gradient_traffic() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->gradient_traffic;
}

std::map<std::string, int64_t> Exchange::sent_by_phase() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->purposes.sent();
}

void Exchange::on_sum(std::function<void(int64_t, int64_t, int64_t)> tell) {
  const std::lock_guard lock(impl_->mutex);
  impl_->tell = std::move(tell);
}

bool Exchange::counts_bytes() const {
  return impl_->entry.counted;
}

ExchangeTime Exchange::time() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->time;
}

int64_t Exchange::rounds() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->rounds;
}

}  // namespace laconic::comm
