#include "apps/laconic/methods/data_parallel.hpp"

#include <spdlog/spdlog.h>

#include "apps/laconic/train/trainer.hpp"

namespace laconic {

void run_data_parallel(Session& session) {
  Trainer trainer(session);
  trainer.start();
  while (!trainer.done()) {
    const StepSums sums = trainer.step();
    trainer.report();
    if (trainer.at_evaluation()) trainer.evaluate();
    if (trainer.at_checkpoint()) trainer.checkpoint();
    if (sums.stop > 0) return trainer.stop();
  }
  trainer.finish();
}

}  // namespace laconic
