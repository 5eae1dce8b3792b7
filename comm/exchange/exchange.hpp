// Sums values over the ranks of a training run. One communication thread per rank makes all
// transport calls, in the order in which they were started. It sleeps when nothing is pending.
// Buckets of a gradient are sent while backward still runs (gradient/sum.hpp); finish() waits for
// the last. Every rank must start the same operations in the same order with the same lengths.
//
// Errors: an error in the thread is rethrown by every later call.
// Lifetime: destroying the exchange interrupts the work in progress.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "comm/base/communicator.hpp"
#include "comm/exchange/options.hpp"

namespace laconic::comm {

// A job that is more than the sum of one vector. The communication thread calls run().
class SumJob {
 public:
  virtual ~SumJob() = default;
  virtual void run(Communicator& communicator) = 0;
};

struct ExchangeTime {
  double busy_s = 0;     // time that the communication thread worked on sums
  double exposed_s = 0;  // time that the caller waited for them
};

class Exchange {
 public:
  // Ends the process without using the transport, and prints why.
  using LastResort = std::function<void(const std::string& why)>;
  // Collective. Error(environment) if ranks differ in version or in an option they must share.
  // A watchdog calls `last_resort`, if given, when the exchange cannot end by itself. This is the
  // case if a call of the transport takes 1.5 times the timeout. It is also the case if this rank
  // still runs half a timeout after an error of the exchange.
  Exchange(std::unique_ptr<Communicator> communicator, const ExchangeOptions& options,
           LastResort last_resort = {});
  ~Exchange();

  int rank() const;
  int size() const;
  const char* transport() const;
  // Returns the allreduce that the options choose.
  const AllreduceChoice& allreduce() const;
  // Returns the link that rank 0's options or machine file describe; it is the same on all ranks.
  const Link& link() const;

  // start_sum() and start() count the bytes that they send under the name `purpose`. If it is null,
  // bytes are counted under the names of the messages' tags.
  // Lifetime: `purpose` is a literal.
  // Starts to sum `values` over all ranks, in place. The caller must not touch them until finish().
  void start_sum(std::span<float> values, const char* purpose = nullptr);
  // Starts a job.
  // Lifetime: `job` must live until finish().
  void start(SumJob& job, const char* purpose = nullptr);
  // Waits for everything that was started.
  void finish();

  // Small blocking collectives for agreement and set-up, through the same thread.
  void sum(std::span<double> values);
  void max(std::span<int64_t> values);
  void broadcast(std::span<std::byte> bytes, int root);
  std::string broadcast(const std::string& text, int root);  // any length
  // Returns the text of each rank at rank 0; an empty vector at other ranks.
  std::vector<std::string> gather(const std::string& text);
  // Returns where the texts of the ranks differ from rank 0's (handshake.hpp).
  std::string differences(const std::string& text);
  void barrier();
  // Runs `work` on this thread, and returns when all ranks have run theirs. `work` may take longer
  // than the timeout, since the communication threads exchange messages meanwhile. It must not use
  // the exchange. An exception of `work` is rethrown when all ranks are done.
  void during(const std::function<void()>& work);

  Traffic traffic() const;           // everything since construction
  Traffic gradient_traffic() const;  // of the sums of gradients only
  // Returns the bytes that sums and jobs sent, by purpose; empty for vendor.
  std::map<std::string, int64_t> sent_by_phase() const;
  bool counts_bytes() const;  // false for vendor, whose bytes are modelled
  ExchangeTime time() const;
  int64_t rounds() const;  // finish() calls with something to sum
  // Sets a callback, which the communication thread calls after each sum. Its parameters are the
  // number of the bucket within its round, and start and end in nanoseconds of the steady clock.
  // No callback runs after on_sum(nullptr) has returned.
  void on_sum(std::function<void(int64_t bucket, int64_t start_ns, int64_t end_ns)> tell);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace laconic::comm
