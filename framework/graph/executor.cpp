#include "framework/graph/executor.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic::graph {

template <class T>
Executor<T>::Executor(const Graph& graph, const Context& context, const ops::Extents& largest,
                      const PlanOptions& options)
    : options_(options.layout()),
      runner_(graph, context, options.implementation),
      parameters_(graph.parameters.size()),
      gradients_(graph.parameters.size()),
      state_(graph.states.size()),
      next_state_(graph.states.size()),
      input_cotangents_(graph.inputs.size()),
      wanted_inputs_(graph.inputs.size()) {
  reserve(largest);
}

template <class T>
void Executor<T>::reserve(const ops::Extents& largest) {
  const ops::Extents& now = layout_.largest;
  if (layouts_ > 0 && largest.fits(now)) return;
  const ops::Extents grown{std::max({largest.rows, now.rows, int64_t{1}}),
                           std::max(largest.height, now.height),
                           std::max(largest.width, now.width)};
  runner_.plan().reserve(grown);
  layout_ = make_layout(runner_.graph(), runner_.plan(), options_, grown);
  ++layouts_;
  scratch_ = device::Buffer<std::byte>(layout_.scratch_bytes);
  scratch_.allocate();
  own_.memory_ = device::Buffer<std::byte>(layout_.recording_bytes);
  own_.memory_.allocate();
  if (!options_.training || !options_.input_cotangents) return;
  for (size_t i = 0; i < input_cotangents_.size(); ++i) {
    const ops::ValueSpec& spec = graph().inputs[i].value;
    if (spec.sparse) continue;
    input_cotangents_[i] = device::Buffer<T>(spec.space.extent(grown).rows() * spec.width);
    input_cotangents_[i].allocate();
  }
}

template <class T>
Memory Executor<T>::memory(Recording& recording) const {
  return {recording.memory_.span().data(), const_cast<std::byte*>(scratch_.span().data())};
}

template <class T>
void Executor<T>::check_recorded(const Recording& recording) const {
  LACONIC_CHECK(recording.layout_ == layouts_, "nothing is recorded here, or memory grew since");
}

template <class T>
Call<T> Executor<T>::call(const Point<T>& point, const Feed<T>& feed, bool training,
                          bool writes_state) {
  LACONIC_CHECK(std::ssize(point.parameters) == graph().parameter_count);
  LACONIC_CHECK(std::ssize(point.state) == graph().state_count, "{} elements of state, of {}",
                point.state.size(), graph().state_count);
  LACONIC_CHECK(point.next_state.empty() || point.next_state.size() == point.state.size());
  for (size_t p = 0; p < parameters_.size(); ++p)
    parameters_[p] =
        point.parameters.subspan(graph().parameters[p].offset, graph().parameters[p].size());
  ops::StateViews<T> state{.now = state_, .next = {}, .batches = point.batches};
  if (training && writes_state && !point.next_state.empty()) state.next = next_state_;
  for (size_t s = 0; s < state_.size(); ++s) {
    const State& at = graph().states[s];
    state_[s] = point.state.subspan(at.offset, at.spec.count);
    if (!state.next.empty()) next_state_[s] = point.next_state.subspan(at.offset, at.spec.count);
  }
  return {.parameters = parameters_,
          .inputs = feed.inputs,
          .neighbourhood = &feed.neighbourhood,
          .batch = feed.extents(),
          .state = state,
          .training = training,
          .step = feed.step};
}

template <class T>
MatrixView<T> Executor<T>::forward(const Point<T>& point, const Feed<T>& feed, bool training,
                                   Recording& recording) {
  if (&recording != &own_ && recording.memory_.bytes() != layout_.recording_bytes) {
    recording.memory_ = device::Buffer<std::byte>(layout_.recording_bytes);
    recording.memory_.allocate();
  }
  runner_.forward(layout_, call(point, feed, training, true), memory(recording));
  recording.batch_ = feed.extents();
  recording.training_ = training;
  recording.layout_ = layouts_;
  return output(0, recording);
}

template <class T>
MatrixView<T> Executor<T>::output(int64_t k, Recording& recording) {
  check_recorded(recording);
  Call<T> at;
  at.batch = recording.batch_;
  const ValueId v = graph().outputs.at(static_cast<size_t>(k));
  LACONIC_CHECK(layout_.values[v].where != Slot::Where::input, "output {} is an input", k);
  const MatrixView<const T> y = runner_.value(layout_, at, memory(recording), v);
  return {const_cast<T*>(y.data), y.rows, y.cols};
}

template <class T>
MatrixView<T> Executor<T>::output_cotangent(int64_t k, Recording& recording) {
  check_recorded(recording);
  return runner_.output_cotangent(layout_, recording.batch_, memory(recording),
                                  static_cast<size_t>(k));
}

template <class T>
void Executor<T>::backward(const Point<T>& point, const Feed<T>& feed, std::span<T> gradients,
                           const OnFinal& on_final, const Wanted& wanted, Recording& recording) {
  check_recorded(recording);
  LACONIC_CHECK(options_.training, "planned for forward alone");
  LACONIC_CHECK(feed.extents() == recording.batch_, "another batch than that of forward");
  LACONIC_CHECK(wanted.parameters.empty() || wanted.parameters.size() == gradients_.size());
  LACONIC_CHECK(wanted.inputs.empty() || wanted.inputs.size() == graph().inputs.size());
  for (size_t i = 0; i < wanted_inputs_.size(); ++i)
    wanted_inputs_[i] = !wanted.inputs.empty() && wanted.inputs[i]
                            ? input_cotangent(static_cast<int64_t>(i), recording)
                            : MatrixView<T>{};
  for (size_t p = 0; p < gradients_.size(); ++p) {
    const bool is_wanted =
        !gradients.empty() && (wanted.parameters.empty() || wanted.parameters[p]);
    gradients_[p] =
        is_wanted ? gradients.subspan(graph().parameters[p].offset, graph().parameters[p].size())
                  : std::span<T>{};
  }
  const auto report = [&](int64_t i) {
    int64_t first = graph().parameter_count, last = 0;
    for (const int32_t p : graph().nodes[i].parameters) {
      first = std::min(first, graph().parameters[p].offset);
      last = std::max(last, graph().parameters[p].offset + graph().parameters[p].size());
    }
    if (first < last) on_final(first, last);
  };
  const bool reports = on_final && !gradients.empty();
  runner_.backward(layout_, call(point, feed, recording.training_, false), memory(recording),
                   {gradients_, wanted_inputs_, {}},
                   reports ? std::function<void(int64_t)>(std::ref(report)) : nullptr);
}

template <class T>
MatrixView<T> Executor<T>::input_cotangent(int64_t input, Recording& recording) {
  check_recorded(recording);
  const auto& [name, spec] = graph().inputs.at(static_cast<size_t>(input));
  LACONIC_CHECK(options_.training && options_.input_cotangents && !spec.sparse,
                "input {} has no cotangent: it is sparse, or planned without input_cotangents",
                name);
  return {input_cotangents_[input].span().data(), spec.space.extent(recording.batch_).rows(),
          spec.width};
}

template class Executor<float>;
template class Executor<double>;

NetworkMemory memory_of(const Graph& graph, const Context& context, const ops::Extents& largest,
                        const PlanOptions& options) {
  const Plan<float> plan = make_plan<float>(graph, context, options.implementation);
  plan.reserve(largest);
  const Layout layout = make_layout(graph, plan, options.layout(), largest);
  return {.activations = layout.activation_bytes,
          .workspace = layout.bytes() - layout.activation_bytes,
          .kernels = plan.kernel_bytes(options.training)};
}

}  // namespace laconic::graph
