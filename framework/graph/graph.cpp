#include "framework/graph/graph.hpp"

#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {

int64_t Graph::width(ValueId v) const {
  return is_input(v) ? inputs[v].width : nodes[node_of(v)].spec.output_width;
}

const Parameter* Graph::find_parameter(const std::string& name) const {
  for (const Parameter& p : parameters)
    if (p.spec.name == name) return &p;
  return nullptr;
}

nlohmann::json Graph::to_json() const {
  nlohmann::json out;
  for (const InputSpec& input : inputs)
    out["inputs"].push_back(
        {{"name", input.name}, {"width", input.width}, {"sparse", input.sparse}});
  for (const Node& node : nodes)
    out["nodes"].push_back({{"kind", node.spec.kind},
                            {"name", node.spec.name},
                            {"inputs", node.inputs},
                            {"width", node.spec.output_width},
                            {"attributes", node.spec.attributes}});
  for (const Parameter& p : parameters)
    out["parameters"].push_back({{"name", p.spec.name},
                                 {"offset", p.offset},
                                 {"rows", p.spec.rows},
                                 {"cols", p.spec.cols},
                                 {"row_units", p.spec.row_units},
                                 {"col_units", p.spec.col_units}});
  return out;
}

ValueId GraphBuilder::input(const std::string& name, int64_t width, bool sparse) {
  LACONIC_CHECK(graph_.nodes.empty(), "inputs come before nodes");
  graph_.inputs.push_back({name, width, sparse});
  return static_cast<ValueId>(graph_.inputs.size() - 1);
}

ValueId GraphBuilder::add(const std::string& kind, const std::string& name,
                          std::vector<ValueId> inputs, nlohmann::json attributes) {
  Node node;
  node.spec.kind = kind;
  node.spec.name = name;
  node.spec.attributes = std::move(attributes);
  for (const ValueId v : inputs) {
    node.spec.input_widths.push_back(graph_.width(v));
    node.spec.input_sparse.push_back(graph_.is_input(v) && graph_.inputs[v].sparse);
  }
  node.inputs = std::move(inputs);
  ops::find(kind).infer(node.spec);
  const auto index = static_cast<int32_t>(graph_.nodes.size());
  for (const ops::ParameterSpec& spec : node.spec.parameters) {
    if (graph_.find_parameter(spec.name) != nullptr)
      fail(ExitCode::config, "{}: a parameter named {} exists already", name, spec.name);
    node.parameters.push_back(static_cast<int32_t>(graph_.parameters.size()));
    graph_.parameters.push_back({spec, index, 0});
  }
  graph_.nodes.push_back(std::move(node));
  return graph_.value_of_node(index);
}

Graph GraphBuilder::finish() {
  LACONIC_CHECK(!graph_.nodes.empty());
  std::vector<bool> read(graph_.inputs.size() + graph_.nodes.size(), false);
  for (const Node& node : graph_.nodes)
    for (const ValueId v : node.inputs) read[v] = true;
  for (size_t i = 0; i + 1 < graph_.nodes.size(); ++i)
    LACONIC_CHECK(read[graph_.value_of_node(static_cast<int64_t>(i))], "nothing reads {}",
                  graph_.nodes[i].spec.name);
  int64_t offset = 0;
  for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node)
    for (const int32_t index : node->parameters) {
      graph_.parameters[index].offset = offset;
      offset += graph_.parameters[index].size();
    }
  graph_.parameter_count = offset;
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

}  // namespace laconic::graph
