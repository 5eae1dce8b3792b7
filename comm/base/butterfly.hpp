// The two allreduces in which each rank exchanges with the ranks whose numbers differ from its own
// in one bit, one bit per round. They work for any element and any commutative, associative
// combine(). C, the core, is the largest power of two up to P. A rank beyond the core sends its
// values to rank - C before the rounds and gets the result back after them (the fold).
//   recursive doubling   log2(C) rounds of the whole vector: fewest messages
//   Rabenseifner         log2(C) rounds that halve the vector, then log2(C) rounds that reassemble
//                        it: 2(C-1)/C of the vector sent per rank
//   the fold             two more messages of the whole vector, for the ranks that take part in it
// The order of combinations depends on P and the rank numbers alone. All ranks get the same bits:
// Rabenseifner combines each element at one rank; in recursive doubling all ranks combine the same
// pairs. (If these are two different NaNs, the result may be either.)
// (Thakur, Rabenseifner and Gropp 2005.)
#pragma once

#include <bit>
#include <cstddef>
#include <span>
#include <vector>

#include "comm/base/communicator.hpp"
#include "comm/base/transfer.hpp"

namespace laconic::comm {

// Memory that the caller keeps between calls. It grows to the size of the largest call.
using Scratch = std::vector<std::byte>;

// The role of one rank in the fold.
struct Fold {
  Fold(int rank, int ranks)
      : core(static_cast<int>(std::bit_floor(static_cast<unsigned>(ranks)))),
        rounds(std::countr_zero(static_cast<unsigned>(core))),
        in_core(rank < core),
        partner(rank < core ? rank + core : rank - core),
        has_partner(partner < ranks) {}
  int core;    // number of ranks in the core
  int rounds;  // number of rounds in the core
  bool in_core;
  int partner;
  bool has_partner;
};

struct RoundTags {
  Tag reduce;  // for values that are still to be combined
  Tag gather;  // for final values
};

template <class T, class Combine>
void combine_into(std::span<T> mine, std::span<const T> theirs, Combine combine) {
  T* __restrict target = mine.data();
  const T* __restrict source = theirs.data();
  for (size_t i = 0; i < mine.size(); ++i) target[i] = combine(target[i], source[i]);
}

template <class T, class Combine>
class Butterfly {
 public:
  Butterfly(Communicator& communicator, Scratch& scratch, RoundTags tags, Combine combine)
      : communicator_(communicator),
        scratch_(scratch),
        tags_(tags),
        combine_(combine),
        rank_(communicator.rank()),
        fold_(communicator.rank(), communicator.size()) {}

  void recursive_doubling(std::span<T> values) {
    fold(values, [&] {
      for (int distance = 1; distance < fold_.core; distance *= 2) {
        const std::span<T> theirs = arrived(values.size());
        exchange(rank_ ^ distance, tags_.reduce, values, theirs);
        combine(values, theirs);
      }
    });
  }

  void rabenseifner(std::span<T> values) {
    fold(values, [&] { halve(values, fold_.core / 2); });
  }

 private:
  // Sums one half of `values` at this rank and gets the other half summed.
  void halve(std::span<T> values, int distance) {
    if (distance == 0) return;
    const size_t middle = values.size() / 2;
    const bool upper = (rank_ & distance) != 0;
    const std::span<T> mine = upper ? values.subspan(middle) : values.first(middle);
    const std::span<T> other = upper ? values.first(middle) : values.subspan(middle);
    const std::span<T> theirs = arrived(mine.size());
    exchange(rank_ ^ distance, tags_.reduce, other, theirs);
    combine(mine, theirs);
    halve(mine, distance / 2);
    exchange(rank_ ^ distance, tags_.gather, mine, other);
  }

  template <class Among>
  void fold(std::span<T> values, Among among_the_core) {
    const int partner = fold_.partner;
    if (!fold_.in_core) {
      send(communicator_, partner, tags_.reduce, std::as_bytes(values));
      receive(communicator_, partner, tags_.gather, std::as_writable_bytes(values));
      return;
    }
    if (fold_.has_partner) {
      const std::span<T> theirs = arrived(values.size());
      receive(communicator_, partner, tags_.reduce, std::as_writable_bytes(theirs));
      combine(values, theirs);
    }
    among_the_core();
    if (fold_.has_partner) send(communicator_, partner, tags_.gather, std::as_bytes(values));
  }

  void exchange(int peer, Tag tag, std::span<const T> out, std::span<T> in) {
    send_and_receive(communicator_, tag,
                     {peer, std::as_bytes(out), peer, std::as_writable_bytes(in)});
  }

  void combine(std::span<T> mine, std::span<const T> theirs) {
    combine_into<T>(mine, theirs, combine_);
  }

  std::span<T> arrived(size_t length) {
    if (scratch_.size() < length * sizeof(T)) scratch_.resize(length * sizeof(T));
    return {reinterpret_cast<T*>(scratch_.data()), length};
  }

  Communicator& communicator_;
  Scratch& scratch_;
  const RoundTags tags_;
  const Combine combine_;
  const int rank_;
  const Fold fold_;
};

}  // namespace laconic::comm
