#include "comm/sparse/pair_exchange.hpp"

#include <algorithm>
#include <cstring>

#include "comm/base/transfer.hpp"
#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {
namespace {

constexpr int sends_under_way = 4;

uint32_t length_at(std::span<const std::byte> bytes, int64_t position) {
  uint32_t length = 0;
  if (position + static_cast<int64_t>(sizeof length) > std::ssize(bytes))
    fail(ExitCode::communication, "gathered blocks end in the middle of a length");
  std::memcpy(&length, bytes.data() + position, sizeof length);
  return length;
}

}  // namespace

void RotatedExchange::begin(int ranks) {
  outgoing_.clear();
  arrived_.clear();
  closed_ = 0;
  to_.assign(ranks, {});
  from_.assign(ranks, {});
  sends_.assign(ranks, {});
}

void RotatedExchange::close(int peer) {
  to_[peer] = {closed_, std::ssize(outgoing_)};
  closed_ = std::ssize(outgoing_);
}

void RotatedExchange::run(Communicator& communicator, Tag tag) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  const auto start_send = [&](int step) {
    const int peer = (rank + step) % ranks;
    const Piece& piece = to_[peer];
    sends_[step] = communicator.send(
        peer, tag, std::span(outgoing_).subspan(piece.begin, piece.end - piece.begin));
  };
  for (int step = 1; step < std::min(ranks, 1 + sends_under_way); ++step) start_send(step);
  for (int step = 1; step < ranks; ++step) {
    const int peer = (rank - step + ranks) % ranks;
    const int64_t begin = std::ssize(arrived_);
    receive_whole(communicator, peer, tag, arrived_, arrived_.size());
    from_[peer] = {begin, std::ssize(arrived_)};
    communicator.wait(sends_[step]);
    if (step + sends_under_way < ranks) start_send(step + sends_under_way);
  }
}

std::span<const std::byte> RotatedExchange::arrived(int peer) const {
  const Piece& piece = from_[peer];
  return std::span(arrived_).subspan(piece.begin, piece.end - piece.begin);
}

void BlockGather::run(Communicator& communicator, Tag tag) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  const auto own = static_cast<uint32_t>(gathered_.size() - sizeof(uint32_t));
  std::memcpy(gathered_.data(), &own, sizeof own);
  for (int have = 1; have < ranks; have *= 2) {
    // The first `count` blocks go to the rank that lacks them.
    const int count = std::min(have, ranks - have);
    int64_t bytes = 0;
    for (int block = 0; block < count; ++block)
      bytes += static_cast<int64_t>(sizeof(uint32_t)) + length_at(gathered_, bytes);
    const Request outgoing =
        communicator.send((rank - have + ranks) % ranks, tag, std::span(gathered_).first(bytes));
    receive_whole(communicator, (rank + have) % ranks, tag, arriving_);
    communicator.wait(outgoing);
    make_room(gathered_, gathered_.size() + arriving_.size());
    gathered_.insert(gathered_.end(), arriving_.begin(), arriving_.end());
  }
  blocks_.resize(ranks);
  int64_t position = 0;
  for (int i = 0; i < ranks; ++i) {
    const uint32_t length = length_at(gathered_, position);
    position += sizeof(uint32_t);
    if (position + length > std::ssize(gathered_))
      fail(ExitCode::communication, "a gathered block of {} bytes is cut off", length);
    blocks_[(rank + i) % ranks] = std::span(gathered_).subspan(position, length);
    position += length;
  }
}

}  // namespace laconic::comm
