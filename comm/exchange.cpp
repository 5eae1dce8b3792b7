// The queue between a training thread and its communication thread. Operations are appended by the
// caller, run by the thread in order, and forgotten when all are done; memory stays. The caller may
// run ahead of the thread by a whole round of sums, so overlap costs nothing but this queue.
#include "comm/exchange.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "comm/collectives.hpp"
#include "comm/handshake.hpp"
#include "comm/list.hpp"
#include "comm/prompt_thread.hpp"
#include "comm/transport/wording.hpp"
#include "comm/watchdog.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The sum of one bucket, a job, or a small collective that the caller waits for.
struct Operation {
  std::span<float> values;
  int64_t bucket = 0;
  SumJob* job = nullptr;
  std::function<void()> call;  // empty for a sum or a job
};

using ByTag = std::array<Traffic, tag_places>;

ByTag by_tag(const Communicator& communicator) {
  ByTag traffic;
  for (int tag = 0; tag < tag_places; ++tag) traffic[tag] = communicator.traffic(tag);
  return traffic;
}

int64_t nanoseconds(Clock::time_point time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace

struct Exchange::Impl {
  Impl(std::unique_ptr<Communicator> c, const ExchangeOptions& o, LastResort last_resort)
      : options(o),
        entry(find_allreduce(o.allreduce)),
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
      // Only an error on this rank leaves work behind: the peers are not waited for.
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
      const ByTag before = by_tag(*communicator);
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
      const ByTag after = by_tag(*communicator);
      const Clock::time_point end = Clock::now();
      lock.lock();
      if (tell && !operation.call) tell(operation.bucket, nanoseconds(start), nanoseconds(end));
      account(operation, before, after, std::chrono::duration<double>(end - start).count());
      if (thrown) {
        error = thrown;
        looks = 0;
        communicator.reset();  // tells the peers, where the transport can
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

  // "in bucket 2 of gradient 57": as this process counts them.
  std::string place_of(const Operation& operation) const {
    const std::lock_guard lock(mutex);
    if (operation.call) return fmt::format("in an agreement after gradient {}", rounds);
    return fmt::format("in bucket {} of gradient {}", operation.bucket + 1, rounds + 1);
  }

  // For the watchdog: what has gone on for so long that it will not end by itself. A wait inside
  // the transport ends at the timeout, unless the transport is stuck; the caller then ends the run,
  // unless it is stuck. Counted in looks, since time in which the process stood still is no delay.
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

  void account(const Operation& operation, const ByTag& before, const ByTag& after,
               double seconds) {
    Traffic moved;
    for (int tag = 0; tag < tag_places; ++tag) {
      moved += after[tag] - before[tag];
      if (!operation.call) gradient_by_tag[tag] += after[tag] - before[tag];
    }
    traffic += moved;
    if (operation.call) return;
    const Traffic cost =
        entry.counted ? moved : entry.traffic(link, std::ssize(operation.values), rank, size);
    gradient_traffic += cost;
    if (!entry.counted) traffic += cost;
    time.busy_s += seconds;
  }

  void rethrow() const {
    if (error) std::rethrow_exception(error);
  }

  // Runs and awaits everything in the queue.
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

  template <class Call>
  void call_and_wait(Call call) {
    std::unique_lock lock(mutex);
    rethrow();
    operations.push_back(
        {{}, 0, nullptr, std::ref(call)});  // a reference: std::function allocates nothing
    drain(lock);
  }

  const ExchangeOptions options;
  const AllreduceEntry& entry;
  const int rank;
  const int size;
  const char* const transport;
  LinkOptions link;                      // from here on set once, before the first sum
  std::unique_ptr<Allreduce> allreduce;  // and the thread's
  Scratch scratch;

  mutable std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::unique_ptr<Communicator> communicator;  // while an operation runs, the thread's alone
  std::vector<Operation> operations;
  int64_t released = 0;  // operations the thread may run
  int64_t done = 0;      // and has run
  int64_t buckets = 0;   // of this round
  int64_t rounds = 0;
  bool stop = false;
  std::exception_ptr error;
  int64_t looks = 0;         // of the watchdog since the error or the wait below began
  int64_t seen_wait_ns = 0;  // when the wait began that its last look saw
  std::function<void(int64_t, int64_t, int64_t)> tell;
  Traffic traffic;
  Traffic gradient_traffic;
  ByTag gradient_by_tag;
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
const LinkOptions& Exchange::link() const {
  return impl_->link;
}

void Exchange::start_sum(std::span<float> values) {
  LACONIC_CHECK(impl_->allreduce != nullptr, "{} sums no plain vectors", impl_->entry.name);
  impl_->start({values, 0, nullptr, {}});
}

void Exchange::start(SumJob& job) {
  impl_->start({{}, 0, &job, {}});
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
  std::map<std::string, int64_t> sent;
  for (int tag = 0; tag < tag_places; ++tag)
    if (const int64_t bytes = impl_->gradient_by_tag[tag].bytes_sent; bytes > 0)
      sent[tag_name(tag)] = bytes;
  return sent;
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
