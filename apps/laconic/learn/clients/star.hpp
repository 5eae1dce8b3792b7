// A star of clients around rank 0. Each client's vector goes to rank 0, which adds them up in the
// order of the clients and sends the mean to all ranks. So the bits do not depend on how many ranks
// host the clients. Client i is hosted by rank i mod R; its vector crosses a wire unless that is
// rank 0. A vector travels with one number more, the client's loss.
//
// Memory: rank 0 holds a vector for every client of a call, another rank for those that it hosts.
#pragma once

#include <functional>

#include "comm/exchange/all_to_all.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

template <class T>
class Star {
 public:
  // Writes the client's vector, and returns its loss.
  using Produce = std::function<double(int32_t client, std::span<T> vector)>;

  // Vectors have `length` elements or fewer. `ranks` is the size of the exchange, or that of a run
  // that is planned: then the clients of rank 0 stand for all.
  // Lifetime: exchange and timer must outlive this object.
  Star(comm::Exchange& exchange, PhaseTimer& timer, int64_t length, int ranks);

  // Allocates memory for calls with up to this many of all clients.
  void allocate(int64_t clients, int64_t all_clients);

  bool hosts(int64_t client) const { return client % ranks_ == exchange_.rank(); }
  // Sets `mean` to that over the clients (ascending), and returns their mean loss; both are equal on
  // all ranks. Calls produce(client, vector) for those that this rank hosts. Collective. The bytes
  // to rank 0 are counted as `purpose`, a literal, and those from it as broadcast.
  // AgreedError(diverged) if a loss or a vector is not finite; it names round and client.
  double mean(std::span<const int32_t> clients, int64_t round, const Produce& produce,
              std::span<T> mean, const char* purpose);

 private:
  // The vector of the k-th client of a rank, with its loss behind it.
  std::span<T> place(int64_t k, size_t width) {
    return std::span(vectors_).subspan(static_cast<size_t>(k) * width, width);
  }
  void collect(std::span<const int32_t> clients, size_t width, const char* purpose);
  void add(std::span<const int32_t> clients, size_t width);
  void spread(size_t width);

  comm::Exchange& exchange_;
  PhaseTimer& timer_;
  const Phase sum_, exposed_;
  const int64_t length_;
  const int ranks_;
  comm::AllToAll up_, down_;
  std::vector<int64_t> starts_, next_;  // at rank 0, by rank: its first vector, and the next one
  std::vector<T> vectors_;              // at rank 0 those of rank 0, of rank 1, ...
  std::vector<T> result_;               // the mean, the mean loss, and the first bad client or -1
};

}  // namespace laconic
