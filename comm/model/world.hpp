// The engine of comm/model/model.hpp: ranks as fibers, their clocks, ingress and egress ("ways"),
// transfers, and a queue of future events in order of time. Ranks are numbered as in the world. An
// End is one rank's end of one group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "comm/base/link.hpp"
#include "comm/base/tags.hpp"
#include "comm/model/fiber.hpp"
#include "comm/transport/mailbox.hpp"

namespace laconic::comm {

struct Group;

struct End {
  int rank = 0;  // in the world
  int rank_in_group = 0;
  Group* group = nullptr;
  bool gone = false;  // failed or destroyed: its memory must not be accessed any more
  Mailbox mail;       // messages and receives of this end whose other half is missing
};

struct Group {
  struct Choice {
    int colour, key, rank;
    auto operator<=>(const Choice&) const = default;
  };
  explicit Group(std::span<const int> members);  // ranks in the world

  std::vector<End> ends;
  std::vector<Choice> choices;  // for the split in progress
  // The results of the last split, by rank in this group.
  std::vector<End*> ends_of_children;
};

class ModelWorld {
 public:
  ModelWorld(int ranks, const Link& link);

  // Runs program(end in the group of all ranks) for each rank until the last has ended. `program`
  // must not throw.
  void run(const std::function<void(End&)>& program);

  double now(int rank) const { return ranks_[rank].clock; }

  // The following are called by a rank while it runs.
  void advance(int rank, double seconds);
  int32_t post_send(End& from, End& to, Tag tag, std::span<const std::byte> bytes);
  int32_t post_receive(End& to, End& from, Tag tag, std::span<std::byte> bytes);
  // A received message; bytes < 0: the transfer was a send.
  struct Received {
    Tag tag;
    int64_t bytes;
  };
  Received wait(int32_t transfer);
  int64_t next_size(End& to, End& from, Tag tag);
  End& split(End& mine, int colour, int key);

 private:
  // Fits into a cache line: switching between ranks costs as many cache misses as lines are
  // touched.
  struct Transfer {
    bool sends : 1 = false;
    bool started : 1 = false;    // the first byte has left
    bool forgotten : 1 = false;  // its owner has waited for it
    bool lengths_differ : 1 = false;
    int16_t tag = 0;  // its number
    int32_t next_on_way_out = no_transfer;
    End* mine = nullptr;
    End* peer = nullptr;
    int64_t bytes = 0;
    std::byte* memory = nullptr;  // a send only reads it
    double starts_s = 0;          // for a send: time at which its first byte leaves
    double leaves_s = 0;          // for a send: time at which its last byte leaves
    // Time at which the last byte has reached the receiver. Reuses starts_s, which is then not
    // needed any more.
    double& passes_s() { return starts_s; }
    double passes_s() const { return starts_s; }
    int32_t partner = no_transfer;
    int32_t next_in_mail = no_transfer;
  };

  // What a suspended rank waits for.
  struct Wait {
    enum class Kind { none, transfer, size, split };
    Kind kind = Kind::none;
    int32_t transfer = no_transfer;
    End* mine = nullptr;
    End* peer = nullptr;  // set for transfer and size
    Tag tag = 0;
  };

  struct Rank {
    std::optional<Fiber> fiber;
    double clock = 0;
    double way_out_free_s = 0;
    double way_in_free_s = 0;
    int32_t first_on_way_out = no_transfer;  // messages that have not left, in order
    int32_t last_on_way_out = no_transfer;
    Wait wait;
  };

  struct Event {
    double time;
    int64_t order;  // among events with the same time
    int rank;
    bool resumes;  // true: the rank resumes; false: the first message on its egress leaves
    bool operator>(const Event& o) const {
      return time != o.time ? time > o.time : order > o.order;
    }
  };

  void push_event(double time, int rank, bool resumes);
  void advance_to(int rank, double time);
  void block(const Wait& wait);
  void unblock(int rank, double time);
  void unblock_if_waiting_for(int32_t transfer, double time);

  int16_t number_of(Tag tag);
  Tag tag_of(const Transfer& transfer) const;
  int32_t new_transfer(const Transfer& transfer);
  void meet_or_queue(int32_t id, End& receiver, const End& sender);
  Mailbox::Queue* find_mail(Mailbox& mail, uint64_t key);
  void pop_mail(Mailbox& mail, Mailbox::Queue* queue);
  void match(int32_t send, int32_t receive, double time);
  void leave_or_queue(int32_t send);
  void first_on_way_out_leaves(int rank);
  void start(int32_t send);
  void arrive(const Transfer& message);

  void make_children(Group& group);

  void end_hopeless_waits();
  static bool awaits_the_gone(const Wait& wait);
  static int awaited_rank(const Wait& wait);
  std::string describe(const Wait& wait) const;
  std::string describe_deadlock() const;

  const Link link_;
  std::vector<std::unique_ptr<Group>> groups_;  // never removed: messages in flight point to ends
  std::vector<Rank> ranks_;
  std::map<int, std::string> failures_;  // by rank: why its wait failed
  std::map<int, Tag> tags_;              // by number: transfers have no room for names
  std::vector<Transfer> transfers_;
  std::vector<int32_t> free_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  int64_t events_pushed_ = 0;
};

}  // namespace laconic::comm
