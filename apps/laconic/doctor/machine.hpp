// Describes the machine of one rank, from inside its process.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace laconic::doctor {

struct Machine {
  std::string host;
  std::string isa;
  std::string mpi, hdf5, git;                      // versions
  std::vector<int> cpus;                           // allowed for this process
  int cpus_of_host = 1;                            // online
  double load = 0;                                 // processes that ran in the last minute, mean
  bool has_mpiexec = true;                         // it is found in PATH
  double cpu_quota = 0;                            // limit of the container in CPUs; 0: none
  int64_t memory_free = 0;                         // bytes
  std::map<std::string, int64_t> free_space;       // bytes by folder: ".", temporary, /dev/shm
  std::map<std::string, std::string> environment;  // relevant variables that are set
  int64_t open_files = 0, locked_memory = 0;       // soft limits; -1: none
  bool infiniband = false;

  nlohmann::json to_json() const;
  static Machine from_json(const nlohmann::json& json);
};

Machine this_machine();

}  // namespace laconic::doctor
