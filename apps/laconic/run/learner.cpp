#include "apps/laconic/run/learner.hpp"

#include "framework/base/error.hpp"

namespace laconic {

std::string Learner::predict(const std::string&) {
  fail(ExitCode::usage, "predict: this run trained no network, so there are no rows to predict");
}

}  // namespace laconic
