#include "apps/laconic/learn/task.hpp"

#include "apps/laconic/learn/graph_task.hpp"
#include "apps/laconic/learn/image_task.hpp"

namespace laconic {

std::unique_ptr<Task> make_task(const Config& config, const Context& context,
                                comm::Exchange& exchange, Task::Use use,
                                const nlohmann::json* trained) {
  switch (config.get<DataOptions>().source.kind()) {
    case data::Kind::graph:
      return std::make_unique<GraphTask>(config, context, exchange, use, trained);
    case data::Kind::images:
      return std::make_unique<ImageTask>(config, context, exchange, use, trained);
  }
  return nullptr;  // no other kind
}

}  // namespace laconic
