// What one rank sees of the machine it runs on.
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
  std::string mpi, hdf5, git;  // versions
  std::vector<int> cpus;       // that this process may use
  int cpus_of_host = 1;        // online
  double cpu_quota = 0;        // CPUs of time a second the container grants; 0: no limit
  int64_t memory_free = 0;     // bytes
  std::map<std::string, int64_t> free_space;       // bytes by folder: ".", temporary, /dev/shm
  std::map<std::string, std::string> environment;  // of the variables that matter, those set
  int64_t open_files = 0, locked_memory = 0;       // soft limits; -1: none
  bool infiniband = false;

  nlohmann::json to_json() const;
  static Machine from_json(const nlohmann::json& json);
};

Machine this_machine();

}  // namespace laconic::doctor
