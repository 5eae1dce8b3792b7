#include "framework/graph/plan.hpp"

#include "framework/graph/composite/list.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {

template <class T>
Plan<T> make_plan(const Graph& graph, const Context& context, const std::string& implementation) {
  Plan<T> plan;
  for (const Node& node : graph.nodes) {
    NodePlan<T> each;
    each.needs = needs_of(node);
    if (node.body) {
      const CompositeKind& kind = composite(node);
      if constexpr (sizeof(T) == sizeof(float))
        each.kernel = kind.make_float(node, context, implementation);
      else
        each.kernel = kind.make_double(node, context, implementation);
      each.implementation = "body";
    } else {
      const auto choice = ops::choose<T>(node.spec, context, implementation);
      each.kernel = choice.implementation->make(node.spec, context);
      each.implementation = choice.implementation->name;
      each.refusals = choice.refusals;
    }
    plan.nodes.push_back(std::move(each));
  }
  return plan;
}

template Plan<float> make_plan(const Graph&, const Context&, const std::string&);
template Plan<double> make_plan(const Graph&, const Context&, const std::string&);

}  // namespace laconic::graph
