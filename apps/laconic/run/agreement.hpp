// Runs steps that every rank takes and any rank may fail. If one fails, all ranks end with its
// error code. The lowest rank that failed prints the message, once.
#pragma once

#include <functional>

#include "comm/exchange/exchange.hpp"
#include "framework/base/error.hpp"

namespace laconic {

// An Error that all ranks share. `mine`: this rank should print it.
class AgreedError : public Error {
 public:
  AgreedError(ExitCode code, const std::string& message, bool mine)
      : Error(code, message), mine_(mine) {}
  bool mine() const { return mine_; }

 private:
  bool mine_;
};

// Returns the largest code of all ranks: ExitCode::success if all are fine. Collective.
ExitCode largest(comm::Exchange& exchange, ExitCode mine);

void together(comm::Exchange& exchange, const std::function<void()>& step);

// Does the same for a long step that does not use the exchange, such as reading data. It may take
// longer than comm.timeout: the other ranks wait while this rank is alive.
void patiently(comm::Exchange& exchange, const std::function<void()>& step);

// Checks that `text` is the same on all ranks, line by line ("labels 1f3a"). Collective.
// AgreedError(environment) where ranks differ. The message names the ranks and their lines, and
// ends with `advice`.
void same_everywhere(comm::Exchange& exchange, const std::string& text, const std::string& advice);

}  // namespace laconic
