#include "comm/handshake.hpp"

#include <algorithm>
#include <sstream>

#include "comm/collectives.hpp"
#include "framework/base/error.hpp"
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

}  // namespace laconic::comm
