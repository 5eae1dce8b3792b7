// An allreduce in 2 ceil(log2 P) rounds that sends 2(P-1)/P of the vector per rank, for any P.
// Where P is no power of two, it saves the extra rounds of Rabenseifner's fold. The vector is cut
// into P segments. Each rank keeps a rotated copy, in which its own segment comes first.
// Let s(0) = P and s(k+1) = s(k)/2, rounded up, until it is 1:
//   reduce-scatter  in round k each rank sends its segments [s(k+1), s(k)) to the rank s(k+1) above
//                   it, and adds what arrives to its first ones; finally its first one is summed
//   allgather       the same rounds backwards, with the sums
// Each segment is summed at one rank, in an order that depends on P alone. With a commutative
// combine() all ranks and all runs get the same bits. (Traeff 2024, reduce-scatter on circulant
// graphs.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "comm/base/butterfly.hpp"
#include "framework/base/equal_cut.hpp"

namespace laconic::comm {

// The segments in the rotated order of one rank: place i is segment (rank + i) modulo P.
class TurnedSegments {
 public:
  TurnedSegments(int64_t n, int rank, int ranks)
      : n_(n), ranks_(ranks), rank_(rank), shift_(equal_cut(n, ranks, rank)) {}

  int64_t begin(int place) const {
    const int q = rank_ + place;
    return q < ranks_ ? equal_cut(n_, ranks_, q) - shift_
                      : equal_cut(n_, ranks_, q - ranks_) - shift_ + n_;
  }
  int64_t length(int from, int to) const { return begin(to) - begin(from); }
  int64_t shift() const { return shift_; }

 private:
  int64_t n_;
  int ranks_;
  int rank_;
  int64_t shift_;
};

// Calls round(kept, held) for every round of the reduce-scatter. In it the first `kept` of the
// `held` places stay, and the others are sent.
template <class Round>
void circulant_rounds(int ranks, Round round) {
  for (int held = ranks; held > 1; held = (held + 1) / 2) round((held + 1) / 2, held);
}

template <class T, class Combine>
void circulant_allreduce(Communicator& communicator, std::span<T> values, Scratch& scratch,
                         RoundTags tags, Combine combine) {
  const int rank = communicator.rank();
  const int ranks = communicator.size();
  const TurnedSegments segments(std::ssize(values), rank, ranks);
  if (scratch.size() < 2 * values.size_bytes()) scratch.resize(2 * values.size_bytes());
  T* const memory = reinterpret_cast<T*>(scratch.data());
  const std::span<T> turned(memory, values.size());
  const std::span<T> arrived(memory + values.size(), values.size());
  const auto places = [&](int from, int to) {
    return turned.subspan(segments.begin(from), segments.length(from, to));
  };
  const auto exchange = [&](int to, int from, Tag tag, std::span<T> out, std::span<T> in) {
    send_and_receive(communicator, tag,
                     {(to + ranks) % ranks, std::as_bytes(out), (from + ranks) % ranks,
                      std::as_writable_bytes(in)});
  };

  std::rotate_copy(values.begin(), values.begin() + segments.shift(), values.end(), turned.begin());
  int rounds[32][2];
  int count = 0;
  circulant_rounds(ranks, [&](int kept, int held) {
    const std::span<T> mine = places(0, held - kept);
    const std::span<T> theirs = arrived.first(mine.size());
    exchange(rank + kept, rank - kept, tags.reduce, places(kept, held), theirs);
    combine_into<T>(mine, theirs, combine);
    rounds[count][0] = kept;
    rounds[count++][1] = held;
  });
  while (count-- > 0) {
    const auto [kept, held] = rounds[count];
    exchange(rank - kept, rank + kept, tags.gather, places(0, held - kept), places(kept, held));
  }
  std::rotate_copy(turned.begin(), turned.end() - segments.shift(), turned.end(), values.begin());
}

}  // namespace laconic::comm
