// Initialises and finalises MPI.
// Thread safety: the main thread initialises, duplicates the world and finalises; in between, only
// the communication thread calls MPI. Two threads that take turns need MPI_THREAD_SERIALIZED
// (MPI_THREAD_FUNNELED allows only the thread that initialised).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "comm/transport/mpi.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/error.hpp"
#include "framework/base/exit_code.hpp"

namespace laconic::comm {
namespace {

// The number of ranks that the launcher started, and the environment variable that contains it;
// empty if there is none. It must be read before MPI_Init, which may set such variables itself.
struct Launch {
  std::string variable;
  std::string ranks;
};

Launch read_launch() {
  // A launcher's variable comes first: it may have started one rank in a larger job.
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"})
    if (const char* value = std::getenv(variable)) return {variable, value};
  return {};
}

// Refuses to run alone when n ranks were started. With the launcher of another MPI each of the n
// processes is a world of one, and all would write the same files. The same happens if srun does
// not support this MPI, or if a job script with n tasks forgot the launcher.
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

// A control variable of the MPI library (MPI_T interface).
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
    int64_t value = 0;  // has room for any integer type
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
  // Open MPI would start a helper, which it may not find, for processes that a lone one never
  // spawns.
  if (launch.variable.empty()) setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
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
  // MPI_Finalize waits for all ranks, and a failed rank may never call it.
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
  constexpr int segment_bytes = 1 << 20;  // as Open MPI chooses; 0 would select the plain ring
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
    // MPICH's launcher drops output that it has not yet read, such as the reason of the abort.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    MPI_Abort(MPI_COMM_WORLD, exit_code);
  }
  std::_Exit(exit_code);
}

}  // namespace laconic::comm
