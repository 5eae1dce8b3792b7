// Sums the last messages of logical workers, which are sparse vectors. A worker sends a message only
// when it has a fresh one; otherwise its last message stays in the sum: lazy aggregation (Chen,
// Giannakis, Sun, Yin: LAG, NeurIPS 2018). The sum has the order of the workers, so it has the same bits on any
// number of ranks, and in both forms:
//
//   serverless  every rank keeps the messages of all workers; all gather the fresh ones
//   server      rank 0 keeps them; it gets the fresh ones, and sends the sum as float32 pairs
//
// Bytes over R ranks, for M workers (b_m: the bytes of a fresh message, 0 if there is none):
//
//   flags       M (R - 1)
//   messages    serverless: (R - 1) (4 R + sum of b_m), or 0 if no message is fresh
//               server: sum of b_m over the workers of other ranks than 0
//   downlink    server: (R - 1) times the bytes of the sum
//
// Ownership: one object per rank.
#pragma once

#include <vector>

#include "comm/base/hosted.hpp"
#include "comm/exchange/all_to_all.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "framework/device/state.hpp"

namespace laconic::comm {

class LazySum {
 public:
  enum Flag : uint8_t { stale, fresh, failed };

  // Indices of messages are in [0, elements).
  // Lifetime: `exchange` must outlive this object.
  LazySum(Exchange& exchange, const Hosted& workers, int64_t elements, const PairFormat& format,
          bool has_server);
  // Reserves memory for messages of at most `pairs` pairs.
  void allocate(int64_t pairs);

  // These are for the workers of this rank. A fresh message has values that the format can send.
  ops::SparseVector& message(int worker) { return messages_[worker]; }
  void set(int worker, Flag flag) { flags_[worker] = flag; }

  // Tells all ranks which messages are fresh. Returns false if a worker has failed. Collective.
  bool share_flags();
  // Returns the sum of the last messages of all workers; it is valid until the next call. Call it
  // after share_flags(). Collective.
  const ops::SparseVector& sum();

  bool is_fresh(int worker) const { return flags_[worker] == fresh; }
  // Return the bytes of a fresh message of a worker of this rank, 0 for a stale one; and those of the
  // sum that the server sent last.
  int64_t message_bytes(int worker) const { return sizes_[worker]; }
  int64_t downlink_bytes() const { return downlink_bytes_; }

  // Lists the messages. With a server rank 0 alone has them.
  void visit_state(StateList& state);

  // Returns the bytes of memory of a rank that keeps the messages of all workers, or only gets their
  // sum, with messages of at most `pairs` pairs.
  static int64_t memory_bytes(int64_t workers, int64_t pairs, int64_t elements, bool keeps_all);

 private:
  struct Job final : SumJob {
    LazySum* sum = nullptr;
    void (LazySum::*step)(Communicator&) = nullptr;
    void run(Communicator& communicator) override { (sum->*step)(communicator); }
  };
  void run(void (LazySum::*step)(Communicator&), const char* purpose);
  void gather_messages(Communicator& communicator);
  void send_to_server(Communicator& communicator);
  void send_sum(Communicator& communicator);

  bool keeps_all() const { return !has_server_ || workers_.rank == 0; }
  bool has_fresh(int rank) const;
  void write_messages();
  void read_messages(int rank, std::span<const std::byte> bytes);
  void add_up();

  Exchange& exchange_;
  const Hosted workers_;
  const Window window_;
  const PairFormat format_, sum_format_;
  const bool has_server_;
  std::vector<ops::SparseVector> messages_;  // by worker
  std::vector<Flag> flags_;
  std::vector<Bytes> flags_of_;  // by rank
  std::vector<int64_t> sizes_;
  int64_t downlink_bytes_ = 0;
  AllToAll flag_job_;
  Job job_;
  BlockGather gather_;
  Bytes outgoing_, arriving_;
  std::vector<Request> sends_;
  ops::PairSum pair_sum_;
  ops::SparseVector sum_;
};

}  // namespace laconic::comm
