// Two ways to send blocks of unknown length between ranks. Both keep their memory between uses.
//   RotatedExchange  one block from each rank to each other rank, one message per peer
//   BlockGather      one block from each rank to all ranks, ceil(log2 P) messages
#pragma once

#include <vector>

#include "comm/base/communicator.hpp"
#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// In step s rank r sends to r + s and receives from r - s, so no rank receives from all others at
// once. A few sends are in flight at a time. (Ok-Topk's destination rotation.)
class RotatedExchange {
 public:
  // The caller appends blocks to outgoing(), in any order of peers, and calls close(peer) after the
  // block for `peer`. Every peer must get a block, which may be empty.
  void begin(int ranks);
  Bytes& outgoing() { return outgoing_; }
  void close(int peer);
  // Exchanges the blocks. Collective. arrived(peer) is valid until the next begin().
  void run(Communicator& communicator, Tag tag);
  std::span<const std::byte> arrived(int peer) const;

 private:
  struct Piece {
    int64_t begin = 0;
    int64_t end = 0;
  };
  Bytes outgoing_, arrived_;
  int64_t closed_ = 0;
  std::vector<Piece> to_, from_;
  std::vector<Request> sends_;
};

// Bruck et al. 1997: after step s every rank has the blocks of 2^(s+1) ranks, its own first. The
// caller appends its own block to block() before run().
class BlockGather {
 public:
  Bytes& block() {
    gathered_.resize(sizeof(uint32_t));
    return gathered_;  // append to it
  }
  // Gathers the blocks of all ranks. Collective. of(rank) is valid until the next block().
  void run(Communicator& communicator, Tag tag);
  std::span<const std::byte> of(int rank) const { return blocks_[rank]; }

 private:
  Bytes gathered_, arriving_;
  std::vector<std::span<const std::byte>> blocks_;
};

}  // namespace laconic::comm
