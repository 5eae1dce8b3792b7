// The two ways in which blocks of unknown length move between ranks. Both keep their memory.
//   RotatedExchange  one block from each rank to each other rank, one message a peer
//   BlockGather      one block of each rank to all ranks, ceil(log2 P) messages
#pragma once

#include <vector>

#include "comm/communicator.hpp"
#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// In step s rank r sends to r + s and receives from r - s, so that no rank is everybody's target
// at once; a few sends are under way at a time. (Ok-Topk's destination rotation.)
class RotatedExchange {
 public:
  // Blocks are appended to outgoing(), in any order of peers; close(peer) ends the one for `peer`.
  // Every peer must get a block, which may be empty.
  void begin(int ranks);
  Bytes& outgoing() { return outgoing_; }
  void close(int peer);
  // Collective. arrived(peer) is valid until the next begin().
  void run(Communicator& communicator, int tag);
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
// own block is written to block() before run().
class BlockGather {
 public:
  Bytes& block() {
    gathered_.resize(sizeof(uint32_t));
    return gathered_;  // append to it
  }
  // Collective. Appends after block(); of(rank) is valid until the next block().
  void run(Communicator& communicator, int tag);
  std::span<const std::byte> of(int rank) const { return blocks_[rank]; }

 private:
  Bytes gathered_, arriving_;
  std::vector<std::span<const std::byte>> blocks_;
};

}  // namespace laconic::comm
