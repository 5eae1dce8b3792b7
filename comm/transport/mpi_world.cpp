// MPI for the life of the process. Threads: the main thread initialises, duplicates the world and
// finalises; in between, only the communication thread calls MPI. Two threads, never at the same
// time: MPI_THREAD_SERIALIZED (FUNNELED would ask for the one that initialised).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "comm/transport/mpi.hpp"
#include "comm/transports.hpp"
#include "framework/base/error.hpp"
#include "framework/base/exit_code.hpp"

namespace laconic::comm {
namespace {

// How many ranks this process was started with, and which variable says so; empty: none does. To be
// read before MPI_Init, which may set such variables itself.
struct Launch {
  std::string variable;
  std::string ranks;
};

Launch read_launch() {
  // A launcher that started one rank meant it, whatever the job has.
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"})
    if (const char* value = std::getenv(variable)) return {variable, value};
  return {};
}

// A launcher of another MPI starts n processes that each find themselves alone: n runs that all
// write the same files. So does srun where it does not speak this MPI's language, and a job script
// that asked for n tasks may have forgotten the launcher. Better to say so.
void check_launch(const Launch& launch) {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size > 1 || std::atoi(launch.ranks.c_str()) <= 1) return;
  const std::string library = mpi_library();
  MPI_Finalize();
  fail(ExitCode::environment,
       "{0}={1}, but this process is alone: laconic was built with {2} and needs the launcher of "
       "that MPI. Type: mpirun -n {1} laconic ... (under Slurm: srun --mpi=pmix -n {1} laconic "
       "...); "
       "for one rank on purpose: mpirun -n 1 laconic ...",
       launch.variable, launch.ranks, library);
}

// A variable of the MPI library, through its tools interface.
class ControlVariable {
 public:
  explicit ControlVariable(const char* name) {
    int provided = MPI_THREAD_SINGLE;
    if (MPI_T_init_thread(MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return;
    initialised_ = true;
    int index = 0;
    int count = 0;
    if (MPI_T_cvar_get_index(name, &index) != MPI_SUCCESS ||
        MPI_T_cvar_handle_alloc(index, nullptr, &handle_, &count) != MPI_SUCCESS || count != 1)
      handle_ = MPI_T_CVAR_HANDLE_NULL;
  }
  ~ControlVariable() {
    if (handle_ != MPI_T_CVAR_HANDLE_NULL) MPI_T_cvar_handle_free(&handle_);
    if (initialised_) MPI_T_finalize();
  }
  ControlVariable(const ControlVariable&) = delete;

  bool is_set() const {
    int64_t value = 0;  // room for whatever integer it is
    return handle_ != MPI_T_CVAR_HANDLE_NULL && MPI_T_cvar_read(handle_, &value) == MPI_SUCCESS &&
           value != 0;
  }
  bool set(int value) {
    return handle_ != MPI_T_CVAR_HANDLE_NULL && MPI_T_cvar_write(handle_, &value) == MPI_SUCCESS;
  }

 private:
  bool initialised_ = false;
  MPI_T_cvar_handle handle_ = MPI_T_CVAR_HANDLE_NULL;
};

}  // namespace

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string_view all(text, static_cast<size_t>(length));
  return std::string(all.substr(0, all.find_first_of(",\n")));
}

MpiWorld::MpiWorld(int* argc, char*** argv)
    : failed_(std::make_shared<std::atomic<bool>>(false)), exceptions_(std::uncaught_exceptions()) {
  const Launch launch = read_launch();
  int provided = MPI_THREAD_SINGLE;
  check_mpi(MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_SERIALIZED) {
    MPI_Finalize();
    fail(ExitCode::environment,
         "MPI offers thread level {}, laconic needs MPI_THREAD_SERIALIZED ({})", provided,
         static_cast<int>(MPI_THREAD_SERIALIZED));
  }
  check_launch(launch);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
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

bool MpiWorld::choose_vendor_sum(int algorithm) {
  constexpr int segmented_ring = 5;
  constexpr int segment_bytes = 1 << 20;  // as in its own choices; 0 would make it the plain ring
  return ControlVariable("coll_tuned_use_dynamic_rules").is_set() &&
         ControlVariable("coll_tuned_allreduce_algorithm").set(algorithm) &&
         ControlVariable("coll_tuned_allreduce_algorithm_segmentsize")
             .set(algorithm == segmented_ring ? segment_bytes : 0);
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
