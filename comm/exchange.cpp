// The queue between a training thread and its communication thread. Operations are appended by the
// caller, run by the thread in order, and forgotten when all are done; memory stays. The caller may
// run ahead of the thread by a whole round of sums, so overlap costs nothing but this queue.
#include "comm/exchange.hpp"

#include <pthread.h>

#include <algorithm>
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
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The sum of one bucket, or a small collective that the caller waits for.
struct Operation {
  std::span<float> values;
  int64_t bucket = 0;
  std::function<void()> call;  // empty for a sum
};

}  // namespace

void ExchangeOptions::describe(config::Fields& f) {
  std::string help = "how gradients are summed over the ranks";
  for (const AllreduceEntry& entry : allreduce_list())
    help += fmt::format("; {}: {}", entry.name, entry.help);
  f.choice("allreduce", allreduce, allreduce_names(), help);
  f.real("bucket_mb", bucket_mb,
         {.min = 0,
          .help = "gradients leave in buckets of at most this size; 0: all at once",
          .unit = "MB"});
  f.flag("overlap", overlap, "sum buckets while backward still runs");
  f.real("timeout", timeout,
         {.min = 0,
          .exclusive_min = true,
          .help = "a rank that waits longer for another ends the run",
          .unit = "s"});
  f.path("machine", machine,
         "JSON file of alpha_us and beta_ns_per_byte, as measured; empty: the keys below");
  f.real("alpha_us", alpha_us,
         {.min = 0,
          .help = "what a message costs, however short; allreduce: dense chooses by it",
          .unit = "us"})
      .only_when("machine", {""});
  f.real("beta_ns_per_byte", beta_ns_per_byte,
         {.min = 0, .help = "what a byte of it costs; 0.8 is 10 Gbit/s", .unit = "ns"})
      .only_when("machine", {""});
}

struct Exchange::Impl {
  Impl(std::unique_ptr<Communicator> c, const ExchangeOptions& o)
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
      const Traffic before = communicator->traffic();
      std::exception_ptr thrown;
      try {
        perform(operation);
      } catch (...) {
        thrown = std::current_exception();
      }
      const Traffic moved = communicator->traffic() - before;
      lock.lock();
      account(operation, moved, seconds_since(start));
      if (thrown) {
        error = thrown;
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
    else
      allreduce->sum(*communicator, operation.values, operation.bucket);
  }

  void account(const Operation& operation, const Traffic& moved, double seconds) {
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

  template <class Call>
  void call_and_wait(Call call) {
    std::unique_lock lock(mutex);
    rethrow();
    operations.push_back({{}, 0, std::ref(call)});  // a reference: std::function allocates nothing
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
  Traffic traffic;
  Traffic gradient_traffic;
  ExchangeTime time;

  std::thread thread;
};

Exchange::Exchange(std::unique_ptr<Communicator> communicator, const ExchangeOptions& options)
    : impl_(std::make_unique<Impl>(std::move(communicator), options)) {
  impl_->call_and_wait([&] {
    check_same_world(*impl_->communicator, options);
    impl_->link = agree_on_link(*impl_->communicator, options);
    impl_->allreduce = impl_->entry.make(impl_->link);
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
  const std::lock_guard lock(impl_->mutex);
  impl_->rethrow();
  // Buckets of equal length rather than full ones and a rest.
  const auto n = std::ssize(values);
  const double largest = impl_->options.bucket_mb * 1e6 / sizeof(float);
  const int64_t parts = largest > 0 ? std::ceil(static_cast<double>(n) / std::max(largest, 1.0))
                                    : std::min<int64_t>(n, 1);
  for (int64_t part = 0; part < parts; ++part) {
    const int64_t begin = n / parts * part + n % parts * part / parts;
    const int64_t end = n / parts * (part + 1) + n % parts * (part + 1) / parts;
    impl_->operations.push_back({values.subspan(begin, end - begin), impl_->buckets++, {}});
  }
  if (!impl_->options.overlap) return;
  impl_->released = std::ssize(impl_->operations);
  impl_->changed.notify_all();
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
