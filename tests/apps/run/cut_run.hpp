// A run that is cut off after some units, in this process.
#pragma once

#include <gtest/gtest.h>

#include "apps/laconic/run/loop.hpp"
#include "apps/laconic/run/method.hpp"

namespace laconic::test {

inline std::unique_ptr<Learner> learner_of(Session& session, Ledger& ledger) {
  return session.config().method().make({.config = session.config(),
                                         .context = session.context(),
                                         .exchange = session.exchange(),
                                         .timer = ledger.timer(),
                                         .ranks = session.exchange().size()});
}

// Runs until `last` units are done or the run is. A run that is cut off leaves a checkpoint and no
// result.
inline void train_until(Session& session, int64_t last) {
  Ledger ledger(session.exchange());
  const std::unique_ptr<Learner> learner = learner_of(session, ledger);
  Loop loop(session, *learner, ledger);
  loop.start();
  for (int64_t unit = 0; !loop.is_over() && unit < last; ++unit) loop.unit();
  if (!loop.is_over()) {
    EXPECT_THROW(loop.stop(), Error);
    return;
  }
  loop.finish();
  if (session.is_root()) session.folder().finish(ExitCode::success, "");
}

}  // namespace laconic::test
