// The machine file contains measured properties of the network between the ranks. A run can choose
// its allreduce by them. The format is JSON:
//   {"alpha_us": 12.5, "beta_ns_per_byte": 0.81, "gamma_ns_per_element": 1.1,
//    "about": "host, date, command"}
// "about" is for the reader and may be absent.
#pragma once

#include <string>

#include "comm/base/link.hpp"

namespace laconic {
class FileSystem;
}

namespace laconic::comm {

// Reads the file. Error(config) names file, key and what is allowed; Error(io) if the file cannot
// be read.
Link read_machine(FileSystem& files, const std::string& path);
void write_machine(FileSystem& files, const std::string& path, const Link& link,
                   const std::string& about);

}  // namespace laconic::comm
