// Messages over MPI: MPI_Isend and MPI_Irecv, completed by polling MPI_Testall. MPI makes progress
// only inside its calls, so a wait must poll. But the ranks of a node may have as many busy compute
// threads as there are cores, so a wait must not occupy a core. It polls without pause while an
// answer is likely to be near, then sleeps between polls. It does not yield: after a yield the
// thread would run again only at the end of the compute thread's time slice. After a sleep it runs
// when its timer expires (prompt_thread.hpp). Open MPI's mpi_yield_when_idle yields inside every
// poll and undoes most of that for short messages (see tests/mpi/bench.cpp, argument `busy`).
// Request slots are reused, so nothing is allocated once the largest number of transfers was in
// flight.
#include "comm/transport/mpi.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "comm/transport/wording.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

void check_mpi(int code, const std::string& where) {
  if (code == MPI_SUCCESS) return;
  char words[MPI_MAX_ERROR_STRING] = "unknown error";
  int length = 0;
  MPI_Error_string(code, words, &length);
  fail(ExitCode::communication, "{}: {}", where, words);
}

namespace {

using Clock = std::chrono::steady_clock;

// The pauses between polls of a wait: none at first, then sleeps of a sixteenth of the wait so far.
// They leave the core to compute threads and other ranks, and delay a message by a sixteenth of the
// wait at most. Time in which this process was suspended, with its job or alone, does not count.
class Backoff {
 public:
  void pause() {
    const Clock::time_point now = Clock::now();
    if (now - last_ > standstill) start_ += now - last_;
    last_ = now;
    const auto waited = now - start_;
    if (waited < eager) return;
    std::this_thread::sleep_for(std::clamp<Clock::duration>(waited / 16, shortest, longest));
  }
  double waited_s() const { return std::chrono::duration<double>(last_ - start_).count(); }

 private:
  static constexpr auto eager = std::chrono::microseconds(300);
  static constexpr auto shortest = std::chrono::microseconds(20);
  static constexpr auto longest =
      std::chrono::microseconds(200);  // socket buffers cover that much at 10 Gbit/s
  static constexpr auto standstill = std::chrono::seconds(1);
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

struct MpiTransfer {
  std::vector<MPI_Request> pieces;  // empty: the slot is free
  std::vector<MPI_Status> statuses;
  bool sends = false;
  int peer = 0;
  Tag tag = 0;
  int64_t bytes = 0;
};

class MpiCommunicator : public Communicator {
 public:
  MpiCommunicator(MPI_Comm comm, std::shared_ptr<std::atomic<bool>> failed, int64_t largest_piece)
      : comm_(comm), failed_(std::move(failed)), largest_piece_(largest_piece) {
    MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    transfers_.resize(2 * size_ + 2);
    for (MpiTransfer& transfer : transfers_) reserve(transfer);
  }
  ~MpiCommunicator() override {
    if (!*failed_) MPI_Comm_free(&comm_);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  const char* transport() const override { return "mpi"; }

  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    count_sent(tag, std::ssize(bytes));
    return post(true, peer, tag, bytes.size(), [&](int64_t begin, int count, MPI_Request* request) {
      return MPI_Isend(bytes.data() + begin, count, MPI_BYTE, peer, tag.number, comm_, request);
    });
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    return post(
        false, peer, tag, bytes.size(), [&](int64_t begin, int count, MPI_Request* request) {
          return MPI_Irecv(bytes.data() + begin, count, MPI_BYTE, peer, tag.number, comm_, request);
        });
  }

  void wait(Request request) override {
    LACONIC_CHECK(request.handle >= 0 && request.handle < std::ssize(transfers_));
    MpiTransfer& transfer = transfers_[request.handle];
    LACONIC_CHECK(!transfer.pieces.empty(), "request waited for twice");
    const auto pieces = static_cast<int>(transfer.pieces.size());
    transfer.statuses.resize(pieces);
    const Waiting waiting(*this, transfer.sends, transfer.peer, transfer.tag, transfer.bytes);
    Backoff backoff;
    for (int done = 0;;) {
      const int code = MPI_Testall(pieces, transfer.pieces.data(), &done, transfer.statuses.data());
      if (code != MPI_SUCCESS) give_up(transfer, describe_error(code, transfer));
      if (done != 0) break;
      pause(backoff, transfer);
    }
    if (!transfer.sends) check_received(transfer);
    transfer.pieces.clear();
  }

  int64_t next_size(int peer, Tag tag) override {
    check_peer(peer);
    MpiTransfer wanted;
    wanted.peer = peer;
    wanted.tag = tag;
    wanted.bytes = unknown_size;
    MPI_Status status;
    const Waiting waiting(*this, false, peer, tag, unknown_size);
    Backoff backoff;
    for (int here = 0;;) {
      const int code = MPI_Iprobe(peer, tag.number, comm_, &here, &status);
      if (code != MPI_SUCCESS) give_up(wanted, describe_error(code, wanted));
      if (here != 0) break;
      pause(backoff, wanted);
    }
    int bytes = 0;
    MPI_Get_count(&status, MPI_BYTE, &bytes);
    return bytes;
  }

  Wait waits_for() const override {
    const std::lock_guard lock(waiting_mutex_);
    Wait wait;
    if (waiting_ == nullptr) return wait;
    wait.since_ns = waiting_->since.time_since_epoch().count();
    wait.what = waiting_->call != nullptr
                    ? fmt::format("rank {} is inside {}", rank_, waiting_->call)
                    : describe_transfer(rank_, waiting_->sends, waiting_->peer, waiting_->tag,
                                        waiting_->bytes);
    return wait;
  }

  std::unique_ptr<Communicator> split(int colour, int key) override {
    MPI_Comm child = MPI_COMM_NULL;
    const Waiting waiting(*this, "MPI_Comm_split");
    check(MPI_Comm_split(comm_, colour, key, &child), "MPI_Comm_split");
    auto part = std::make_unique<MpiCommunicator>(child, failed_, largest_piece_);
    part->set_timeout(timeout_s_);
    return part;
  }

  bool vendor_sum(std::span<float> values) override {
    const Waiting waiting(*this, "MPI_Allreduce");
    for (size_t begin = 0; begin < values.size(); begin += largest_piece_ / sizeof(float)) {
      const size_t count = std::min<size_t>(values.size() - begin, largest_piece_ / sizeof(float));
      check(MPI_Allreduce(MPI_IN_PLACE, values.data() + begin, static_cast<int>(count), MPI_FLOAT,
                          MPI_SUM, comm_),
            "MPI_Allreduce");
    }
    return true;
  }

 private:
  // While an object exists, the rank waits for a transfer or is inside a blocking MPI call.
  struct Waiting {
    Waiting(MpiCommunicator& c, bool s, int p, Tag t, int64_t b)
        : communicator(c), sends(s), peer(p), tag(t), bytes(b) {
      communicator.set_waiting(this);
    }
    Waiting(MpiCommunicator& c, const char* name) : communicator(c), call(name) {
      communicator.set_waiting(this);
    }
    ~Waiting() { communicator.set_waiting(nullptr); }
    Waiting(const Waiting&) = delete;

    MpiCommunicator& communicator;
    const char* const call = nullptr;
    const bool sends = false;
    const int peer = 0;
    const Tag tag = 0;
    const int64_t bytes = 0;
    const Clock::time_point since = Clock::now();
  };
  void set_waiting(const Waiting* waiting) {
    const std::lock_guard lock(waiting_mutex_);
    waiting_ = waiting;
  }

  static void reserve(MpiTransfer& transfer) {
    transfer.pieces.reserve(1);
    transfer.statuses.reserve(1);
  }

  void check_peer(int peer) const {
    LACONIC_CHECK(peer >= 0 && peer < size_ && peer != rank_, "rank {} of {}, peer {}", rank_,
                  size_, peer);
  }

  // Pauses between two polls of a wait for `transfer`.
  void pause(Backoff& backoff, const MpiTransfer& transfer) {
    backoff.pause();
    if (interrupted_) give_up(transfer, wait_interrupted(backoff.waited_s()));
    if (backoff.waited_s() > timeout_s_) give_up(transfer, waited_in_vain(timeout_s_));
  }

  template <class Start>
  Request post(bool sends, int peer, Tag tag, int64_t bytes, Start start) {
    check_peer(peer);
    auto slot = std::find_if(transfers_.begin(), transfers_.end(),
                             [](const MpiTransfer& transfer) { return transfer.pieces.empty(); });
    if (slot == transfers_.end()) slot = transfers_.insert(slot, MpiTransfer{});
    slot->sends = sends;
    slot->peer = peer;
    slot->tag = tag;
    slot->bytes = bytes;
    int64_t begin = 0;
    do {  // at least once: an empty message is sent, too
      const int64_t count = std::min(bytes - begin, largest_piece_);
      const int code =
          start(begin, static_cast<int>(count), &slot->pieces.emplace_back(MPI_REQUEST_NULL));
      if (code != MPI_SUCCESS) give_up(*slot, describe_error(code, *slot));
      begin += count;
    } while (begin < bytes);
    return {slot - transfers_.begin()};
  }

  void check_received(const MpiTransfer& transfer) {
    int64_t received = 0;
    for (const MPI_Status& status : transfer.statuses) {
      int count = 0;
      MPI_Get_count(&status, MPI_BYTE, &count);
      received += count;
    }
    if (received != transfer.bytes)
      give_up(transfer, fmt::format("received {} bytes: lengths must agree", received));
    count_received(transfer.tag, received);
  }

  std::string describe_error(int code, const MpiTransfer& transfer) const {
    // MPI_Testall reports the cause in the statuses.
    if (code == MPI_ERR_IN_STATUS)
      for (const MPI_Status& status : transfer.statuses)
        if (status.MPI_ERROR != MPI_SUCCESS && status.MPI_ERROR != MPI_ERR_PENDING)
          code = status.MPI_ERROR;
    int error_class = 0;
    MPI_Error_class(code, &error_class);
    if (error_class == MPI_ERR_TRUNCATE) return "received more: lengths must agree";
    char words[MPI_MAX_ERROR_STRING] = "unknown error";
    int length = 0;
    MPI_Error_string(code, words, &length);
    return words;
  }

  [[noreturn]] void give_up(const MpiTransfer& transfer, const std::string& why) {
    *failed_ = true;
    fail(ExitCode::communication, "{}: {}",
         describe_transfer(rank_, transfer.sends, transfer.peer, transfer.tag, transfer.bytes),
         why);
  }

  void check(int code, const char* call) {
    if (code != MPI_SUCCESS) *failed_ = true;
    check_mpi(code, fmt::format("rank {}: {}", rank_, call));
  }

  MPI_Comm comm_;
  std::shared_ptr<std::atomic<bool>> failed_;
  int64_t largest_piece_;
  int rank_ = 0;
  int size_ = 1;
  std::vector<MpiTransfer> transfers_;
  mutable std::mutex waiting_mutex_;
  const Waiting* waiting_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi(MPI_Comm comm, std::shared_ptr<std::atomic<bool>> failed,
                                       int64_t largest_piece) {
  return std::make_unique<MpiCommunicator>(comm, std::move(failed), largest_piece);
}

}  // namespace laconic::comm
