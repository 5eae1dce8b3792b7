// Where ranks come from.
#pragma once

#include <vector>

#include "comm/communicator.hpp"

namespace laconic::comm {

std::unique_ptr<Communicator> make_self();
// N ranks inside this process, one a thread: for tests and sanitizers.
std::vector<std::unique_ptr<Communicator>> make_thread_group(int ranks);

// MPI for the life of the process: initialises with the thread level the communication thread needs, finalises
// at the end. Without a launcher it is a world of one.
class MpiWorld {
 public:
  MpiWorld(int* argc, char*** argv);
  ~MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  std::unique_ptr<Communicator> world();
  int ranks_on_node() const;
  int local_rank() const;
  // Ends every rank now with this exit code; for errors that only some ranks see.
  [[noreturn]] static void abort(int exit_code);
};

}  // namespace laconic::comm
