#include "apps/laconic/train/task.hpp"

#include "apps/laconic/train/graph_task.hpp"

namespace laconic {

std::unique_ptr<Task> make_task(const Options& options, const Context& context,
                                comm::Exchange& exchange, Task::Use use) {
  return std::make_unique<GraphTask>(options, context, exchange, use);
}

}  // namespace laconic
