// Makes communicators: for one rank, for threads, over MPI, and slowed down to a given network.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "comm/base/communicator.hpp"
#include "comm/base/link.hpp"

namespace laconic::comm {

std::unique_ptr<Communicator> make_self();
// Returns the ends of `ranks` ranks inside this process, one per thread: for tests and sanitizers.
std::vector<std::unique_ptr<Communicator>> make_thread_group(int ranks);
// Slows `inner` down to a network of the given latency and bandwidth. Contents, order and counts
// are those of `inner`; times are real. All ranks must be on one host, and each wraps its own end.
std::unique_ptr<Communicator> make_shaped(std::unique_ptr<Communicator> inner, const Link& link);

// Returns "Open MPI v4.1.4" or the like. May be called before MpiWorld is constructed.
std::string mpi_library();

// Initialises MPI with the thread level that the communication thread needs, and finalises it when
// destroyed. Without a launcher the world has one rank. If an exchange failed, or an exception
// unwinds through this object, it ends all ranks with ExitCode::communication. Finalising would
// wait for ranks that may be dead. A caller with a better code calls abort() first.
//
// Lifetime: it must outlive its communicators.
// Error(environment) if another MPI's launcher started the process.
class MpiWorld {
 public:
  MpiWorld(int* argc, char*** argv);
  ~MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  // Returns a communicator of all ranks. Collective. Messages of different calls are separate.
  std::unique_ptr<Communicator> world();
  // Sets the algorithm of MPI_Allreduce in communicators that world() makes from now on. The number
  // is that of Open MPI's coll_tuned_allreduce_algorithm; 0: the library chooses. Returns false if
  // the library does not offer the choice. Open MPI offers it if its parameter
  // coll_tuned_use_dynamic_rules was set when it started.
  bool choose_vendor_sum(int algorithm);
  // Ends every rank now with this exit code, for errors that only some ranks have.
  [[noreturn]] static void abort(int exit_code);

 private:
  std::shared_ptr<std::atomic<bool>> failed_;  // set by its communicators
  int exceptions_;                             // std::uncaught_exceptions() at construction
};

}  // namespace laconic::comm
