// Where ranks come from.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/link.hpp"

namespace laconic::comm {

std::unique_ptr<Communicator> make_self();
// N ranks inside this process, one a thread: for tests and sanitizers.
std::vector<std::unique_ptr<Communicator>> make_thread_group(int ranks);
// The ranks of one host, slowed down to a network of the given latency and bandwidth: contents,
// order and counts are those of `inner`, times are real. Every rank wraps its own.
std::unique_ptr<Communicator> make_shaped(std::unique_ptr<Communicator> inner,
                                          const LinkOptions& options);

// "Open MPI v4.1.4"; legal before MpiWorld.
std::string mpi_library();

// MPI for the life of the process: initialises with the thread level the communication thread
// needs, finalises at the end. Without a launcher it is a world of one; started by another MPI's
// launcher, Error(environment). Where an exchange failed or an exception unwinds through it, it
// ends all ranks with ExitCode::communication instead of finalising, which would wait for ranks
// that may be dead; a caller that knows a better code calls abort() first. Outlives its
// communicators.
class MpiWorld {
 public:
  MpiWorld(int* argc, char*** argv);
  ~MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  // A communicator of all ranks. Collective; each call gives one whose messages no other sees.
  std::unique_ptr<Communicator> world();
  // The algorithm of the vendor's own sum in communicators that world() makes from now on, by the
  // number of Open MPI's coll_tuned_allreduce_algorithm; 0: its own choice. False where the library
  // lets nobody choose: Open MPI does if its parameter coll_tuned_use_dynamic_rules was set when it
  // started.
  bool choose_vendor_sum(int algorithm);
  // Ends every rank now with this exit code; for errors that only some ranks see.
  [[noreturn]] static void abort(int exit_code);

 private:
  std::shared_ptr<std::atomic<bool>> failed_;  // set by its communicators
  int exceptions_;                             // under way at construction
};

}  // namespace laconic::comm
