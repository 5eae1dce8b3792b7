#include "comm/gradient/lazy_sum.hpp"

#include <algorithm>

#include "comm/base/transfer.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

constexpr Tag message_tag{12, "message"};
constexpr Tag downlink_tag{13, "downlink"};

void reserve(ops::SparseVector& pairs, int64_t count) {
  pairs.indices.reserve(count);
  pairs.values.reserve(count);
}

}  // namespace

LazySum::LazySum(Exchange& exchange, const Hosted& workers, int64_t elements,
                 const PairFormat& format, bool has_server)
    : exchange_(exchange),
      workers_(workers),
      window_{0, elements},
      format_(format),
      sum_format_{format.codec, ops::ValueType::float32},
      has_server_(has_server),
      messages_(workers.sites),
      flags_(workers.sites, stale),
      flags_of_(workers.ranks),
      sizes_(workers.sites),
      flag_job_(workers.ranks) {
  for (int rank = 0; rank < workers_.ranks; ++rank) flags_of_[rank].resize(workers_.count(rank));
  job_.sum = this;
}

void LazySum::allocate(int64_t pairs) {
  for (int m = 0; m < workers_.sites; ++m)
    if (keeps_all() || workers_.has(m)) reserve(messages_[m], pairs);
  reserve(sum_, std::min(window_.length, pairs * workers_.sites));
  if (keeps_all()) pair_sum_.open(0, window_.length);
}

bool LazySum::share_flags() {
  Bytes& mine = flags_of_[workers_.rank];
  for (size_t i = 0; i < mine.size(); ++i)
    mine[i] = static_cast<std::byte>(flags_[workers_.rank + static_cast<int>(i) * workers_.ranks]);
  if (exchange_.size() > 1) {
    for (int peer = 0; peer < exchange_.size(); ++peer) {
      flag_job_.send(peer, mine);
      flag_job_.receive(peer, flags_of_[peer]);
    }
    exchange_.start(flag_job_, "flags");
    exchange_.finish();
  }
  for (int m = 0; m < workers_.sites; ++m) {
    const auto flag =
        static_cast<uint8_t>(flags_of_[workers_.host(m)][static_cast<size_t>(m / workers_.ranks)]);
    if (flag > failed) fail(ExitCode::communication, "worker {} has the flag {}", m, flag);
    flags_[m] = static_cast<Flag>(flag);
  }
  return std::ranges::find(flags_, failed) == flags_.end();
}

const ops::SparseVector& LazySum::sum() {
  write_messages();
  if (exchange_.size() > 1 && std::ranges::find(flags_, fresh) != flags_.end())
    run(has_server_ ? &LazySum::send_to_server : &LazySum::gather_messages, "messages");
  if (keeps_all()) add_up();
  if (has_server_) run(&LazySum::send_sum, "downlink");
  return sum_;
}

void LazySum::run(void (LazySum::*step)(Communicator&), const char* purpose) {
  job_.step = step;
  exchange_.start(job_, purpose);
  exchange_.finish();
}

bool LazySum::has_fresh(int rank) const {
  for (int m = rank; m < workers_.sites; m += workers_.ranks)
    if (is_fresh(m)) return true;
  return false;
}

// They are written on one rank, too: their bytes are what the workers would send.
void LazySum::write_messages() {
  outgoing_.clear();
  for (int m = workers_.rank; m < workers_.sites; m += workers_.ranks) {
    const int64_t before = std::ssize(outgoing_);
    if (is_fresh(m)) write_pairs(format_, view(messages_[m]), window_, outgoing_);
    sizes_[m] = std::ssize(outgoing_) - before;
  }
}

void LazySum::read_messages(int rank, std::span<const std::byte> bytes) {
  for (int m = rank; m < workers_.sites; m += workers_.ranks) {
    if (!is_fresh(m)) continue;
    messages_[m].clear();
    bytes = bytes.subspan(read_pairs(format_, bytes, window_, messages_[m]));
  }
  if (!bytes.empty())
    fail(ExitCode::communication, "{} bytes too many from rank {}", bytes.size(), rank);
}

void LazySum::gather_messages(Communicator& communicator) {
  Bytes& block = gather_.block();
  make_room(block, block.size() + outgoing_.size());
  block.insert(block.end(), outgoing_.begin(), outgoing_.end());
  gather_.run(communicator, message_tag);
  for (int rank = 0; rank < workers_.ranks; ++rank)
    if (rank != workers_.rank) read_messages(rank, gather_.of(rank));
}

void LazySum::send_to_server(Communicator& communicator) {
  if (workers_.rank > 0) {
    if (has_fresh(workers_.rank)) send(communicator, 0, message_tag, outgoing_);
    return;
  }
  for (int rank = 1; rank < workers_.ranks; ++rank) {
    if (!has_fresh(rank)) continue;
    receive_whole(communicator, rank, message_tag, arriving_);
    read_messages(rank, arriving_);
  }
}

void LazySum::send_sum(Communicator& communicator) {
  Bytes& bytes = workers_.rank == 0 ? outgoing_ : arriving_;
  if (workers_.rank == 0) {
    bytes.clear();
    write_pairs(sum_format_, view(sum_), window_, bytes);
    sends_.clear();
    for (int rank = 1; rank < communicator.size(); ++rank)
      sends_.push_back(communicator.send(rank, downlink_tag, bytes));
    for (const Request& request : sends_) communicator.wait(request);
  } else {
    receive_whole(communicator, 0, downlink_tag, bytes);
    sum_.clear();
    read_pairs(sum_format_, bytes, window_, sum_);
  }
  downlink_bytes_ = std::ssize(bytes);
}

void LazySum::add_up() {
  pair_sum_.open(0, window_.length);
  for (const ops::SparseVector& message : messages_) pair_sum_.add(message.indices, message.values);
  pair_sum_.take(sum_);
}

void LazySum::visit_state(StateList& state) {
  if (!keeps_all()) return;
  const Placement placement = has_server_ ? Placement::keyed : Placement::replicated;
  for (int m = 0; m < workers_.sites; ++m) {
    state.add_varying(keyed_name("worker", m, "message/indices"), messages_[m].indices, placement);
    state.add_varying(keyed_name("worker", m, "message/values"), messages_[m].values, placement);
  }
}

int64_t LazySum::memory_bytes(int64_t workers, int64_t pairs, int64_t elements, bool keeps_all) {
  constexpr int64_t pair = sizeof(int32_t) + sizeof(float);
  const int64_t sum = 2 * pair * std::min(elements, workers * pairs);  // and its bytes on the wire
  if (!keeps_all) return sum;
  const int64_t adding = elements * int64_t{sizeof(float)} + elements / 8;
  return sum + adding + 2 * pair * workers * pairs;
}

}  // namespace laconic::comm
