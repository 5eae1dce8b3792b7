// Internal header of the MPI transport, for mpi_world.cpp and the transport's tests.
#pragma once

#include <mpi.h>

#include <atomic>
#include <memory>

#include "comm/base/communicator.hpp"

namespace laconic::comm {

// Makes a communicator on `comm`. Messages longer than `largest_piece` bytes are sent as several
// MPI messages, since MPI's counts are ints.
// Ownership: the communicator frees `comm`.
// Errors: `failed` is set when an operation failed; MPI cannot be finalised then.
std::unique_ptr<Communicator> make_mpi(MPI_Comm comm, std::shared_ptr<std::atomic<bool>> failed,
                                       int64_t largest_piece = int64_t{1} << 30);

// Throws Error(communication) with `where` and MPI's message unless `code` is MPI_SUCCESS.
void check_mpi(int code, const std::string& where);

}  // namespace laconic::comm
