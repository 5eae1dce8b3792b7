// The exchange of a training run: it only sums. One communication thread a rank makes all transport
// calls, in the order in which they were started, and sleeps when nothing is pending. Buckets of a
// gradient leave while backward still runs (gradient_sum.hpp); finish() waits for the last. An
// error in the thread is rethrown by every later call. Every rank must start the same operations in
// the same order with the same lengths. Destroying it with work under way interrupts the work.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/link.hpp"
#include "comm/sparse/options.hpp"
#include "framework/config/field.hpp"

namespace laconic::comm {

// The largest number of steps that an option may say: two of them can be added.
inline constexpr int64_t most_steps = 1LL << 40;

struct ExchangeOptions {
  std::string allreduce = "dense";  // names in comm/list.hpp
  double bucket_mb = 4;             // 0 = the whole gradient at once
  bool overlap = true;
  double timeout = 600;  // seconds

  // Of sparse methods:
  double density = 0.01;
  SparseOptions sparse = {};
  bool auto_dense = true;
  int64_t dense_steps = 0;
  int64_t density_warmup_steps = 0;
  double warmup_density = 0.25;
  std::string residual_lr = "auto";  // auto, inside, outside
  bool lr_correction = false;
  bool momentum_correction = false;
  bool error_feedback = true;
  int64_t xi_every = 0;  // steps

  // What `dense` and `auto_dense` choose by. As of TCP on 10 Gbit/s Ethernet.
  double alpha_us = 30;
  double beta_ns_per_byte = 0.8;
  double gamma_ns_per_element = usual_element_ns;
  std::string machine = {};  // a file that says them instead (comm/machine.hpp)
  void describe(config::Fields& f);
};

// A sum that is more than a vector: work for the communication thread.
class SumJob {
 public:
  virtual ~SumJob() = default;
  virtual void run(Communicator& communicator) = 0;
};

struct ExchangeTime {
  double busy_s = 0;     // the communication thread worked on sums
  double exposed_s = 0;  // the caller waited for them
};

class Exchange {
 public:
  // Ends the process, without the transport, and says why.
  using LastResort = std::function<void(const std::string& why)>;
  // Collective: Error(environment) where ranks differ in version or in an option they must share.
  // With a last resort a watchdog calls it where the exchange cannot end by itself with an error: a
  // call of the transport lasts 1.5 times the timeout, or its error is not taken for half of it.
  Exchange(std::unique_ptr<Communicator> communicator, const ExchangeOptions& options,
           LastResort last_resort = {});
  ~Exchange();

  int rank() const;
  int size() const;
  const char* transport() const;
  const LinkOptions& link() const;  // as all ranks see it: rank 0's options or machine file

  // Starts summing `values` over all ranks, in place; they must not be touched until finish().
  void start_sum(std::span<float> values);
  // The same for a job, which must live until finish().
  void start(SumJob& job);
  void finish();

  // Small blocking collectives for agreement and set-up, through the same thread.
  void sum(std::span<double> values);
  void max(std::span<int64_t> values);
  void broadcast(std::span<std::byte> bytes, int root);
  std::string broadcast(const std::string& text, int root);  // any length
  // At rank 0: the text of each rank; elsewhere empty.
  std::vector<std::string> gather(const std::string& text);
  void barrier();
  bool all(bool mine) {
    int64_t bad = mine ? 0 : 1;
    max({&bad, 1});
    return bad == 0;
  }

  Traffic traffic() const;           // everything since construction
  Traffic gradient_traffic() const;  // of sums alone
  // Of those the bytes sent, by what they were sent for (tags.hpp); empty for vendor.
  std::map<std::string, int64_t> sent_by_phase() const;
  bool counts_bytes() const;  // false for vendor: its bytes are modelled
  ExchangeTime time() const;
  int64_t rounds() const;  // finish() calls with something to sum
  // The communication thread says of each sum which bucket of its round it was, and its start and
  // end in nanoseconds of the steady clock. None any more once on_sum(nullptr) has
  // returned.
  void on_sum(std::function<void(int64_t bucket, int64_t start_ns, int64_t end_ns)> tell);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace laconic::comm
