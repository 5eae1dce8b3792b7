// Runs a program of P ranks inside one thread, on a network that exists as a formula only, and says
// how long it would have taken: for thousands of ranks in seconds, the same to the last bit on
// every machine. Data are really moved, so results are real; times are virtual.
//
// Each rank has a clock that starts at 0. Only three things move it: advance(), the wait for a
// transfer, and split(). All else takes no time. A message of b bytes sent at time t
//   leaves    at t' = the later of t and the time at which its sender's way out is free,
//             and occupies that way until t' + b beta;
//   reaches   its receiver at t' + alpha, whether or not a receive is posted;
//   passes    the receiver's way in, from the later of t' + alpha and the time at which that is
//   free,
//             for b beta seconds. Messages pass in the order in which they reach it.
// The wait for a receive and next_size() end when the message has passed. The wait for a send ends
// when the message has left its way out and its receive is posted (as with large messages over MPI,
// so a program that relies on buffering is found out). A group of split() starts at the clock of
// its latest rank.
//
// The rank whose clock is behind runs next; of several, the one that came to a halt first. There is
// no timeout: a wait that can never end is found at once, as an error that names who waits for
// whom.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/link.hpp"

namespace laconic::comm {

class ModelCommunicator : public Communicator {
 public:
  virtual double now() const = 0;            // seconds, of this rank
  virtual void advance(double seconds) = 0;  // this rank computes
};

struct ModelResult {
  struct Rank {
    double seconds = 0;  // its clock at its end
    // Over all its communicators.
    Traffic traffic;
    std::array<Traffic, tag_places> by_tag;
  };
  std::vector<Rank> ranks;
  double seconds() const;  // the critical path
};

// Runs body(communicator) as each of the ranks. Rethrows the first exception that leaves a body;
// the ranks that depend on that one have then ended with Error(communication), as on threads.
ModelResult run_model(int ranks, const LinkOptions& link,
                      const std::function<void(ModelCommunicator&)>& body);

}  // namespace laconic::comm
