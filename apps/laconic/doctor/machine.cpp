#include "apps/laconic/doctor/machine.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "apps/laconic/version.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/context.hpp"
#include "framework/base/cpu_limits.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"

namespace laconic::doctor {
namespace {

constexpr const char* variables[] = {
    "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "SLURM_CPUS_PER_TASK",          "OMP_PROC_BIND",
    "OMP_PLACES",      "LACONIC_MAX_ISA",  "OMPI_MCA_mpi_yield_when_idle", "SLURM_NTASKS"};

std::string text_or_nothing(const std::string& path) {
  try {
    return real_files().read(path);
  } catch (const std::exception&) {
    return "";
  }
}

// Returns whether a program is found in PATH.
bool is_installed(const std::string& program) {
  const char* variable = std::getenv("PATH");
  std::istringstream path(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(path, folder, ':');)
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

int64_t available_memory() {
  constexpr std::string_view key = "MemAvailable:";
  const std::string text = text_or_nothing("/proc/meminfo");
  const size_t at = text.find(key);
  return at == text.npos ? 0 : 1024 * std::strtoll(text.c_str() + at + key.size(), nullptr, 10);
}

std::map<std::string, int64_t> spaces() {
  std::error_code failed;
  std::map<std::string, int64_t> free;
  for (const std::string& folder :
       {std::string("."), std::filesystem::temp_directory_path(failed).string(),
        std::string("/dev/shm")}) {
    const auto space = std::filesystem::space(folder, failed);
    if (!failed) free[folder] = static_cast<int64_t>(space.available);
  }
  return free;
}

int64_t soft_limit(decltype(RLIMIT_NOFILE) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
  return static_cast<int64_t>(limit.rlim_cur);
}

bool has_infiniband() {
  std::error_code failed;
  return !std::filesystem::is_empty("/sys/class/infiniband", failed) && !failed;
}

}  // namespace

nlohmann::json Machine::to_json() const {
  return {{"host", host},
          {"isa", isa},
          {"mpi", mpi},
          {"hdf5", hdf5},
          {"git", git},
          {"cpus", cpus},
          {"cpus_of_host", cpus_of_host},
          {"load", load},
          {"has_mpiexec", has_mpiexec},
          {"cpu_quota", cpu_quota},
          {"memory_free", memory_free},
          {"free_space", free_space},
          {"environment", environment},
          {"open_files", open_files},
          {"locked_memory", locked_memory},
          {"infiniband", infiniband}};
}

Machine Machine::from_json(const nlohmann::json& json) {
  return {json.at("host"),         json.at("isa"),         json.at("mpi"),
          json.at("hdf5"),         json.at("git"),         json.at("cpus"),
          json.at("cpus_of_host"), json.at("load"),        json.at("has_mpiexec"),
          json.at("cpu_quota"),    json.at("memory_free"), json.at("free_space"),
          json.at("environment"),  json.at("open_files"),  json.at("locked_memory"),
          json.at("infiniband")};
}

Machine this_machine() {
  Machine machine;
  machine.host = this_process().host;
  machine.isa = isa_name(detect_isa());
  machine.mpi = comm::mpi_library();
  machine.hdf5 = fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
  machine.git = version::git;
  machine.cpus = allowed_cores();
  machine.cpus_of_host = online_cores();
  machine.load = std::strtod(text_or_nothing("/proc/loadavg").c_str(), nullptr);
  machine.has_mpiexec = is_installed("mpirun") || is_installed("mpiexec") || is_installed("srun");
  machine.cpu_quota = cpu_limits().granted_cpus;
  machine.memory_free = available_memory();
  machine.free_space = spaces();
  for (const char* name : variables)
    if (const char* value = std::getenv(name)) machine.environment[name] = value;
  machine.open_files = soft_limit(RLIMIT_NOFILE);
  machine.locked_memory = soft_limit(RLIMIT_MEMLOCK);
  machine.infiniband = has_infiniband();
  return machine;
}

}  // namespace laconic::doctor
