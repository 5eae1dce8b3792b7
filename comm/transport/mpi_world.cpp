// MPI for the life of the process. Threads: the main thread initialises, duplicates the world and
// finalises; in between, only the communication thread calls MPI. Two threads, never at the same
// time: MPI_THREAD_SERIALIZED (FUNNELED would ask for the one that initialised).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "comm/transport/mpi.hpp"
#include "comm/transports.hpp"
#include "framework/base/error.hpp"
#include "framework/base/exit_code.hpp"

namespace laconic::comm {
namespace {

// A launcher of another MPI starts n processes that each find themselves alone: n runs that all
// write the same files. Better to say so.
void check_launcher() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size > 1) return;
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || std::atoi(value) <= 1) continue;
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    MPI_Get_library_version(library, &length);
    const std::string name(library, 0, std::string(library).find_first_of(",\n"));
    MPI_Finalize();
    fail(ExitCode::environment,
         "{}={}, but this process is alone: laconic was built with {}, start it with the launcher "
         "of "
         "that MPI",
         variable, value, name);
  }
}

}  // namespace

MpiWorld::MpiWorld(int* argc, char*** argv)
    : failed_(std::make_shared<std::atomic<bool>>(false)), exceptions_(std::uncaught_exceptions()) {
  int provided = MPI_THREAD_SINGLE;
  check_mpi(MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_SERIALIZED) {
    MPI_Finalize();
    fail(ExitCode::environment,
         "MPI offers thread level {}, laconic needs MPI_THREAD_SERIALIZED ({})", provided,
         static_cast<int>(MPI_THREAD_SERIALIZED));
  }
  check_launcher();
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm node = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node),
            "MPI_Comm_split_type");
  MPI_Comm_size(node, &ranks_on_node_);
  MPI_Comm_rank(node, &local_rank_);
  MPI_Comm_free(&node);
}

MpiWorld::~MpiWorld() {
  // Finalising waits for all ranks, and one that failed may never get there.
  if (*failed_ || std::uncaught_exceptions() > exceptions_)
    abort(static_cast<int>(ExitCode::communication));
  MPI_Finalize();
}

std::unique_ptr<Communicator> MpiWorld::world() {
  MPI_Comm comm = MPI_COMM_NULL;
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &comm), "MPI_Comm_dup");
  return make_mpi(comm, failed_);
}

int MpiWorld::ranks_on_node() const {
  return ranks_on_node_;
}
int MpiWorld::local_rank() const {
  return local_rank_;
}

void MpiWorld::abort(int exit_code) {
  std::fflush(nullptr);
  int initialised = 0;
  int finalised = 0;
  MPI_Initialized(&initialised);
  MPI_Finalized(&finalised);
  if (initialised != 0 && finalised == 0) {
    // MPICH's launcher drops what it has not yet read, the reason of the abort among it.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    MPI_Abort(MPI_COMM_WORLD, exit_code);
  }
  std::_Exit(exit_code);
}

}  // namespace laconic::comm
