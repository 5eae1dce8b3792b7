#include "apps/laconic/run/agreement.hpp"

#include <exception>

#include "framework/base/failure.hpp"

namespace laconic {

ExitCode largest(comm::Exchange& exchange, ExitCode mine) {
  auto code = static_cast<int64_t>(mine);
  exchange.max({&code, 1});
  return static_cast<ExitCode>(code);
}

void together(comm::Exchange& exchange, const std::function<void()>& step) {
  int64_t code = 0;
  std::string message;
  try {
    step();
  } catch (const AgreedError&) {
    throw;  // inside another together(): all ranks are on their way out already
  } catch (const std::exception& exception) {
    const Error error = as_error(exception);
    if (error.code() == ExitCode::communication) throw;  // agreement is no longer possible
    code = static_cast<int64_t>(error.code());
    message = error.what();
  }
  // The largest (ranks - rank) among those that failed names the lowest of them.
  int64_t worst[2] = {code == 0 ? 0 : exchange.size() - exchange.rank(), 0};
  exchange.max({&worst[0], 1});
  if (worst[0] == 0) return;
  const bool mine = worst[0] == exchange.size() - exchange.rank() && code != 0;
  worst[1] = mine ? code : 0;
  exchange.max({&worst[1], 1});
  if (!mine) message = "another rank failed";
  throw AgreedError(static_cast<ExitCode>(worst[1]), message, mine);
}

void patiently(comm::Exchange& exchange, const std::function<void()>& step) {
  together(exchange, [&] { exchange.during(step); });
}

void same_everywhere(comm::Exchange& exchange, const std::string& text, const std::string& advice) {
  const std::string verdict = exchange.differences(text);
  if (verdict.empty()) return;
  throw AgreedError(ExitCode::environment,
                    fmt::format("the ranks do not agree: {}; {}", verdict, advice),
                    exchange.rank() == 0);
}

}  // namespace laconic
