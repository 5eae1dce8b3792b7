#include "framework/graph/graph.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/graph/composite/list.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {

bool Node::operator==(const Node& other) const {
  return spec == other.spec && inputs == other.inputs && outputs == other.outputs &&
         parameters == other.parameters && states == other.states &&
         (body == other.body || (body && other.body && *body == *other.body));
}

bool Graph::is_output(ValueId v) const {
  return std::find(outputs.begin(), outputs.end(), v) != outputs.end();
}

const Parameter* Graph::find_parameter(const std::string& name) const {
  for (const Parameter& p : parameters)
    if (p.spec.name == name) return &p;
  return nullptr;
}

const State* Graph::find_state(const std::string& name) const {
  for (const State& s : states)
    if (s.spec.name == name) return &s;
  return nullptr;
}

std::pair<int64_t, int64_t> Graph::begin_and_end(ops::StateSpec::Rule rule) const {
  int64_t begin = 0, count = 0;
  for (const State& s : states) {
    if (s.spec.rule < rule) begin += s.spec.count;
    if (s.spec.rule == rule) count += s.spec.count;
  }
  return {begin, begin + count};
}

ValueId GraphBuilder::input(const std::string& name, const ops::ValueSpec& value) {
  LACONIC_CHECK(graph_.nodes.empty(), "inputs come before nodes");
  graph_.inputs.push_back({name, value});
  graph_.values.push_back({value, -1});
  return static_cast<ValueId>(graph_.values.size() - 1);
}

ValueId GraphBuilder::add(const std::string& kind, const std::string& name,
                          std::vector<ValueId> inputs, nlohmann::json attributes,
                          std::shared_ptr<const Graph> body) {
  Node node;
  node.spec.kind = kind;
  node.spec.name = name;
  node.spec.attributes = std::move(attributes);
  for (const ValueId v : inputs) node.spec.inputs.push_back(graph_.values.at(v).spec);
  node.inputs = std::move(inputs);
  node.body = std::move(body);
  infer(node);
  const auto index = static_cast<int32_t>(graph_.nodes.size());
  for (ops::ParameterSpec& spec : node.spec.parameters) {
    if (!node.body) spec.layer = layer_.empty() ? name : layer_;
    if (graph_.find_parameter(spec.name) != nullptr)
      fail(ExitCode::config, "{}: a parameter named {} exists already", name, spec.name);
    node.parameters.push_back(static_cast<int32_t>(graph_.parameters.size()));
    graph_.parameters.push_back({spec, index, 0});
  }
  for (const ops::StateSpec& spec : node.spec.states) {
    if (graph_.find_state(spec.name) != nullptr)
      fail(ExitCode::config, "{}: a state named {} exists already", name, spec.name);
    node.states.push_back(static_cast<int32_t>(graph_.states.size()));
    graph_.states.push_back({spec, index, 0});
  }
  for (const ops::ValueSpec& spec : node.spec.outputs) {
    node.outputs.push_back(static_cast<ValueId>(graph_.values.size()));
    graph_.values.push_back({spec, index});
  }
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().outputs.front();
}

Graph GraphBuilder::finish(std::vector<ValueId> outputs) {
  if (graph_.nodes.empty()) fail(ExitCode::config, "a graph without nodes");
  graph_.outputs = outputs.empty() ? graph_.nodes.back().outputs : std::move(outputs);
  std::vector<bool> read(graph_.values.size(), false);
  for (const ValueId v : graph_.outputs) {
    if (graph_.is_input(v))
      fail(ExitCode::config, "input {} cannot be an output, too", graph_.inputs[v].name);
    if (read[v]) fail(ExitCode::config, "value {} is listed twice as an output", v);
    read[v] = true;
  }
  for (const Node& node : graph_.nodes)
    for (const ValueId v : node.inputs) read[v] = true;
  for (const Node& node : graph_.nodes)
    if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId v) { return read[v]; }))
      fail(ExitCode::config, "nothing reads node '{}' ({})", node.spec.name, node.spec.kind);
  int64_t offset = 0;
  for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node) {
    const int64_t first = offset;
    for (size_t k = 0; k < node->parameters.size(); ++k) {
      Parameter& p = graph_.parameters[node->parameters[k]];
      p.offset = node->body ? first + node->body->parameters[k].offset : offset;
      int64_t size = 0;
      if (__builtin_mul_overflow(p.spec.rows, p.spec.cols, &size) || size > (int64_t{1} << 56) ||
          offset > (int64_t{1} << 60))
        fail(ExitCode::config, "{}: a parameter of {} x {} is too large", p.spec.name, p.spec.rows,
             p.spec.cols);
      offset += size;
    }
  }
  graph_.parameter_count = offset;
  for (const ops::StateSpec::Rule rule : ops::StateSpec::rules)
    for (State& state : graph_.states) {
      if (state.spec.rule != rule) continue;
      state.offset = graph_.state_count;
      graph_.state_count += state.spec.count;
    }
  return std::move(graph_);
}

void adopt_layout(Graph& graph, const Graph& reference) {
  LACONIC_CHECK(graph.parameters.size() == reference.parameters.size());
  for (Parameter& p : graph.parameters) {
    const Parameter* other = reference.find_parameter(p.spec.name);
    LACONIC_CHECK(
        other != nullptr && other->spec.rows == p.spec.rows && other->spec.cols == p.spec.cols,
        "{}", p.spec.name);
    p.offset = other->offset;
  }
  graph.parameter_count = reference.parameter_count;
  LACONIC_CHECK(graph.states.size() == reference.states.size());
  for (State& s : graph.states) {
    const State* other = reference.find_state(s.spec.name);
    LACONIC_CHECK(other != nullptr && other->spec == s.spec, "{}", s.spec.name);
    s.offset = other->offset;
  }
}

namespace {
uint32_t name_hash(const std::string& name) {  // FNV-1a
  uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<uint8_t>(c)) * 16777619u;
  return h;
}
}  // namespace

void initialise(const Graph& graph, uint64_t seed, std::span<float> parameters) {
  LACONIC_CHECK(static_cast<int64_t>(parameters.size()) == graph.parameter_count);
  for (const Parameter& p : graph.parameters) {
    const auto values = parameters.subspan(p.offset, p.size());
    const Random random(seed, Stream::initialise, 0, name_hash(p.spec.name));
    const double fan_in = static_cast<double>(p.spec.fan_in > 0 ? p.spec.fan_in : p.spec.rows);
    const double fan_out = static_cast<double>(p.spec.fan_out > 0 ? p.spec.fan_out : p.spec.cols);
    const double limit = std::sqrt(6.0 / (fan_in + fan_out));
    for (size_t i = 0; i < values.size(); ++i) {
      switch (p.spec.init) {
        case ops::ParameterSpec::Init::zeros:
          values[i] = 0;
          break;
        case ops::ParameterSpec::Init::ones:
          values[i] = 1;
          break;
        case ops::ParameterSpec::Init::glorot_uniform:
          values[i] = static_cast<float>(limit * (2 * random.uniform(i) - 1));
          break;
      }
    }
  }
}

void initialise_state(const Graph& graph, std::span<float> state) {
  LACONIC_CHECK(static_cast<int64_t>(state.size()) == graph.state_count);
  for (const State& s : graph.states)
    std::ranges::fill(state.subspan(s.offset, s.spec.count), static_cast<float>(s.spec.initial));
}

double flops(const Graph& graph, const ops::Extents& batch, double passes) {
  double sum = 0;
  for (const Node& node : graph.nodes) {
    const auto rows = static_cast<double>(node.spec.outputs.front().space.extent(batch).rows());
    sum += node.body ? flops(*node.body, batch, passes + composite(node).more_passes)
                     : passes * rows * ops::find(node.spec.kind).flops_per_row(node.spec);
  }
  return sum;
}

}  // namespace laconic::graph
