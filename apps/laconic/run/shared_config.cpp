#include "apps/laconic/run/shared_config.hpp"

#include <optional>

#include "apps/laconic/run/agreement.hpp"
#include "comm/base/collectives.hpp"
#include "comm/exchange/handshake.hpp"
#include "framework/base/process.hpp"

namespace laconic {
namespace {

struct Failure {
  int64_t code = 0;  // 0: none
  std::string message;
};

// Returns the failure of the lowest rank that has one, which is named unless all have the same.
Failure lowest(const std::vector<std::string>& texts) {
  const bool all_alike = std::ranges::all_of(texts, [&](const auto& t) { return t == texts[0]; });
  for (size_t rank = 0; rank < texts.size(); ++rank) {
    const auto text = nlohmann::json::parse(texts[rank]);
    if (text.at("code") == 0) continue;
    const std::string message = text.at("message");
    return {text.at("code"), all_alike ? message : fmt::format("rank {}: {}", rank, message)};
  }
  return {};
}

Failure shared(comm::Communicator& ranks, const Failure& mine) {
  const std::vector<std::string> texts =
      comm::gather(ranks, nlohmann::json{{"code", mine.code}, {"message", mine.message}}.dump(
                              -1, ' ', false, nlohmann::json::error_handler_t::replace));
  Failure first;
  if (ranks.rank() == 0) first = lowest(texts);
  comm::broadcast(ranks, std::as_writable_bytes(std::span(&first.code, 1)), 0);
  return first;
}

std::string values_of(const Config& config) {
  std::string text;
  for (const config::Resolved::Entry& entry : config.resolved().entries())
    if (entry.used && !entry.is_path)
      text += fmt::format("{}={}\n", entry.path, entry.value.dump());
  return text;
}

}  // namespace

Config shared_config(comm::Communicator& ranks, const std::function<Config()>& load) {
  std::optional<Config> config;
  Failure failure;
  try {
    config.emplace(load());
  } catch (const Error& error) {
    failure = {static_cast<int64_t>(error.code()), error.what()};
  }
  const bool is_root = ranks.rank() == 0;
  if (failure = shared(ranks, failure); failure.code != 0)
    throw AgreedError(static_cast<ExitCode>(failure.code), failure.message, is_root);
  if (const std::string verdict = comm::differences(ranks, values_of(*config)); !verdict.empty())
    throw AgreedError(ExitCode::environment,
                      fmt::format("the ranks do not agree: {}; start all ranks with the same file "
                                  "and the same arguments",
                                  verdict),
                      is_root);
  return std::move(*config);
}

}  // namespace laconic
