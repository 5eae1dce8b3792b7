// Steps that every rank takes and any rank may fail. If one does, all end with its error code, and
// the message is printed once, by the lowest rank that failed.
#pragma once

#include <functional>

#include "comm/exchange.hpp"
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

void together(comm::Exchange& exchange, const std::function<void()>& step);

}  // namespace laconic
