// The engine of comm/model.hpp: ranks as fibers, their clocks and ways, transfers, and the events
// that are yet to come, in order of time. Ranks are numbered as in the world; an End is one rank's
// end of one group.
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

#include "comm/link.hpp"
#include "comm/transport/fiber.hpp"
#include "comm/transport/mailbox.hpp"

namespace laconic::comm {

struct Group;

struct End {
  int rank = 0;  // in the world
  int rank_in_group = 0;
  Group* group = nullptr;
  bool gone = false;  // failed or destroyed; nobody may touch its memory any more
  Mailbox mail;       // messages and receives of this end that lack their other half
};

struct Group {
  struct Choice {
    int colour, key, rank;
    auto operator<=>(const Choice&) const = default;
  };
  explicit Group(std::span<const int> members);  // their ranks in the world

  std::vector<End> ends;
  std::vector<Choice> choices;  // of the split under way
  // What the last split made, by rank in this group.
  std::vector<End*> ends_of_children;
};

class ModelWorld {
 public:
  ModelWorld(int ranks, const LinkOptions& link);

  // Runs program(end in the group of all) for all ranks until the last has ended. It must not
  // throw.
  void run(const std::function<void(End&)>& program);

  double now(int rank) const { return ranks_[rank].clock; }

  // What a rank may ask for while it runs.
  void advance(int rank, double seconds);
  int32_t post_send(End& from, End& to, int tag, std::span<const std::byte> bytes);
  int32_t post_receive(End& to, End& from, int tag, std::span<std::byte> bytes);
  // What was received; of a send, bytes < 0.
  struct Received {
    int tag;
    int64_t bytes;
  };
  Received wait(int32_t transfer);
  int64_t next_size(End& to, End& from, int tag);
  End& split(End& mine, int colour, int key);

 private:
  // Fits into a cache line: what ranks in turn touch is what the turns cost.
  struct Transfer {
    bool sends : 1 = false;
    bool started : 1 = false;    // the first byte has left
    bool forgotten : 1 = false;  // by its owner, who has waited for it
    bool lengths_differ : 1 = false;
    int16_t tag = 0;
    int32_t next_on_way_out = no_transfer;
    End* mine = nullptr;
    End* peer = nullptr;
    int64_t bytes = 0;
    std::byte* memory = nullptr;  // not written to by a send
    double starts_s = 0;          // of a send: its first byte leaves,
    double leaves_s = 0;          // and its last
    // The last byte is at the receiver; in place of starts_s, which has then been.
    double& passes_s() { return starts_s; }
    double passes_s() const { return starts_s; }
    int32_t partner = no_transfer;
    int32_t next_in_mail = no_transfer;
  };

  // What a rank that does not run is waiting for.
  struct Wait {
    enum class Kind { none, transfer, size, split };
    Kind kind = Kind::none;
    int32_t transfer = no_transfer;
    End* mine = nullptr;
    End* peer = nullptr;  // of transfer and size
    int tag = 0;
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
    int64_t order;  // of events with the same time
    int rank;
    bool resumes;  // the rank; else the first message on its way out leaves
    bool operator>(const Event& o) const {
      return time != o.time ? time > o.time : order > o.order;
    }
  };

  void push_event(double time, int rank, bool resumes);
  void advance_to(int rank, double time);
  void block(const Wait& wait);
  void unblock(int rank, double time);
  void unblock_if_waiting_for(int32_t transfer, double time);

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

  const LinkOptions link_;
  std::vector<std::unique_ptr<Group>> groups_;  // for good: messages on their way name their ends
  std::vector<Rank> ranks_;
  std::map<int, std::string> failures_;  // of ranks whose wait has not ended well
  std::vector<Transfer> transfers_;
  std::vector<int32_t> free_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  int64_t events_pushed_ = 0;
};

}  // namespace laconic::comm
