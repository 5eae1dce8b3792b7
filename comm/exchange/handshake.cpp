#include "comm/exchange/handshake.hpp"

#include <algorithm>
#include <sstream>

#include "comm/base/collectives.hpp"
#include "comm/base/machine.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"
#include "framework/config/resolve.hpp"
#include "framework/config/value.hpp"

namespace laconic::comm {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

// Returns "rank 0 has a, rank 2 has b; ..."; an empty text if all agree.
std::string differences(const std::vector<std::string>& views) {
  std::string result;
  const std::vector<std::string> expected = lines(views[0]);
  for (size_t rank = 1; rank < views.size(); ++rank) {
    const std::vector<std::string> found = lines(views[rank]);
    for (size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
      const std::string mine = i < expected.size() ? expected[i] : "nothing";
      const std::string theirs = i < found.size() ? found[i] : "nothing";
      if (mine != theirs)
        result += fmt::format("{}rank 0 has {}, rank {} has {}", result.empty() ? "" : "; ", mine,
                              rank, theirs);
    }
  }
  return result;
}

}  // namespace

std::string lines_of(config::Fields& fields) {
  std::string lines;
  const config::Resolved resolved = config::resolve(fields, "", "", {});
  for (const config::Resolved::Entry& entry : resolved.entries())
    if (entry.used)
      lines += fmt::format("comm.{}={}\n", entry.path, config::print_value(entry.value));
  return lines;
}

std::string differences(Communicator& communicator, const std::string& text) {
  const std::vector<std::string> views = gather(communicator, text);
  return broadcast(communicator, views.empty() ? std::string() : differences(views), 0);
}

void refuse(const std::string& differences) {
  if (!differences.empty()) fail(ExitCode::environment, "the ranks do not agree: {}", differences);
}

void check_same_world(Communicator& communicator, const ExchangeOptions& options) {
  ExchangeOptions shown = options;
  config::Fields fields;
  shown.describe(fields);
  refuse(differences(communicator, fmt::format("laconic {}\n{} ranks\n{}", LACONIC_VERSION,
                                               communicator.size(), lines_of(fields))));
}

namespace {

// A slow link is made of times of one clock.
void check_one_host(Communicator& communicator) {
  const std::string others = differences(communicator, "host " + this_process().host);
  if (!others.empty())
    fail(ExitCode::environment,
         "comm.link slows down the ranks of one host only: {}; start all ranks on one host, or "
         "type comm.link.mbit=0 comm.link.latency_us=0",
         others);
}

Link link_between(Communicator& communicator, const LinkOptions& options) {
  Link link = link_of(options.alpha_us, options.beta_ns_per_byte, options.gamma_ns_per_element);
  if (options.machine.empty()) return link;
  int64_t code = 0;
  std::string error;
  if (communicator.rank() == 0) {
    try {
      link = read_machine(real_files(), options.machine);
    } catch (const Error& e) {
      code = static_cast<int64_t>(e.code());
      error = fmt::format("comm.machine: {}", e.what());
    }
  }
  broadcast(communicator, std::as_writable_bytes(std::span(&code, 1)), 0);
  if (code != 0) throw Error(static_cast<ExitCode>(code), broadcast(communicator, error, 0));
  broadcast(communicator, std::as_writable_bytes(std::span(&link, 1)), 0);
  return link;
}

}  // namespace

Link agree_on_link(Communicator& communicator, const ExchangeOptions& options) {
  if (options.slow_link.is_set()) check_one_host(communicator);
  return options.slow_link.over(link_between(communicator, options.link));
}

}  // namespace laconic::comm
