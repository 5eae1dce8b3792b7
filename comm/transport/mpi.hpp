// The MPI transport's own header: for mpi_world.cpp and the tests of the transport.
#pragma once

#include <mpi.h>

#include <atomic>
#include <memory>

#include "comm/communicator.hpp"

namespace laconic::comm {

// Takes `comm` over and frees it. `failed` is set when an operation failed, and MPI is then past
// finalising. Messages longer than `largest_piece` bytes travel as several of MPI's, whose counts
// are ints.
std::unique_ptr<Communicator> make_mpi(MPI_Comm comm, std::shared_ptr<std::atomic<bool>> failed,
                                       int64_t largest_piece = int64_t{1} << 30);

// Error(communication) "where: MPI's own words" unless `code` is MPI_SUCCESS.
void check_mpi(int code, const std::string& where);

}  // namespace laconic::comm
