// The words for a transfer that failed, the same on every transport: who moves how much to or from
// whom, and in which phase.
#pragma once

#include <cstdint>
#include <string>

namespace laconic::comm {

inline constexpr int64_t unknown_size = -1;  // of a message that is still awaited

// "rank 0 receives from rank 1 (tag reduce, 100 bytes)"
std::string describe_transfer(int rank, bool sends, int peer, int tag, int64_t bytes);

// What to say of a wait that did not end well, after the above.
std::string waited_in_vain(double timeout_s);  // "waited 3 s, since 14:05:07 UTC"
std::string peer_is_gone(double waited_s);
std::string wait_interrupted(double waited_s);
std::string lengths_differ(int64_t bytes_of_peer);
std::string not_all_split(int rank, int absent);

}  // namespace laconic::comm
