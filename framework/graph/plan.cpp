#include "framework/graph/plan.hpp"

#include <algorithm>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {
namespace {

// The clock of a training step with n nodes: forward of node i ticks at i, the loss at n, backward
// of node i at 2n - i.
struct Lifetime {
  int64_t born = std::numeric_limits<int64_t>::max();
  int64_t dies = -1;  // inclusive
  int64_t width = 0;
  int64_t column = -1;
  bool used() const { return width > 0; }
  void extend(int64_t tick) {
    born = std::min(born, tick);
    dies = std::max(dies, tick);
  }
};

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.born <= b.dies && b.born <= a.dies;
}

// Places lifetimes in columns: widest first, each at the lowest offset free for as long as it
// lives.
int64_t place(std::vector<Lifetime>& all) {
  std::vector<size_t> order;
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].used()) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return all[a].width > all[b].width; });
  int64_t columns = 0;
  std::vector<size_t> placed;
  for (const size_t i : order) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (const size_t j : placed)
      if (overlap(all[i], all[j])) taken.emplace_back(all[j].column, all[j].column + all[j].width);
    std::sort(taken.begin(), taken.end());
    int64_t column = 0;
    for (const auto& [first, last] : taken) {
      if (first - column >= all[i].width) break;
      column = std::max(column, last);
    }
    all[i].column = column;
    placed.push_back(i);
    columns = std::max(columns, column + all[i].width);
  }
  return columns;
}

struct Liveness {
  const Graph& graph;
  const PlanOptions& options;
  std::vector<ops::BackwardNeeds> needs;
  std::vector<std::vector<int64_t>> readers;  // per value: nodes, ascending
  std::vector<bool> kept;                     // per value: some backward reads it
  int64_t n;

  Liveness(const Graph& g, const PlanOptions& o)
      : graph(g), options(o), n(static_cast<int64_t>(g.nodes.size())) {
    const size_t values = g.inputs.size() + g.nodes.size();
    readers.resize(values);
    kept.resize(values, false);
    for (const Node& node : g.nodes) needs.push_back(ops::find(node.spec.kind).needs(node.spec));
    for (int64_t i = 0; i < n; ++i) {
      for (const ValueId v : g.nodes[i].inputs) {
        readers[v].push_back(i);
        if (o.training && needs[i].inputs) kept[v] = true;
      }
      if (o.training && needs[i].output) kept[g.value_of_node(i)] = true;
    }
  }

  int64_t backward_tick(int64_t node) const { return 2 * n - node; }

  Lifetime value(ValueId v) const {
    Lifetime life;
    life.width = graph.width(v);
    const int64_t producer = graph.node_of(v);
    life.extend(producer);
    for (const int64_t r : readers[v]) {
      life.extend(r);
      if (options.training && needs[r].inputs) life.extend(backward_tick(r));
    }
    if (options.training && needs[producer].output) life.extend(backward_tick(producer));
    if (v == graph.output()) life.extend(options.training ? n : n + 1);
    if (options.repeatable && kept[v]) life.extend(2 * n + 1);
    return life;
  }

  bool wants_cotangent(ValueId v) const {
    if (!options.training) return false;
    if (graph.is_input(v)) return options.input_cotangents && !graph.inputs[v].sparse;
    return true;
  }

  Lifetime cotangent(ValueId v) const {
    Lifetime life;
    life.width = graph.width(v);
    if (v == graph.output()) life.extend(n);
    for (const int64_t r : readers[v]) life.extend(backward_tick(r));
    life.extend(graph.is_input(v) ? 2 * n + 1 : backward_tick(graph.node_of(v)));
    return life;
  }

  // Node i may write its output over its first input: an elementwise node, the input is no graph
  // input, nobody reads it later, no backward reads it.
  bool in_place(int64_t i) const {
    const Node& node = graph.nodes[i];
    if (!needs[i].in_place || node.inputs.empty()) return false;
    const ValueId v = node.inputs[0];
    return !graph.is_input(v) && readers[v].back() == i && !kept[v] &&
           std::count(node.inputs.begin(), node.inputs.end(), v) == 1;
  }
};

}  // namespace

template <class T>
Plan<T> make_plan(const Graph& graph, const Context& context, const PlanOptions& options) {
  const Liveness liveness(graph, options);
  const int64_t n = liveness.n;
  const size_t values = graph.inputs.size() + graph.nodes.size();
  Plan<T> plan;

  for (int64_t i = 0; i < n; ++i) {
    const ops::NodeSpec& spec = graph.nodes[i].spec;
    const auto choice = ops::choose<T>(spec, context, options.implementation);
    NodePlan<T> node;
    node.kernel = choice.implementation->make(spec, context);
    node.implementation = choice.implementation->name;
    node.refusals = choice.refusals;
    node.in_place = liveness.in_place(i);
    node.saved_per_row = liveness.needs[i].saved_per_row;
    node.saved_column = plan.saved_columns;
    plan.saved_columns += node.saved_per_row;
    plan.nodes.push_back(std::move(node));
  }

  // Lifetimes: first the values, then the cotangents. A value written in place joins the slot it
  // overwrites.
  std::vector<Lifetime> lives(2 * values);
  std::vector<size_t> owner(2 * values);  // whose slot
  for (size_t v = 0; v < owner.size(); ++v) owner[v] = v;
  for (size_t v = graph.inputs.size(); v < values; ++v) {
    const auto id = static_cast<ValueId>(v);
    const int64_t i = graph.node_of(id);
    if (plan.nodes[i].in_place) owner[v] = owner[graph.nodes[i].inputs[0]];
    const Lifetime life = liveness.value(id);
    Lifetime& slot = lives[owner[v]];
    slot.width = life.width;
    slot.extend(life.born);
    slot.extend(life.dies);
  }
  for (size_t v = 0; v < values; ++v)
    if (liveness.wants_cotangent(static_cast<ValueId>(v)))
      lives[values + v] = liveness.cotangent(static_cast<ValueId>(v));

  plan.columns = place(lives);
  for (size_t v = 0; v < values; ++v) {
    const Lifetime& value = lives[owner[v]];
    const Lifetime& cotangent = lives[values + v];
    plan.values.push_back(value.used() ? Slot{value.column, value.width} : Slot{});
    plan.cotangents.push_back(cotangent.used() ? Slot{cotangent.column, cotangent.width} : Slot{});
  }
  return plan;
}

template Plan<float> make_plan<float>(const Graph&, const Context&, const PlanOptions&);
template Plan<double> make_plan<double>(const Graph&, const Context&, const PlanOptions&);

}  // namespace laconic::graph
