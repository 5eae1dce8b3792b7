// Error messages for transfers, the same on every transport. They name ranks, tag and bytes.
#pragma once

#include <cstdint>
#include <string>

#include "comm/base/tags.hpp"

namespace laconic::comm {

inline constexpr int64_t unknown_size = -1;  // of a message that has not arrived

// Returns "rank 0 receives from rank 1 (tag reduce, 100 bytes)".
std::string describe_transfer(int rank, bool sends, int peer, Tag tag, int64_t bytes);

// Return the reason why a wait failed. Callers append it to the text above.
std::string waited_in_vain(double timeout_s);  // "waited 3 s, since 14:05:07 UTC"
std::string peer_is_gone(double waited_s);
std::string wait_interrupted(double waited_s);
std::string lengths_differ(int64_t bytes_of_peer);
std::string not_all_split(int rank, int absent);

}  // namespace laconic::comm
