// The machine file: what was measured of the network that the ranks are on, so that a run can
// choose by it. JSON: {"alpha_us": 12.5, "beta_ns_per_byte": 0.81, "gamma_ns_per_element": 1.1,
// "about": "host, date, command"}; "about" is for people and may be absent.
#pragma once

#include <string>

#include "comm/link.hpp"

namespace laconic {
class FileSystem;
}

namespace laconic::comm {

// Error(config), or Error(io) of the file itself, naming file, key and what is allowed.
LinkOptions read_machine(FileSystem& files, const std::string& path);
void write_machine(FileSystem& files, const std::string& path, const LinkOptions& link,
                   const std::string& about);

}  // namespace laconic::comm
