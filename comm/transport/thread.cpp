// N ranks in one process, one a thread: for tests and sanitizers, so plain rather than fast. A send
// and the receive that matches it meet under the group's mutex; whoever comes second copies. A send
// therefore ends only when it was received, as large MPI messages do. A rank that failed or whose
// communicator was destroyed ends the waits of all others for it.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "comm/transports.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

using Clock = std::chrono::steady_clock;

struct Transfer {
  enum class State { free, pending, done, wrong_length };
  State state = State::free;
  bool sends = false;
  int peer = 0;
  int tag = 0;
  const std::byte* source = nullptr;  // of a send
  std::byte* target = nullptr;        // of a receive
  size_t bytes = 0;
  size_t bytes_of_peer = 0;  // where lengths differ
  int64_t order = 0;         // of posting in the group
};

// What the threads share. Everything is guarded by `mutex`.
struct Group {
  struct Rank {
    std::vector<Transfer> transfers;  // slots, reused
    std::condition_variable changed;
    bool gone = false;
    std::shared_ptr<Group> child;  // of the last split
    int rank_in_child = 0;
  };
  struct Choice {
    int colour, key, rank;
    auto operator<=>(const Choice&) const = default;
  };

  explicit Group(int size) : ranks(size) {
    for (Rank& rank : ranks) rank.transfers.resize(2 * size + 2);
  }
  void notify_all() {
    for (Rank& rank : ranks) rank.changed.notify_all();
  }

  std::mutex mutex;
  std::vector<Rank> ranks;
  int64_t posted = 0;
  std::vector<Choice> choices;  // of the split under way
  int64_t splits = 0;
};

class ThreadCommunicator : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<Group> group, int rank)
      : group_(std::move(group)), me_(group_->ranks[rank]), rank_(rank) {}
  ~ThreadCommunicator() override {
    const std::lock_guard lock(group_->mutex);
    leave();
  }

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_->ranks.size()); }
  const char* transport() const override { return "thread"; }

  Request send(int peer, int tag, std::span<const std::byte> bytes) override {
    traffic_ += {.bytes_sent = static_cast<int64_t>(bytes.size()), .messages_sent = 1};
    return post(
        {.sends = true, .peer = peer, .tag = tag, .source = bytes.data(), .bytes = bytes.size()});
  }
  Request receive(int peer, int tag, std::span<std::byte> bytes) override {
    return post({.peer = peer, .tag = tag, .target = bytes.data(), .bytes = bytes.size()});
  }

  void wait(Request request) override {
    std::unique_lock lock(group_->mutex);
    LACONIC_CHECK(request.handle >= 0 && request.handle < std::ssize(me_.transfers));
    const Transfer& transfer = me_.transfers[request.handle];
    LACONIC_CHECK(transfer.state != Transfer::State::free, "request waited for twice");
    const bool in_time = sleep_until(lock, [&] {
      return transfer.state != Transfer::State::pending || group_->ranks[transfer.peer].gone;
    });
    const Transfer ended = transfer;
    me_.transfers[request.handle].state = Transfer::State::free;
    if (ended.state == Transfer::State::done) {
      if (!ended.sends)
        traffic_ += {.bytes_received = static_cast<int64_t>(ended.bytes), .messages_received = 1};
      return;
    }
    leave();
    const std::string what =
        fmt::format("rank {} (tag {}, {} bytes)", ended.peer, ended.tag, ended.bytes);
    if (ended.state == Transfer::State::wrong_length)
      fail(ExitCode::communication, "rank {} {} {}, which has {} bytes: lengths must agree", rank_,
           ended.sends ? "sends to" : "receives from", what, ended.bytes_of_peer);
    fail_wait(what, in_time);
  }

  int64_t next_size(int peer, int tag) override {
    std::unique_lock lock(group_->mutex);
    const Transfer wanted{.peer = peer, .tag = tag};
    const Transfer* found = nullptr;
    const bool in_time = sleep_until(lock, [&] {
      found = first_match(wanted);
      return found != nullptr || group_->ranks[peer].gone;
    });
    if (found != nullptr) return static_cast<int64_t>(found->bytes);
    leave();
    fail_wait(fmt::format("rank {} (tag {})", peer, tag), in_time);
  }

  // The last rank to arrive builds the children.
  std::unique_ptr<Communicator> split(int colour, int key) override {
    std::unique_lock lock(group_->mutex);
    group_->choices.push_back({colour, key, rank_});
    if (std::ssize(group_->choices) == size()) {
      build_children();
    } else {
      const int64_t before = group_->splits;
      const auto gone = [](const Group::Rank& rank) { return rank.gone; };
      sleep_until(lock, [&] {
        return group_->splits > before ||
               std::any_of(group_->ranks.begin(), group_->ranks.end(), gone);
      });
      if (group_->splits == before) {
        leave();
        fail(ExitCode::communication, "rank {} waited in vain for all ranks to split", rank_);
      }
    }
    return std::make_unique<ThreadCommunicator>(me_.child, me_.rank_in_child);
  }

  void interrupt() override {
    const std::lock_guard lock(group_->mutex);
    interrupted_ = true;
    me_.changed.notify_all();
  }

 private:
  // Sleeps until ready() holds, and says whether it does: else time is over or the rank was
  // interrupted.
  template <class Ready>
  bool sleep_until(std::unique_lock<std::mutex>& lock, Ready ready) {
    constexpr double forever_s = 1e8;
    const auto patience = std::chrono::duration<double>(std::min(timeout_s_, forever_s));
    me_.changed.wait_until(lock,
                           Clock::now() + std::chrono::duration_cast<Clock::duration>(patience),
                           [&] { return ready() || interrupted_; });
    return ready();
  }

  [[noreturn]] void fail_wait(const std::string& what, bool in_time) const {
    if (interrupted_)
      fail(ExitCode::communication, "rank {} was interrupted while it waited for {}", rank_, what);
    if (!in_time)
      fail(ExitCode::communication, "rank {} waited {} s for {}", rank_, timeout_s_, what);
    fail(ExitCode::communication, "rank {} waits for {}, which has failed or ended", rank_, what);
  }

  Request post(Transfer mine) {
    LACONIC_CHECK(mine.peer >= 0 && mine.peer < size() && mine.peer != rank_,
                  "rank {} of {}, peer {}", rank_, size(), mine.peer);
    const std::lock_guard lock(group_->mutex);
    mine.state = Transfer::State::pending;
    mine.order = group_->posted++;
    if (Transfer* theirs = first_match(mine)) {
      const bool fits = theirs->bytes == mine.bytes;
      theirs->bytes_of_peer = mine.bytes;
      mine.bytes_of_peer = theirs->bytes;
      mine.state = theirs->state = fits ? Transfer::State::done : Transfer::State::wrong_length;
      if (fits && mine.bytes > 0)
        std::memcpy(mine.sends ? theirs->target : mine.target,
                    mine.sends ? mine.source : theirs->source, mine.bytes);
    }
    group_->ranks[mine.peer].changed.notify_all();
    const auto slot =
        std::find_if(me_.transfers.begin(), me_.transfers.end(),
                     [](const Transfer& t) { return t.state == Transfer::State::free; });
    const int64_t handle = slot - me_.transfers.begin();
    if (slot == me_.transfers.end())
      me_.transfers.push_back(mine);
    else
      *slot = mine;
    return {handle};
  }

  Transfer* first_match(const Transfer& mine) {
    Transfer* first = nullptr;
    for (Transfer& theirs : group_->ranks[mine.peer].transfers)
      if (theirs.state == Transfer::State::pending && theirs.peer == rank_ &&
          theirs.tag == mine.tag && theirs.sends != mine.sends &&
          (first == nullptr || theirs.order < first->order))
        first = &theirs;
    return first;
  }

  // No peer may touch this rank's memory any more, and those who wait for it need not.
  void leave() {
    for (Transfer& transfer : me_.transfers) transfer.state = Transfer::State::free;
    me_.gone = true;
    group_->notify_all();
  }

  void build_children() {
    std::vector<Group::Choice>& choices = group_->choices;
    std::sort(choices.begin(), choices.end());
    for (size_t begin = 0, end = 0; begin < choices.size(); begin = end) {
      while (end < choices.size() && choices[end].colour == choices[begin].colour) ++end;
      const auto child = std::make_shared<Group>(static_cast<int>(end - begin));
      for (size_t i = begin; i < end; ++i) {
        Group::Rank& member = group_->ranks[choices[i].rank];
        member.child = child;
        member.rank_in_child = static_cast<int>(i - begin);
      }
    }
    choices.clear();
    ++group_->splits;
    group_->notify_all();
  }

  const std::shared_ptr<Group> group_;
  Group::Rank& me_;
  const int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> make_thread_group(int ranks) {
  LACONIC_CHECK(ranks >= 1, "{} ranks", ranks);
  const auto group = std::make_shared<Group>(ranks);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < ranks; ++rank)
    communicators.push_back(std::make_unique<ThreadCommunicator>(group, rank));
  return communicators;
}

}  // namespace laconic::comm
