#include "comm/transport/wording.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace laconic::comm {

std::string describe_transfer(int rank, bool sends, int peer, Tag tag, int64_t bytes) {
  return fmt::format("rank {} {} rank {} (tag {}, {})", rank, sends ? "sends to" : "receives from",
                     peer, tag.text(),
                     bytes == unknown_size ? "unknown size" : fmt::format("{} bytes", bytes));
}

std::string waited_in_vain(double timeout_s) {
  const auto start = std::chrono::system_clock::now() -
                     std::chrono::duration_cast<std::chrono::system_clock::duration>(
                         std::chrono::duration<double>(timeout_s));
  const std::time_t second = std::chrono::system_clock::to_time_t(start);
  std::tm parts{};
  gmtime_r(&second, &parts);
  return fmt::format("waited {} s, since {:02}:{:02}:{:02} UTC", timeout_s, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

std::string peer_is_gone(double waited_s) {
  return fmt::format("that rank has failed or ended; waited {:.3g} s", waited_s);
}

std::string wait_interrupted(double waited_s) {
  return fmt::format("interrupted; waited {:.3g} s", waited_s);
}

std::string lengths_differ(int64_t bytes_of_peer) {
  return fmt::format("that rank has {} bytes, lengths must agree", bytes_of_peer);
}

std::string not_all_split(int rank, int absent) {
  return fmt::format("rank {} splits, rank {} does not", rank, absent);
}

}  // namespace laconic::comm
