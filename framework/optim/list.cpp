// The update rules. A new one is a file beside this one, and one line in the list.
#include <array>

#include "framework/optim/rule.hpp"

namespace laconic::optim {

RuleEntry sgd(), adam(), adamw();

std::span<const RuleEntry> list() {
  static const std::array all{sgd(), adam(), adamw()};
  return all;
}

}  // namespace laconic::optim
