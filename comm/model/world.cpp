#include "comm/model/world.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "comm/transport/wording.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

Group::Group(std::span<const int> members) : ends(members.size()) {
  for (size_t i = 0; i < members.size(); ++i) {
    ends[i].rank = members[i];
    ends[i].rank_in_group = static_cast<int>(i);
    ends[i].group = this;
  }
}

ModelWorld::ModelWorld(int ranks, const Link& link) : link_(link), ranks_(ranks) {
  std::vector<int> all(ranks);
  for (int rank = 0; rank < ranks; ++rank) all[rank] = rank;
  groups_.push_back(std::make_unique<Group>(all));
}

void ModelWorld::run(const std::function<void(End&)>& program) {
  for (End& end : groups_[0]->ends) {
    ranks_[end.rank].fiber.emplace([&] { program(end); });
    push_event(0, end.rank, true);
  }
  for (size_t alive = ranks_.size(); alive > 0;) {
    if (events_.empty()) end_hopeless_waits();
    const Event event = events_.top();
    events_.pop();
    if (!events_.empty()) __builtin_prefetch(&ranks_[events_.top().rank]);
    Rank& rank = ranks_[event.rank];
    if (!event.resumes) {
      first_on_way_out_leaves(event.rank);
      continue;
    }
    rank.clock = std::max(rank.clock, event.time);
    rank.fiber->resume();
    if (!rank.fiber->ended()) continue;
    rank.fiber.reset();
    --alive;
  }
}

// Time.

void ModelWorld::push_event(double time, int rank, bool resumes) {
  events_.push({time, events_pushed_++, rank, resumes});
}

void ModelWorld::advance(int rank, double seconds) {
  advance_to(rank, ranks_[rank].clock + seconds);
}

void ModelWorld::advance_to(int rank, double time) {
  Rank& mine = ranks_[rank];
  if (time <= mine.clock) return;
  if (events_.empty() || time <= events_.top().time) {  // no event lies in between
    mine.clock = time;
    return;
  }
  push_event(time, rank, true);
  mine.fiber->pause();
}

void ModelWorld::block(const Wait& wait) {
  Rank& rank = ranks_[wait.mine->rank];
  rank.wait = wait;
  rank.fiber->pause();
  if (failures_.empty()) return;
  if (const auto failure = failures_.extract(wait.mine->rank)) {
    wait.mine->gone = true;
    throw Error(ExitCode::communication, failure.mapped());
  }
}

void ModelWorld::unblock(int rank, double time) {
  ranks_[rank].wait.kind = Wait::Kind::none;
  push_event(std::max(time, ranks_[rank].clock), rank, true);
}

void ModelWorld::unblock_if_waiting_for(int32_t transfer, double time) {
  const int rank = transfers_[transfer].mine->rank;
  const Wait& wait = ranks_[rank].wait;
  if (wait.kind == Wait::Kind::transfer && wait.transfer == transfer) unblock(rank, time);
}

// Transfers.

int32_t ModelWorld::new_transfer(const Transfer& transfer) {
  if (free_.empty()) {
    transfers_.push_back(transfer);
    return static_cast<int32_t>(transfers_.size() - 1);
  }
  const int32_t id = free_.back();
  free_.pop_back();
  transfers_[id] = transfer;
  return id;
}

int16_t ModelWorld::number_of(Tag tag) {
  tags_.try_emplace(tag.number, tag);
  return static_cast<int16_t>(tag.number);
}

Tag ModelWorld::tag_of(const Transfer& transfer) const {
  return tags_.at(transfer.tag);
}

int32_t ModelWorld::post_send(End& from, End& to, Tag tag, std::span<const std::byte> bytes) {
  const int32_t id = new_transfer({.sends = true,
                                   .tag = number_of(tag),
                                   .mine = &from,
                                   .peer = &to,
                                   .bytes = std::ssize(bytes),
                                   .memory = const_cast<std::byte*>(bytes.data())});
  meet_or_queue(id, to, from);
  leave_or_queue(id);
  return id;
}

int32_t ModelWorld::post_receive(End& to, End& from, Tag tag, std::span<std::byte> bytes) {
  const int32_t id = new_transfer({.tag = number_of(tag),
                                   .mine = &to,
                                   .peer = &from,
                                   .bytes = std::ssize(bytes),
                                   .memory = bytes.data()});
  meet_or_queue(id, to, from);
  return id;
}

ModelWorld::Received ModelWorld::wait(int32_t id) {
  {
    const Transfer& transfer = transfers_[id];
    LACONIC_CHECK(!transfer.forgotten, "request waited for twice");
    const bool is_over = transfer.sends ? transfer.partner != no_transfer
                                        : transfer.started || transfer.lengths_differ;
    if (!is_over) block({Wait::Kind::transfer, id, transfer.mine, transfer.peer, tag_of(transfer)});
  }
  const Transfer transfer = transfers_[id];  // a copy: other ranks may have reallocated them
  const int rank = transfer.mine->rank;
  if (transfer.lengths_differ) {
    transfer.mine->gone = true;
    fail(ExitCode::communication, "{}: {}",
         describe_transfer(rank, transfer.sends, transfer.peer->rank, tag_of(transfer),
                           transfer.bytes),
         lengths_differ(transfers_[transfer.partner].bytes));
  }
  transfers_[id].forgotten = true;
  if (transfer.started) free_.push_back(id);
  advance_to(rank, transfer.sends ? transfer.leaves_s : transfer.passes_s());
  return {tag_of(transfer), transfer.sends ? -1 : transfer.bytes};
}

int64_t ModelWorld::next_size(End& to, End& from, Tag tag) {
  for (;;) {
    const Mailbox::Queue* queue =
        find_mail(to.mail, Mailbox::key_of(from.rank_in_group, tag.number));
    if (queue != nullptr) {
      const Transfer message = transfers_[queue->first];
      LACONIC_CHECK(message.sends, "the size of a message that is being received");
      if (message.started) {
        advance_to(to.rank, message.passes_s());
        return message.bytes;
      }
    }
    block({Wait::Kind::size, no_transfer, &to, &from, tag});
  }
}

void ModelWorld::meet_or_queue(int32_t id, End& receiver, const End& sender) {
  Transfer& transfer = transfers_[id];
  const uint64_t key = Mailbox::key_of(sender.rank_in_group, transfer.tag);
  Mailbox::Queue* queue = find_mail(receiver.mail, key);
  if (queue == nullptr) return receiver.mail.add(key, id);
  const int32_t other = queue->first;
  if (transfers_[other].sends == transfer.sends) {
    transfers_[queue->last].next_in_mail = id;
    queue->last = id;
    return;
  }
  pop_mail(receiver.mail, queue);
  match(transfer.sends ? id : other, transfer.sends ? other : id,
        ranks_[transfer.mine->rank].clock);
}

// Returns a queue whose first transfer is valid: transfers of ranks that are gone are dropped.
Mailbox::Queue* ModelWorld::find_mail(Mailbox& mail, uint64_t key) {
  for (;;) {
    Mailbox::Queue* queue = mail.find(key);
    if (queue == nullptr || !transfers_[queue->first].mine->gone) return queue;
    pop_mail(mail, queue);
  }
}

void ModelWorld::pop_mail(Mailbox& mail, Mailbox::Queue* queue) {
  if (queue->first == queue->last)
    mail.remove(queue);
  else
    queue->first = transfers_[queue->first].next_in_mail;
}

void ModelWorld::match(int32_t send, int32_t receive, double time) {
  Transfer& out = transfers_[send];
  Transfer& in = transfers_[receive];
  out.partner = receive;
  in.partner = send;
  if (out.bytes != in.bytes) {
    out.lengths_differ = in.lengths_differ = true;
    unblock_if_waiting_for(send, time);
    unblock_if_waiting_for(receive, time);
    return;
  }
  if (out.bytes > 0) std::memcpy(in.memory, out.memory, static_cast<size_t>(out.bytes));
  unblock_if_waiting_for(send, std::max(time, out.leaves_s));
  if (out.started) arrive(out);
}

void ModelWorld::leave_or_queue(int32_t send) {
  Transfer& message = transfers_[send];
  Rank& sender = ranks_[message.mine->rank];
  message.starts_s = std::max(sender.clock, sender.way_out_free_s);
  message.leaves_s = message.starts_s + link_.occupied_s(message.bytes);
  sender.way_out_free_s = message.leaves_s;
  if (sender.first_on_way_out != no_transfer) {
    transfers_[sender.last_on_way_out].next_on_way_out = send;
    sender.last_on_way_out = send;
  } else if (message.starts_s > sender.clock) {
    sender.first_on_way_out = sender.last_on_way_out = send;
    push_event(message.starts_s, message.mine->rank, false);
  } else {
    start(send);
  }
}

void ModelWorld::first_on_way_out_leaves(int rank) {
  Rank& sender = ranks_[rank];
  const int32_t send = sender.first_on_way_out;
  sender.first_on_way_out = transfers_[send].next_on_way_out;
  if (sender.first_on_way_out != no_transfer)
    push_event(transfers_[sender.first_on_way_out].starts_s, rank, false);
  start(send);
}

// Messages start in the order of time. Latency is the same for all, so they reach each receiver in
// this order, and its ingress can be assigned to them one after the other.
void ModelWorld::start(int32_t send) {
  Transfer& message = transfers_[send];
  Rank& receiver = ranks_[message.peer->rank];
  const double reaches_s = message.starts_s + link_.latency_s;
  message.passes_s() =
      std::max(reaches_s, receiver.way_in_free_s) + link_.occupied_s(message.bytes);
  receiver.way_in_free_s = message.passes_s();
  message.started = true;
  const Wait& wait = receiver.wait;
  if (message.partner != no_transfer)
    arrive(message);
  else if (wait.kind == Wait::Kind::size && wait.mine == message.peer &&
           wait.peer == message.mine && wait.tag.number == message.tag)
    unblock(message.peer->rank, message.passes_s());
  if (message.forgotten) free_.push_back(send);
}

void ModelWorld::arrive(const Transfer& message) {
  Transfer& receive = transfers_[message.partner];
  receive.passes_s() = message.passes_s();
  receive.started = true;
  unblock_if_waiting_for(message.partner, message.passes_s());
}

// Groups.

End& ModelWorld::split(End& mine, int colour, int key) {
  Group& group = *mine.group;
  group.choices.push_back({colour, key, mine.rank_in_group});
  if (group.choices.size() < group.ends.size()) {
    block({Wait::Kind::split, no_transfer, &mine, nullptr, 0});
  } else {
    make_children(group);
    for (const End& end : group.ends)
      if (&end != &mine) unblock(end.rank, ranks_[mine.rank].clock);
  }
  return *group.ends_of_children[mine.rank_in_group];
}

void ModelWorld::make_children(Group& group) {
  std::vector<Group::Choice>& choices = group.choices;
  std::ranges::sort(choices);
  group.ends_of_children.resize(group.ends.size());
  for (size_t begin = 0, end = 0; begin < choices.size(); begin = end) {
    std::vector<int> members;
    for (; end < choices.size() && choices[end].colour == choices[begin].colour; ++end)
      members.push_back(group.ends[choices[end].rank].rank);
    Group& child = *groups_.emplace_back(std::make_unique<Group>(members));
    for (size_t i = begin; i < end; ++i)
      group.ends_of_children[choices[i].rank] = &child.ends[i - begin];
  }
  choices.clear();
}

// Called when no event is left: every wait is hopeless.

void ModelWorld::end_hopeless_waits() {
  double now_s = 0;
  for (const Rank& rank : ranks_) now_s = std::max(now_s, rank.clock);
  const auto end = [&](size_t rank, std::string failure) {
    failures_[static_cast<int>(rank)] = std::move(failure);
    unblock(static_cast<int>(rank), now_s);
  };
  bool ended = false;
  for (size_t rank = 0; rank < ranks_.size(); ++rank) {
    const Wait& wait = ranks_[rank].wait;
    if (wait.kind == Wait::Kind::none || !awaits_the_gone(wait)) continue;
    end(rank, fmt::format("{}: {}", describe(wait), peer_is_gone(now_s - ranks_[rank].clock)));
    ended = true;
  }
  if (ended) return;
  const std::string deadlock = describe_deadlock();
  for (size_t rank = 0; rank < ranks_.size(); ++rank)
    if (ranks_[rank].wait.kind != Wait::Kind::none) end(rank, deadlock);
  LACONIC_CHECK(!events_.empty(), "all ranks have ended");
}

bool ModelWorld::awaits_the_gone(const Wait& wait) {
  if (wait.kind == Wait::Kind::split)
    return std::ranges::any_of(wait.mine->group->ends, &End::gone);
  return wait.peer->gone;
}

int ModelWorld::awaited_rank(const Wait& wait) {
  if (wait.kind != Wait::Kind::split) return wait.peer->rank;
  const Group& group = *wait.mine->group;
  std::vector<bool> has_come(group.ends.size());
  for (const Group::Choice& choice : group.choices) has_come[choice.rank] = true;
  return group.ends[std::ranges::find(has_come, false) - has_come.begin()].rank;
}

std::string ModelWorld::describe(const Wait& wait) const {
  const int rank = wait.mine->rank;
  if (wait.kind == Wait::Kind::split) return not_all_split(rank, awaited_rank(wait));
  if (wait.kind == Wait::Kind::size)
    return describe_transfer(rank, false, wait.peer->rank, wait.tag, unknown_size);
  const Transfer& transfer = transfers_[wait.transfer];
  return describe_transfer(rank, transfer.sends, wait.peer->rank, wait.tag, transfer.bytes);
}

std::string ModelWorld::describe_deadlock() const {
  const auto is_blocked = [&](int rank) { return ranks_[rank].wait.kind != Wait::Kind::none; };
  int rank = 0;
  while (rank + 1 < std::ssize(ranks_) && !is_blocked(rank)) ++rank;
  std::vector<int> chain;  // each rank waits for the next; ends before a repetition
  std::vector<bool> is_in_chain(ranks_.size());
  while (is_blocked(rank) && !is_in_chain[rank]) {
    chain.push_back(rank);
    is_in_chain[rank] = true;
    rank = awaited_rank(ranks_[rank].wait);
  }
  if (is_in_chain[rank]) chain.erase(chain.begin(), std::ranges::find(chain, rank));
  constexpr size_t most = 8;
  std::vector<std::string> waits;
  for (const int member : chain)
    if (waits.size() < most) waits.push_back(describe(ranks_[member].wait));
  return fmt::format("deadlock of {} ranks: {}{}", chain.size(), fmt::join(waits, "; "),
                     chain.size() > most ? "; ..." : "");
}

}  // namespace laconic::comm
