#include "apps/laconic/train/task.hpp"

#include "apps/laconic/train/graph_task.hpp"
#include "apps/laconic/train/image_task.hpp"

namespace laconic {

std::unique_ptr<Task> make_task(const Options& options, const Context& context,
                                comm::Exchange& exchange, Task::Use use) {
  if (data::holds_images(options.data.source))
    return std::make_unique<ImageTask>(options, context, exchange, use);
  return std::make_unique<GraphTask>(options, context, exchange, use);
}

}  // namespace laconic
