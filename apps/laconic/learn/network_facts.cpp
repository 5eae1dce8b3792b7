#include "apps/laconic/learn/network_facts.hpp"

#include "framework/graph/executor.hpp"

namespace laconic {
namespace {

// The memory of oneDNN's and OpenMP's code and tables, which are loaded when a network first runs.
// tests/studies/memory.sh measures it: it is what the forecast lacks on a small network.
constexpr int64_t code_bytes = 8'000'000;

constexpr const char* table_header =
    "node                            kind         width  kernel  why not the ones before it\n";

// The nodes of a body are indented.
std::string node_table(const graph::Graph& network, const graph::Plan<float>& plan,
                       const graph::Layout& layout, const Context& context,
                       const std::string& implementation, const std::string& indent = "") {
  std::string table;
  for (size_t i = 0; i < network.nodes.size(); ++i) {
    const graph::Node& node = network.nodes[i];
    const graph::NodePlan<float>& planned = plan.nodes[i];
    table += fmt::format("{:<31} {:<12} {:>5}  {:<6}  {}{}\n", indent + node.spec.name,
                         node.spec.kind, node.spec.outputs[0].width, planned.implementation,
                         fmt::join(planned.refusals, "; "),
                         layout.in_place[i]  ? "(in place)"
                         : layout.is_view[i] ? "(shares memory)"
                                             : "");
    if (!node.body) continue;
    const auto inner = graph::make_plan<float>(*node.body, context, implementation);
    inner.reserve(layout.largest);
    table +=
        node_table(*node.body, inner, graph::make_layout(*node.body, inner, {}, layout.largest),
                   context, implementation, indent + "  ");
  }
  return table;
}

}  // namespace

void describe_network(const Task& task, const Context& context, const std::string& implementation,
                      Facts& facts) {
  const graph::Graph& network = task.network();
  const ops::Extents largest = task.batches().largest();
  const auto plan = graph::make_plan<float>(network, context, implementation);
  plan.reserve(largest);
  const graph::Layout layout = graph::make_layout(network, plan, {}, largest);
  const double flops =
      graph::flops(network, {task.batches().rows(), largest.height, largest.width}, 3);
  facts.lines.emplace_back(
      "work per epoch",
      fmt::format(
          "{:.1f} GFLOP in dense products and convolutions, forward and backward, all ranks",
          flops * 1e-9));
  if (network.state_count > 0)
    facts.lines.emplace_back("untrained state", fmt::format("{} numbers", network.state_count));
  const auto add = [&](const char* name, int64_t bytes) {
    facts.memory.push_back({name, bytes, bytes});
  };
  add("gradients", network.parameter_count * int64_t{sizeof(float)});
  if (network.state_count > 0)  // the state of the step under way, and of evaluations
    add("state copies", 2 * network.state_count * int64_t{sizeof(float)});
  add("activations", layout.activation_bytes);
  add("workspace", layout.bytes() - layout.activation_bytes);
  add("kernels", plan.kernel_bytes(true) + code_bytes);
  add("batches", 2 * task.batches().make_batch()->memory_bytes());  // one is built meanwhile
  facts.memory.push_back({"evaluation", task.evaluation_bytes(), 0});
  facts.root_stage = task.root_stage();
  facts.table = table_header + node_table(network, plan, layout, context, implementation);
}

}  // namespace laconic
