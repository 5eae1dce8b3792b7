#include "comm/handshake.hpp"

#include <algorithm>
#include <sstream>

#include "comm/collectives.hpp"
#include "comm/machine.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/config/value.hpp"

namespace laconic::comm {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

// "rank 0 has a, rank 2 has b; ..."; empty where all agree.
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

void check_same_world(Communicator& communicator, const ExchangeOptions& options) {
  ExchangeOptions shown = options;
  config::Fields fields;
  shown.describe(fields);
  std::string view = fmt::format("laconic {}\n{} ranks\n", LACONIC_VERSION, communicator.size());
  for (const config::Field& field : fields.list())
    view += fmt::format("comm.{}={}\n", field.name, config::print_value(config::load(field)));
  const std::vector<std::string> views = gather(communicator, view);
  const std::string verdict =
      broadcast(communicator, views.empty() ? std::string() : differences(views), 0);
  if (!verdict.empty()) fail(ExitCode::environment, "the ranks do not agree: {}", verdict);
}

void check_same_length(Exchange& exchange, int64_t elements) {
  const std::vector<std::string> views =
      exchange.gather(fmt::format("a gradient of {} elements", elements));
  const std::string verdict =
      exchange.broadcast(views.empty() ? std::string() : differences(views), 0);
  if (!verdict.empty()) fail(ExitCode::environment, "the ranks do not agree: {}", verdict);
}

LinkOptions agree_on_link(Communicator& communicator, const ExchangeOptions& options) {
  LinkOptions link =
      link_of(options.alpha_us, options.beta_ns_per_byte, options.gamma_ns_per_element);
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

}  // namespace laconic::comm
