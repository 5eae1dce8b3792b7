// Runs a program of P ranks inside one thread, on a simulated network, and measures its virtual
// time. A program with thousands of ranks runs in seconds. The virtual time is the same to the last
// bit on every machine. Data are really moved, so results are real; only times are virtual.
//
// Each rank has a clock that starts at 0. Only advance(), the wait for a transfer and split() move
// it. A message of b bytes that is sent at time t
//   leaves    at t', the later of t and the time at which its sender's egress is free,
//             and occupies the egress until t' + b beta;
//   reaches   its receiver at t' + alpha, whether or not a receive is posted;
//   passes    the receiver's ingress for b beta seconds, from the later of t' + alpha and the time
//             at which the ingress is free. Messages pass in the order in which they reach it.
// The wait for a receive and next_size() end when the message has passed. The wait for a send ends
// when the message has left the egress and its receive is posted. Large messages over MPI behave
// alike, so a program that relies on buffering deadlocks here, too. A group of split() starts at
// the clock of its latest rank.
//
// The rank with the earliest clock runs next. If several clocks are equal, the rank that was
// suspended first runs first. There is no timeout: a wait that can never end is an error at once.
// The error names the ranks that wait for each other.
#pragma once

#include <functional>
#include <vector>

#include "comm/base/communicator.hpp"
#include "comm/base/link.hpp"

namespace laconic::comm {

class ModelCommunicator : public Communicator {
 public:
  virtual double now() const = 0;            // this rank's clock, in seconds
  virtual void advance(double seconds) = 0;  // moves the clock: this rank computes
};

struct ModelResult {
  struct Rank {
    double seconds = 0;  // its clock at the end
    // Sums over all its communicators:
    Traffic traffic;
    TrafficByTag by_tag;
  };
  std::vector<Rank> ranks;
  double seconds() const;  // the critical path
};

// Runs body(communicator) as each of the ranks. Rethrows the first exception that leaves a body.
// The ranks that wait for that rank have then ended with Error(communication), as with threads.
ModelResult run_model(int ranks, const Link& link,
                      const std::function<void(ModelCommunicator&)>& body);

}  // namespace laconic::comm
