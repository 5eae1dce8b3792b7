// Small blocking collectives on point-to-point messages. They are for agreement and set-up, not for
// gradients. Results have the same bits on all ranks. Every rank must call the same functions in
// the same order with the same lengths.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "comm/base/butterfly.hpp"
#include "comm/base/communicator.hpp"

namespace laconic::comm {

// Replace `values` by the sum or the maximum over all ranks. They use recursive doubling:
// floor(log2 P) messages of the whole length, and the fold.
void sum(Communicator& communicator, std::span<double> values, Scratch& scratch);
void max(Communicator& communicator, std::span<int64_t> values, Scratch& scratch);

// Replaces `values` by the sum over all ranks, modulo 2^32. Up to 4 ranks, and short vectors, use
// recursive doubling. Others use Rabenseifner, or the circulant if P is no power of two. Then each
// rank sends 2(P-1)/P of the vector in 2 ceil(log2 P) messages.
void sum(Communicator& communicator, std::span<uint32_t> values, Scratch& scratch, Tag tag);

// Copies the root's bytes or text to all ranks along a binomial tree. The last rank has them after
// ceil(log2 P) messages.
void broadcast(Communicator& communicator, std::span<std::byte> bytes, int root);
std::string broadcast(Communicator& communicator, const std::string& text, int root);

// Returns the text of each rank, in rank order, at rank 0; an empty vector at other ranks.
std::vector<std::string> gather(Communicator& communicator, const std::string& text);

}  // namespace laconic::comm
