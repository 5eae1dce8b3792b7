#include "apps/laconic/run/same_data.hpp"

#include <spdlog/spdlog.h>

#include "apps/laconic/run/agreement.hpp"

namespace laconic {

std::string changed_data(const nlohmann::json& attributes, const nlohmann::json& now) {
  std::string text;
  const auto then = attributes.find("data");
  if (then == attributes.end()) return text;
  for (const auto& [part, hash] : now.items())
    if (const std::string before = then->value(part, "nothing"); before != hash)
      text += fmt::format("{}{}: {} then, {} now", text.empty() ? "" : "; ", part, before,
                          hash.get<std::string>());
  return text;
}

void check_same_data(const Session& session, const nlohmann::json& attributes,
                     const nlohmann::json& now) {
  const std::string changed = changed_data(attributes, now);
  if (changed.empty()) return;
  if (!session.allows_changed_data())
    throw AgreedError(ExitCode::data,
                      fmt::format("the data have changed since the run began: {}; put the old data "
                                  "back, or add --allow-changed-data to laconic resume",
                                  changed),
                      session.is_root());
  if (session.is_root()) spdlog::warn("the data have changed since the run began: {}", changed);
}

}  // namespace laconic
