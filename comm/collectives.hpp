// Small blocking collectives on point-to-point: for agreement and set-up, not for gradients.
// Results have the same bits on all ranks. Every rank calls the same ones in the same order with
// the same lengths.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "comm/butterfly.hpp"
#include "comm/communicator.hpp"

namespace laconic::comm {

// Recursive doubling: floor(log2 P) messages of the whole length, and the fold.
void sum(Communicator& communicator, std::span<double> values, Scratch& scratch);
void max(Communicator& communicator, std::span<int64_t> values, Scratch& scratch);

// Modulo 2^32. Recursive doubling for 4 ranks and fewer and for short vectors; else Rabenseifner,
// or where P is no power of two its equal on a circulant: 2(P-1)/P of the vector sent, in 2
// ceil(log2 P) messages.
void sum(Communicator& communicator, std::span<uint32_t> values, Scratch& scratch, int tag);

// Binomial tree: the last rank has it after ceil(log2 P) messages.
void broadcast(Communicator& communicator, std::span<std::byte> bytes, int root);
std::string broadcast(Communicator& communicator, const std::string& text, int root);

// At rank 0: the text of each rank, in rank order. Elsewhere: empty.
std::vector<std::string> gather(Communicator& communicator, const std::string& text);

}  // namespace laconic::comm
