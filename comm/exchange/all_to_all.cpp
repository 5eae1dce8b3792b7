#include "comm/exchange/all_to_all.hpp"

namespace laconic::comm {

// In step i each rank sends to the rank i above it, so that no rank is the first target of all.
void AllToAll::run(Communicator& communicator) {
  const int rank = communicator.rank(), ranks = communicator.size();
  requests_.clear();
  for (int step = 1; step < ranks; ++step)
    if (const int peer = (rank - step + ranks) % ranks; !incoming_[peer].empty())
      requests_.push_back(communicator.receive(peer, all_to_all_tag, incoming_[peer]));
  for (int step = 1; step < ranks; ++step)
    if (const int peer = (rank + step) % ranks; !outgoing_[peer].empty())
      requests_.push_back(communicator.send(peer, all_to_all_tag, outgoing_[peer]));
  for (const Request& request : requests_) communicator.wait(request);
}

}  // namespace laconic::comm
