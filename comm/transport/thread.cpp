// N ranks in one process, one per thread, for tests and sanitizers: simple rather than fast. A send
// and its receive are matched under the group's mutex; the thread that comes second copies. So a
// send ends only when it was received, as with large MPI messages. When a rank fails or its
// communicator is destroyed, the waits of all others for it end.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "comm/transport/transports.hpp"
#include "comm/transport/wording.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

using Clock = std::chrono::steady_clock;

double waited_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct ThreadTransfer {
  enum class State { free, pending, done, wrong_length };
  State state = State::free;
  bool sends = false;
  int peer = 0;
  Tag tag = 0;
  const std::byte* source = nullptr;  // for a send
  std::byte* target = nullptr;        // for a receive
  size_t bytes = 0;
  size_t bytes_of_peer = 0;  // set if lengths differ
  int64_t order = 0;         // in which transfers were posted in the group
};

// What the threads share.
// Thread safety: `mutex` guards all members.
struct ThreadGroup {
  struct Rank {
    std::vector<ThreadTransfer> transfers;  // slots, reused
    std::condition_variable changed;
    bool gone = false;
    std::shared_ptr<ThreadGroup> child;  // of the last split
    int rank_in_child = 0;
  };
  struct Choice {
    int colour, key, rank;
    auto operator<=>(const Choice&) const = default;
  };

  explicit ThreadGroup(int size) : ranks(size) {
    for (Rank& rank : ranks) rank.transfers.resize(2 * size + 2);
  }
  void notify_all() {
    for (Rank& rank : ranks) rank.changed.notify_all();
  }

  std::mutex mutex;
  std::vector<Rank> ranks;
  int64_t posted = 0;
  std::vector<Choice> choices;  // of the split in progress
  int64_t splits = 0;
};

class ThreadCommunicator : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<ThreadGroup> group, int rank)
      : group_(std::move(group)), me_(group_->ranks[rank]), rank_(rank) {}
  ~ThreadCommunicator() override {
    const std::lock_guard lock(group_->mutex);
    leave();
  }

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_->ranks.size()); }
  const char* transport() const override { return "thread"; }

  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    count_sent(tag, std::ssize(bytes));
    return post(
        {.sends = true, .peer = peer, .tag = tag, .source = bytes.data(), .bytes = bytes.size()});
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    return post({.peer = peer, .tag = tag, .target = bytes.data(), .bytes = bytes.size()});
  }

  void wait(Request request) override {
    std::unique_lock lock(group_->mutex);
    LACONIC_CHECK(request.handle >= 0 && request.handle < std::ssize(me_.transfers));
    const ThreadTransfer& transfer = me_.transfers[request.handle];
    LACONIC_CHECK(transfer.state != ThreadTransfer::State::free, "request waited for twice");
    const Clock::time_point start = Clock::now();
    sleep_until(lock, [&] {
      return transfer.state != ThreadTransfer::State::pending || group_->ranks[transfer.peer].gone;
    });
    const ThreadTransfer ended = transfer;
    me_.transfers[request.handle].state = ThreadTransfer::State::free;
    if (ended.state == ThreadTransfer::State::done) {
      if (!ended.sends) count_received(ended.tag, static_cast<int64_t>(ended.bytes));
      return;
    }
    leave();
    if (ended.state == ThreadTransfer::State::wrong_length)
      fail(ExitCode::communication, "{}: {}", describe(ended),
           lengths_differ(static_cast<int64_t>(ended.bytes_of_peer)));
    fail_wait(ended, start);
  }

  int64_t next_size(int peer, Tag tag) override {
    check_peer(peer);
    std::unique_lock lock(group_->mutex);
    const Clock::time_point start = Clock::now();
    const ThreadTransfer wanted{
        .peer = peer, .tag = tag, .bytes = static_cast<size_t>(unknown_size)};
    const ThreadTransfer* found = nullptr;
    sleep_until(lock, [&] {
      found = first_match(wanted);
      return found != nullptr || group_->ranks[peer].gone;
    });
    if (found != nullptr) return static_cast<int64_t>(found->bytes);
    leave();
    fail_wait(wanted, start);
  }

  // The last rank to arrive builds the children.
  std::unique_ptr<Communicator> split(int colour, int key) override {
    std::unique_lock lock(group_->mutex);
    group_->choices.push_back({colour, key, rank_});
    if (std::ssize(group_->choices) == size()) {
      build_children();
    } else {
      const Clock::time_point start = Clock::now();
      const int64_t before = group_->splits;
      const auto gone = [](const ThreadGroup::Rank& rank) { return rank.gone; };
      sleep_until(lock, [&] {
        return group_->splits > before ||
               std::any_of(group_->ranks.begin(), group_->ranks.end(), gone);
      });
      if (group_->splits == before) {
        leave();
        fail(ExitCode::communication, "{}; waited {:.3g} s", not_all_split(rank_, first_absent()),
             waited_since(start));
      }
    }
    auto part = std::make_unique<ThreadCommunicator>(me_.child, me_.rank_in_child);
    part->set_timeout(timeout_s_);
    return part;
  }

  void interrupt() override {
    const std::lock_guard lock(group_->mutex);
    interrupted_ = true;
    me_.changed.notify_all();
  }

 private:
  // Sleeps until ready() is true, the timeout is over or the rank is interrupted.
  template <class Ready>
  void sleep_until(std::unique_lock<std::mutex>& lock, Ready ready) {
    constexpr double forever_s = 1e8;
    const auto patience = std::chrono::duration<double>(std::min(timeout_s_, forever_s));
    me_.changed.wait_until(lock,
                           Clock::now() + std::chrono::duration_cast<Clock::duration>(patience),
                           [&] { return ready() || interrupted_; });
  }

  std::string describe(const ThreadTransfer& transfer) const {
    return describe_transfer(rank_, transfer.sends, transfer.peer, transfer.tag,
                             static_cast<int64_t>(transfer.bytes));
  }

  [[noreturn]] void fail_wait(const ThreadTransfer& transfer, Clock::time_point start) const {
    const double waited_s = waited_since(start);
    fail(ExitCode::communication, "{}: {}", describe(transfer),
         interrupted_                        ? wait_interrupted(waited_s)
         : group_->ranks[transfer.peer].gone ? peer_is_gone(waited_s)
                                             : waited_in_vain(timeout_s_));
  }

  void check_peer(int peer) const {
    LACONIC_CHECK(peer >= 0 && peer < size() && peer != rank_, "rank {} of {}, peer {}", rank_,
                  size(), peer);
  }

  Request post(ThreadTransfer mine) {
    check_peer(mine.peer);
    const std::lock_guard lock(group_->mutex);
    mine.state = ThreadTransfer::State::pending;
    mine.order = group_->posted++;
    if (ThreadTransfer* theirs = first_match(mine)) {
      const bool fits = theirs->bytes == mine.bytes;
      theirs->bytes_of_peer = mine.bytes;
      mine.bytes_of_peer = theirs->bytes;
      mine.state = theirs->state =
          fits ? ThreadTransfer::State::done : ThreadTransfer::State::wrong_length;
      if (fits && mine.bytes > 0)
        std::memcpy(mine.sends ? theirs->target : mine.target,
                    mine.sends ? mine.source : theirs->source, mine.bytes);
    }
    group_->ranks[mine.peer].changed.notify_all();
    const auto slot = std::find_if(
        me_.transfers.begin(), me_.transfers.end(),
        [](const ThreadTransfer& t) { return t.state == ThreadTransfer::State::free; });
    const int64_t handle = slot - me_.transfers.begin();
    if (slot == me_.transfers.end())
      me_.transfers.push_back(mine);
    else
      *slot = mine;
    return {handle};
  }

  ThreadTransfer* first_match(const ThreadTransfer& mine) {
    ThreadTransfer* first = nullptr;
    for (ThreadTransfer& theirs : group_->ranks[mine.peer].transfers)
      if (theirs.state == ThreadTransfer::State::pending && theirs.peer == rank_ &&
          theirs.tag == mine.tag && theirs.sends != mine.sends &&
          (first == nullptr || theirs.order < first->order))
        first = &theirs;
    return first;
  }

  // Withdraws this rank: no peer may access its memory any more, and waits for it end.
  void leave() {
    for (ThreadTransfer& transfer : me_.transfers) transfer.state = ThreadTransfer::State::free;
    me_.gone = true;
    group_->notify_all();
  }

  // Returns the first rank that has not joined the split in progress.
  int first_absent() const {
    for (int rank = 0;; ++rank)
      if (std::ranges::count(group_->choices, rank, &ThreadGroup::Choice::rank) == 0) return rank;
  }

  void build_children() {
    std::vector<ThreadGroup::Choice>& choices = group_->choices;
    std::sort(choices.begin(), choices.end());
    for (size_t begin = 0, end = 0; begin < choices.size(); begin = end) {
      while (end < choices.size() && choices[end].colour == choices[begin].colour) ++end;
      const auto child = std::make_shared<ThreadGroup>(static_cast<int>(end - begin));
      for (size_t i = begin; i < end; ++i) {
        ThreadGroup::Rank& member = group_->ranks[choices[i].rank];
        member.child = child;
        member.rank_in_child = static_cast<int>(i - begin);
      }
    }
    choices.clear();
    ++group_->splits;
    group_->notify_all();
  }

  const std::shared_ptr<ThreadGroup> group_;
  ThreadGroup::Rank& me_;
  const int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> make_thread_group(int ranks) {
  LACONIC_CHECK(ranks >= 1, "{} ranks", ranks);
  const auto group = std::make_shared<ThreadGroup>(ranks);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < ranks; ++rank)
    communicators.push_back(std::make_unique<ThreadCommunicator>(group, rank));
  return communicators;
}

}  // namespace laconic::comm
