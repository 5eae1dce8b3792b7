#include "framework/graph/layout.hpp"

#include <algorithm>

#include "framework/graph/place.hpp"
#include "framework/graph/sharing.hpp"

namespace laconic::graph {
namespace {

constexpr int64_t alignment = 64;  // bytes
int64_t aligned(int64_t bytes) {
  return (bytes + alignment - 1) / alignment * alignment;
}

std::vector<ops::BackwardNeeds> needs_of_all(const auto& plan) {
  std::vector<ops::BackwardNeeds> all;
  for (const auto& node : plan.nodes) all.push_back(node.needs);
  return all;
}

// The time axis of a training step with n nodes: forward of node i is at time i, the loss at n,
// backward of node i at 2n - i.
template <class T>
class Planner {
 public:
  Planner(const Graph& graph, const Plan<T>& plan, const LayoutOptions& options,
          const ops::Extents& largest)
      : graph_(graph),
        plan_(plan),
        options_(options),
        n_(std::ssize(graph.nodes)),
        values_(graph.values.size()),
        needs_(needs_of_all(plan)),
        sharing_(graph, needs_, options) {
    layout_.largest = largest;
    layout_.in_place = sharing_.in_place;
    layout_.is_view = sharing_.is_view;
    layout_.cotangent_owner = sharing_.cotangent_owner;
  }

  Layout run() {
    std::vector<Lifetime> lives(2 * values_ + 3 * graph_.nodes.size());
    for (size_t v = 0; v < values_; ++v) {
      extend_value(static_cast<ValueId>(v), lives[sharing_.value_owner[v]]);
      if (sharing_.has_cotangent[v])
        extend_cotangent(static_cast<ValueId>(v), lives[values_ + layout_.cotangent_owner[v]]);
    }
    for (int64_t i = 0; i < n_; ++i) add_node_memory(i, &lives[2 * values_ + 3 * i]);
    layout_.recording_bytes = place(lives, Slot::Where::recording);
    layout_.scratch_bytes = place(lives, Slot::Where::scratch);
    write_slots(lives);
    return std::move(layout_);
  }

 private:
  int64_t backward_tick(int64_t node) const { return 2 * n_ - node; }
  int64_t bytes(const ops::ValueSpec& spec) const {
    return aligned(spec.space.extent(layout_.largest).rows() * spec.width * int64_t{sizeof(T)});
  }
  bool many() const { return options_.training && options_.recordings == Recordings::many; }

  void extend_value(ValueId v, Lifetime& life) const {
    const int64_t producer = graph_.node_of(v);
    if (graph_.is_input(sharing_.value_owner[v])) return;
    life.bytes = std::max(life.bytes, bytes(graph_.values[v].spec));
    life.extend(producer);
    for (const int64_t r : sharing_.readers[v]) {
      life.extend(r);
      if (options_.training && needs_[r].inputs) life.extend(backward_tick(r));
    }
    if (options_.training && needs_[producer].output) life.extend(backward_tick(producer));
    if (graph_.is_output(v)) life.extend(options_.training ? n_ : n_ + 1);
    const bool stays = many() && (sharing_.is_kept(v) || graph_.is_output(v));
    if (stays) life.dies = Lifetime::for_ever;
    if (stays || !many()) life.slot.where = Slot::Where::recording;
    if (life.slot.where == Slot::Where::nowhere) life.slot.where = Slot::Where::scratch;
  }

  void extend_cotangent(ValueId v, Lifetime& life) const {
    if (graph_.is_input(layout_.cotangent_owner[v])) return;
    life.bytes = std::max(life.bytes, bytes(graph_.values[v].spec));
    if (graph_.is_output(v)) life.extend(n_);
    for (const int64_t r : sharing_.readers[v]) life.extend(backward_tick(r));
    life.extend(backward_tick(graph_.node_of(v)));
    life.slot.where = many() ? Slot::Where::scratch : Slot::Where::recording;
  }

  // Writes what forward saves, and the scratch of both directions.
  void add_node_memory(int64_t i, Lifetime* lives) {
    const ops::Extent output = graph_.nodes[i].spec.outputs[0].space.extent(layout_.largest);
    const ops::Scratch scratch = plan_.nodes[i].kernel->scratch(layout_.largest);
    lives[0].bytes = aligned(needs_[i].saved.elements(output) * int64_t{sizeof(T)});
    lives[0].extend(i);
    if (options_.training) lives[0].extend(many() ? Lifetime::for_ever : backward_tick(i));
    lives[0].slot.where = Slot::Where::recording;
    lives[1].bytes = aligned(scratch.forward);
    lives[1].extend(i);
    lives[2].bytes = options_.training ? aligned(scratch.backward) : 0;
    lives[2].extend(backward_tick(i));
    for (Lifetime* each : {&lives[1], &lives[2]})
      each->slot.where = many() ? Slot::Where::scratch : Slot::Where::recording;
    layout_.forward_scratch_bytes.push_back(scratch.forward);
    layout_.backward_scratch_bytes.push_back(options_.training ? scratch.backward : 0);
  }

  void write_slots(const std::vector<Lifetime>& lives) {
    const auto slot = [&](const Lifetime& life) { return life.used() ? life.slot : Slot{}; };
    for (size_t v = 0; v < values_; ++v) {
      const auto at = [&](ValueId owner, size_t life) {
        return graph_.is_input(owner) ? Slot{Slot::Where::input, 0, owner} : slot(lives[life]);
      };
      const ValueId value = sharing_.value_owner[v], cotangent = layout_.cotangent_owner[v];
      layout_.values.push_back(at(value, value));
      layout_.cotangents.push_back(sharing_.has_cotangent[v] ? at(cotangent, values_ + cotangent)
                                                             : Slot{});
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Lifetime* of_node = &lives[2 * values_ + 3 * i];
      layout_.saved.push_back(slot(of_node[0]));
      layout_.forward_scratch.push_back(slot(of_node[1]));
      layout_.backward_scratch.push_back(slot(of_node[2]));
    }
    if (!options_.training) return;
    for (const Lifetime& life : lives)
      if (life.used() && life.born < n_ && life.dies > n_) layout_.activation_bytes += life.bytes;
  }

  const Graph& graph_;
  const Plan<T>& plan_;
  const LayoutOptions& options_;
  int64_t n_;
  size_t values_;
  Layout layout_;
  std::vector<ops::BackwardNeeds> needs_;  // by node
  Sharing sharing_;
};

}  // namespace

template <class T>
Layout make_layout(const Graph& graph, const Plan<T>& plan, const LayoutOptions& options,
                   const ops::Extents& largest) {
  return Planner<T>(graph, plan, options, largest).run();
}

template Layout make_layout(const Graph&, const Plan<float>&, const LayoutOptions&,
                            const ops::Extents&);
template Layout make_layout(const Graph&, const Plan<double>&, const LayoutOptions&,
                            const ops::Extents&);

}  // namespace laconic::graph
